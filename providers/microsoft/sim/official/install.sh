#!/bin/sh
# Installs Microsoft's official clients beside this script, as pinned here: the
# REST one and the old SOAP one, which share a module name and so need a place
# of their own each. Quick when they are there already: each install leaves a
# stamp of its pins.
set -eu
cd "$(dirname "$0")"

install() { # place, pins
    want=$(cksum <"$2")
    if [ "$(cat "$1/.admux-stamp" 2>/dev/null || true)" != "$want" ]; then
        rm -rf "$1"
        python3 -m venv "$1"
        "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$2"
        echo "$want" >"$1/.admux-stamp"
    fi
}

install .venv requirements.txt
install .venv-soap requirements-soap.txt
