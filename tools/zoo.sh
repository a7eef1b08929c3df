#!/usr/bin/env bash
# Prepares what the zoo recomputes with: Keras, scikit-learn and ONNX Runtime in a virtual environment under
# .tools, and Debian's PyTorch. NOEMA_ZOO_PYTHON and NOEMA_ZOO_TORCH name other interpreters.
set -uo pipefail
cd "$(dirname "$0")/.."
say() { echo "zoo: $*"; }
venv=.tools/zoo-python
wanted=$(cat e2e/zoo/python/requirements*.txt | sha256sum | cut -d' ' -f1)
if [ -z "${NOEMA_ZOO_PYTHON:-}" ] && [ "$(cat $venv/ready 2>/dev/null)" != "$wanted" ]; then
  say 'installing the Python side once (some 500 MB)'
  mkdir -p .tools
  if ! python3 -m venv $venv || ! $venv/bin/pip install -q -r e2e/zoo/python/requirements.txt \
    || ! $venv/bin/pip install -q --no-deps -r e2e/zoo/python/requirements-alone.txt; then
    say 'the Python side cannot be installed;' \
      'the zoo needs python3 with venv, and the Python package index'
    exit 1
  fi
  echo "$wanted" > $venv/ready
fi
torch=${NOEMA_ZOO_TORCH:-/usr/bin/python3}
if ! "$torch" -c 'import torch, torchvision, numpy' 2>/dev/null && [ "$(id -u)" = 0 ] \
  && command -v apt-get >/dev/null; then
  say 'installing python3-torch and python3-torchvision from the Debian archive'
  log=$(mktemp)
  DEBIAN_FRONTEND=noninteractive timeout 900 bash -c '
    apt-get -o DPkg::Lock::Timeout=300 update -qq \
      && apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@"' \
    _ python3-torch python3-torchvision python3-numpy >"$log" 2>&1 || tail -n 5 "$log"
  rm -f "$log"
fi
"$torch" -c 'import torch, torchvision, numpy' 2>/dev/null || say "no PyTorch in $torch: its cells will fail;" \
  'install python3-torch and python3-torchvision, or name an interpreter in NOEMA_ZOO_TORCH'
