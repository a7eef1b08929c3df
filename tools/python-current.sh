#!/usr/bin/env bash
# Fails if the package in sdks/python/.venv is not the one of sdks/python/src: tests with an older one can wait for
# what it never does. Without a virtual environment these tests are skipped.
set -euo pipefail
cd "$(dirname "$0")/../sdks/python"
for installed in .venv/lib/python*/site-packages/noema; do
  [ -d "$installed" ] || continue
  diff -rq -x __pycache__ src/noema "$installed" && continue
  echo "sdks/python/.venv has another package than sdks/python/src: run \`make python\`" >&2
  exit 1
done
