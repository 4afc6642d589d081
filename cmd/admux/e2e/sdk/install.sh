#!/usr/bin/env bash
# Installs the SDK at the versions of the lock file; does nothing where that is done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
[[ node_modules/.package-lock.json -nt package-lock.json ]] && exit 0
npm ci
touch node_modules/.package-lock.json
