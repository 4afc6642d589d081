#!/usr/bin/env bash
# Installs DuckDB as pinned in requirements.txt; does nothing where that is done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
[[ .venv/.installed -nt requirements.txt ]] && exit 0
rm -rf .venv
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
touch .venv/.installed
