"""Adds gradients of PyTorch in double precision to the references of ONNX files, for
`node bench/dist/src/models/models.main.js`, which compares with them in place of finite differences.

    pip install torch torchvision onnx onnx2torch
    python bench/python/onnx_gradients.py .noema/model-files ocr-cls.onnx ocr-det.onnx

Prints how far PyTorch in float32 is from double precision, relative to the largest number of the gradient.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx2torch import convert


def decode(stored):
    return np.frombuffer(base64.b64decode(stored["base64"]), np.float32).reshape(stored["dims"])


def encode(array):
    content = np.ascontiguousarray(array, dtype=np.float32)
    return {"dims": list(content.shape), "base64": base64.b64encode(content.tobytes()).decode()}


def with_initializers(model):
    """Constants as initializers, which onnx2torch reads weights from."""
    nodes = []
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            tensor = onnx.TensorProto()
            tensor.CopyFrom(node.attribute[0].t)
            tensor.name = node.output[0]
            model.graph.initializer.append(tensor)
        else:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def without_activation(model):
    """The scores before a final softmax or sigmoid as the output: a saturated one has no gradient in float32."""
    (output,) = model.graph.output
    last = next(node for node in model.graph.node if output.name in node.output)
    if last.op_type in ("Softmax", "Sigmoid"):
        model.graph.node.remove(last)
        output.name = last.input[0]
    return model


def gradient(model, data, weighting, kind):
    x = torch.from_numpy(data.astype(kind)).requires_grad_(True)
    network = convert(model).eval().to(x.dtype)
    (network(x) * torch.from_numpy(weighting.astype(kind))).sum().backward()
    return x.grad.numpy()


folder = Path(sys.argv[1])
for name in sys.argv[2:]:
    reference = json.loads((folder / f"{name}.json").read_text())
    ((input_name, stored),) = reference["inputs"].items()
    weighting = np.random.default_rng(3).random(next(iter(reference["outputs"].values()))["dims"]) - 0.5
    model = without_activation(with_initializers(onnx.load(folder / name)))
    exact = gradient(model, decode(stored), weighting, np.float64)
    rough = gradient(model, decode(stored), weighting, np.float32)
    print(f"{name}: {np.abs(exact - rough).max() / np.abs(exact).max():.1e}")
    # The platform has the channels of inputs and outputs last.
    weighting, exact = (np.moveaxis(one, 1, -1) if one.ndim > 2 else one for one in (weighting, exact))
    reference["derived"] = {
        "ofScores": True,
        "weighting": encode(weighting),
        "gradients": {input_name: encode(exact)},
    }
    (folder / f"{name}.json").write_text(json.dumps(reference))
