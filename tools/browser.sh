#!/usr/bin/env bash
# Finds the Chromium that the tests of the page drive; installs Debian's where there is none and we may.
# Fails when there is none in the end.
set -uo pipefail
cd "$(dirname "$0")/.."
source tools/apt.sh
for name in "${NOEMA_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then echo "browser: $(command -v "$name")"; exit 0; fi
done
echo 'browser: installing chromium from the Debian archive'
if apt_install chromium fonts-dejavu-core && command -v chromium >/dev/null; then
  echo "browser: $(command -v chromium)"
  exit 0
fi
echo 'browser: none, and the tests of the page need one. Install chromium, or name one in NOEMA_CHROMIUM'
exit 1
