#!/usr/bin/env bash
# Builds the wheel of sdks/python, and installs it with the tools of its tests in sdks/python/.venv. PYTHON names
# the interpreter. The tools are installed again only when pyproject.toml changed.
set -euo pipefail
cd "$(dirname "$0")/../sdks/python"
wanted=$(sha256sum pyproject.toml | cut -d' ' -f1)
pip=(.venv/bin/python -m pip install -q --disable-pip-version-check)
if [ "$(cat .venv/ready 2>/dev/null)" != "$wanted" ]; then
  "${PYTHON:-python3}" -m venv .venv
  "${pip[@]}" 'setuptools>=61' wheel '.[test]'
  echo "$wanted" > .venv/ready
fi
rm -rf build dist
.venv/bin/python -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w dist .
"${pip[@]}" --no-deps --force-reinstall dist/noema-*.whl
