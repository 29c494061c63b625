#!/bin/sh
# Resolve pyproject.toml into the two pinned files. uv must be on the PATH: `make lock` sees to it.
set -eu
resolve() {
    uv pip compile pyproject.toml --quiet --upgrade --universal --fork-strategy fewest \
        --generate-hashes --no-annotate --no-header "$@"
}
resolve --output-file requirements.txt
resolve --extra dev --constraints requirements.txt --output-file requirements-dev.txt
