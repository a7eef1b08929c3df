#!/usr/bin/env bash
# Installs the Debian packages that `make native` compiles against, where we may; without them it says what is missing.
set -uo pipefail
packages=(g++ libfaiss-dev libopenblas-dev)
if dpkg -s "${packages[@]}" >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 0; fi
echo "native: installing ${packages[*]} from the Debian archive"
log=$(mktemp)
DEBIAN_FRONTEND=noninteractive timeout 600 bash -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"' _ "${packages[@]}" >"$log" 2>&1 || tail -n 3 "$log"
rm -f "$log"
