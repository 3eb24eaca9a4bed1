# What a person does with a checkout. Everything that has to be there first is brought by requirements/setup.sh.

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run tour server test soak bench-search check format strings lock clean

# What was compiled once is not compiled again by every process of a test.
unexport PYTHONDONTWRITEBYTECODE

python := .venv/bin/python
# The environment's own LANGUAGE may be a list such as ar_KW:en.
language := $(if $(filter ar%,$(LANGUAGE)),ar,en)
screen := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter-out Linux,$(shell uname -s)))
tested := carecenter.core carecenter.operations carecenter.queries carecenter.store

help: ## show these lines
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: ## prepare this checkout for running
	@sh requirements/setup.sh runtime

setup-dev: ## prepare it for testing as well
	@sh requirements/setup.sh dev

run: setup ## start the desktop; without a screen, take the tour instead
ifneq ($(screen),)
	@$(python) -m carecenter
else
	@echo "There is no screen here: taking the tour into build/tour instead."
	@$(MAKE) --no-print-directory tour
endif

tour: setup ## draw every page without a screen into build/tour (LANGUAGE=ar for Arabic)
	@QT_QPA_PLATFORM=offscreen $(python) -m carecenter --tour build/tour --language $(language)

test: setup-dev ## run the tests
	@$(python) -m pytest -n 3 --dist worksteal $(addprefix --cov=,$(tested)) $(ARGS)

soak: setup-dev ## run the long versions of the proofs of sync, for hours (CARECENTER_SEED=n begins elsewhere)
	@CARECENTER_SOAK=1 $(python) -m pytest tests/sync -s --show-capture=no --timeout=0 $(ARGS)

bench-search: setup-dev ## measure search on the sets of a folder (EVAL=folder with kb/ and names/)
	@$(python) -m benchmarks.search_sets $(EVAL)

check: setup-dev ## look for mistakes without running anything
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(python) translations/strings.py check

format: setup-dev ## lay the code out
	@.venv/bin/ruff check --fix-only --quiet
	@.venv/bin/ruff format

strings: setup-dev ## bring the translation catalogues up to date with the code
	@$(python) translations/strings.py update

lock: setup-dev ## choose the newest allowed versions of all packages and lock them
	@sh requirements/lock.sh

server: setup ## run a throwaway centre here, with PostgreSQL and a certificate of its own (PORT=8164)
	@sh requirements/setup.sh server
	@sh deploy/local.sh build/centre $(or $(PORT),8164)

clean: ## remove everything that was made here
	rm -rf .venv build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find carecenter tests benchmarks translations -name __pycache__ -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete
