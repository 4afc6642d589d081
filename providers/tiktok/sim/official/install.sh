#!/bin/sh
# Installs TikTok's official clients beside this script, as pinned here.
# Quick when they are there already: each install leaves a stamp of its pins.
set -eu
cd "$(dirname "$0")"

stamp() { cat "$@" | cksum; }

want=$(stamp package.json package-lock.json)
if [ "$(cat node_modules/.admux-stamp 2>/dev/null || true)" != "$want" ]; then
    npm ci --no-audit --no-fund --ignore-scripts
    echo "$want" >node_modules/.admux-stamp
fi

want=$(stamp requirements.txt)
if [ "$(cat .venv/.admux-stamp 2>/dev/null || true)" != "$want" ]; then
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
    echo "$want" >.venv/.admux-stamp
fi
