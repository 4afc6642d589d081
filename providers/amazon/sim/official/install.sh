#!/bin/sh
# Installs the public Python client beside this script, as pinned here.
# Quick when it is there already: the install leaves a stamp of its pins.
set -eu
cd "$(dirname "$0")"

want=$(cksum <requirements.txt)
if [ "$(cat .venv/.admux-stamp 2>/dev/null || true)" != "$want" ]; then
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
    echo "$want" >.venv/.admux-stamp
fi
