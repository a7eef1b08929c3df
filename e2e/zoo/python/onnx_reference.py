"""Writes what ONNX Runtime says of a model file, as the fast part of the zoo reads it:
`<stem>.reference.json` and `.f32`.
python onnx_reference.py <model.onnx> <inputs.f32> <dims of a sample, such as 8,8,1>
"""

import json
import sys
from pathlib import Path

import numpy as np

from reference.onnx_forward import forward

path, inputs, dims = sys.argv[1:]
x = np.fromfile(inputs, np.float32).reshape(-1, *map(int, dims.split(",")))
said = forward(path, {"input": x})
Path(path).with_suffix(".reference.json").write_text(
    json.dumps({"rows": len(x), "layers": [{"name": l.name, "units": l.mean.shape[1]} for l in said.layers]})
    + "\n"
)
parts = [a for l in said.layers for a in (l.mean, l.max)] + list(said.outputs.values())
np.concatenate([np.asarray(p, np.float32).reshape(-1) for p in parts]).tofile(
    Path(path).with_suffix(".reference.f32")
)
