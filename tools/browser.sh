#!/usr/bin/env bash
# Finds the Chromium that the tests of the page drive; installs Debian's where there is none and we may.
# The one without windows takes a third less processor time, so it is installed beside another one where we
# may. Fails when there is none in the end.
set -uo pipefail
cd "$(dirname "$0")/.."
source tools/apt.sh
found() {
  local name
  for name in "${NOEMA_CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then command -v "$name"; return; fi
  done
  return 1
}
if ! found >/dev/null; then
  echo 'browser: installing chromium-headless-shell from the Debian archive'
  apt_install chromium-headless-shell fonts-dejavu-core || apt_install chromium fonts-dejavu-core
elif [ -z "${NOEMA_CHROMIUM:-}" ] && [ "$(id -u)" = 0 ] && ! command -v chromium-headless-shell >/dev/null; then
  echo 'browser: installing chromium-headless-shell, which is faster, from the Debian archive'
  apt_install chromium-headless-shell || echo "browser: the present one does as well"
fi
if found >/dev/null; then echo "browser: $(found)"; exit 0; fi
echo 'browser: none, and the tests of the page need one. Install chromium, or name one in NOEMA_CHROMIUM'
exit 1
