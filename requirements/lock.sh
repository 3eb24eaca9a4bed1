#!/bin/sh
# Writes the two locks from pyproject.toml, for every system and Python version that it allows. Called by `make lock`.
set -eu
cd "$(dirname "$0")/.."

lock() { # GROUP FILE OPTION...
    group=$1 file=$2
    shift 2
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --group "$group" --output-file "$file" "$@" pyproject.toml
}

lock build requirements/runtime.txt --upgrade
lock dev requirements/dev.txt --upgrade --constraint requirements/runtime.txt
