#!/usr/bin/env bash
# Builds the wheel of sdks/python, and installs it with the tools of its tests in sdks/python/.venv. PYTHON names
# the interpreter; by default it is python3, or Debian's where the folders of that one are closed to other users,
# as the sandbox of integrations runs as one. The tools are installed again only when pyproject.toml changed.
set -euo pipefail
cd "$(dirname "$0")/../sdks/python"
wanted="${PYTHON:-} $(sha256sum pyproject.toml | cut -d' ' -f1)"
is_open='import os, pathlib, sys; sys.exit(not all(
  os.stat(folder).st_mode & 1 for folder in pathlib.Path(os.path.realpath(sys.executable)).parents))'
interpreter() {
  if [ -n "${PYTHON:-}" ]; then echo "$PYTHON"
  elif ! python3 -c "$is_open" && /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null; then echo /usr/bin/python3
  else echo python3
  fi
}
pip=(.venv/bin/python -m pip install -q --disable-pip-version-check)
if [ "$(cat .venv/ready 2>/dev/null)" != "$wanted" ]; then
  "$(interpreter)" -m venv --clear .venv
  "${pip[@]}" 'flit_core>=3.9,<5' '.[test]'
  echo "$wanted" > .venv/ready
fi
rm -rf dist
.venv/bin/python -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w dist .
"${pip[@]}" --no-deps --force-reinstall dist/noema-*.whl
