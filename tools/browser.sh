#!/usr/bin/env bash
# Finds the Chromium that the tests of the page drive; installs Debian's where there is none and we may.
set -uo pipefail
for name in "${NOEMA_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then echo "browser: $(command -v "$name")"; exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo 'browser: installing chromium from the Debian archive'
  log=$(mktemp)
  if DEBIAN_FRONTEND=noninteractive timeout 600 bash -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core' >"$log" 2>&1; then
    rm -f "$log"; echo "browser: $(command -v chromium)"; exit 0
  fi
  tail -n 5 "$log"; rm -f "$log"
fi
echo 'browser: none; the tests of the page will be skipped. Install chromium, or name one in NOEMA_CHROMIUM'
