#!/bin/sh
# Writes the three locks from pyproject.toml, for every system and Python version that it allows. Called by `make lock`.
set -eu
cd "$(dirname "$0")/.."

lock() { # FILE OPTION...
    file=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "$file" --upgrade "$@"
}

extra() { # NAME: its packages alone; they come on top of the others
    .venv/bin/python -c 'import sys, tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"][sys.argv[1]], sep="\n")' "$1"
}

lock requirements/runtime.txt --group build pyproject.toml
lock requirements/dev.txt --constraint requirements/runtime.txt --group dev pyproject.toml
extra meaning | lock requirements/meaning.txt --constraint requirements/dev.txt -
