#!/usr/bin/env bash
# Generates sdks/python/src/noema/_wire from the protos: descriptors, type stubs, and a typed client per service.
# `tools/python-stubs.sh [folder with noema/…]`; the default is proto/. NOEMA_STUBS_PYTHON names an
# interpreter that has grpcio-tools 1.62; otherwise a virtual environment is made in .tools.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${NOEMA_STUBS_PYTHON:-.tools/python-stubs/bin/python}
if [ ! -x "$python" ]; then
  python3 -m venv .tools/python-stubs
  .tools/python-stubs/bin/pip install -q --disable-pip-version-check 'grpcio-tools==1.62.3' 'setuptools<80'
fi
"$python" tools/python_stubs.py "${1:-proto}" third_party/proto sdks/python/src/noema/_wire
