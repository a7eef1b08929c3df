#!/usr/bin/env bash
# Installs the Debian packages that `make native` compiles against, where we may;
# what then cannot be compiled says what is missing, and fails.
set -uo pipefail
cd "$(dirname "$0")/.."
source tools/apt.sh
packages=(g++ libfaiss-dev libopenblas-dev)
if dpkg -s "${packages[@]}" >/dev/null 2>&1; then exit 0; fi
echo "native: installing ${packages[*]} from the Debian archive"
apt_install "${packages[@]}" || echo 'native: they are not installed'
