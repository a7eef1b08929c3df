#!/usr/bin/env bash
# Prepares .tools/python-torch: Debian's PyTorch with what the Python package needs, for the tests that export the
# graph of a model. Nothing happens without PyTorch in /usr/bin/python3; NOEMA_ZOO_TORCH names another interpreter.
# Lightning is not among it: it imports torch.distributed._shard, which PyTorch 1.13 cannot load under Python 3.11
# ("mutable default"), and the newer PyTorch of the Python package index comes with gigabytes of CUDA. Its tests run
# where NOEMA_LIGHTNING_PYTHON names an interpreter that has both.
set -euo pipefail
cd "$(dirname "$0")/.."
torch=${NOEMA_ZOO_TORCH:-/usr/bin/python3}
venv=.tools/python-torch
wanted="$torch $(sha256sum sdks/python/pyproject.toml | cut -d' ' -f1)"
if ! "$torch" -c 'import torch, numpy' 2>/dev/null; then
  echo "no PyTorch in $torch: the tests of graphs are skipped; install python3-torch"
  exit 0
fi
if [ "$(cat $venv/ready 2>/dev/null)" != "$wanted" ]; then
  mkdir -p .tools
  "$torch" -m venv --system-site-packages $venv
  $venv/bin/python -m pip install -q --disable-pip-version-check 'grpcio>=1.54' 'protobuf>=4.25' 'pytest>=7'
  echo "$wanted" > $venv/ready
fi
