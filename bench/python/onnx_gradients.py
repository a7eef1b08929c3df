"""Adds gradients of PyTorch in double precision to the references of ONNX files, for
`node bench/dist/src/models/models.main.js`, which compares with them in place of finite differences.

    pip install torch torchvision -r bench/python/requirements-gradients.txt
    python bench/python/onnx_gradients.py .noema/model-files ocr-cls.onnx ocr-det.onnx

The benchmark runs this itself where a reference has no such gradients yet.

Prints how far PyTorch in float32 is from double precision, relative to the largest number of the gradient, and how
many activations are so near to a bound that float32 decides on which side they are: the reference also has the
gradients with one of them on the other side.
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


BOUNDS = {"ReLU": (0.0,), "ReLU6": (0.0, 6.0)}
# In units of the activation. Rounding in float32 adds up to about so much in the deepest layers.
NEAR = 5e-6


def gradient(network, data, weighting, kind):
    x = torch.from_numpy(data.astype(kind)).requires_grad_(True)
    (network.to(x.dtype)(x) * torch.from_numpy(weighting.astype(kind))).sum().backward()
    return x.grad.numpy()


def near_bounds(network, data):
    """Activation, row, position and distance of all inputs of an activation that are near to its bound."""
    found = []

    def look(activation, inputs, _):
        for bound in BOUNDS[type(activation).__name__]:
            distances = (inputs[0] - bound).flatten(1)
            # What is zero but for rounding stays where it is.
            for row, at in ((distances.abs() < NEAR) & (distances.abs() > 1e-20)).nonzero().tolist():
                found.append((activation, row, at, distances[row, at].item()))

    hooks = [one.register_forward_hook(look) for one in network.modules() if type(one).__name__ in BOUNDS]
    with torch.no_grad():
        network(torch.from_numpy(data.astype(np.float64)))
    for hook in hooks:
        hook.remove()
    return found


def on_the_other_side(network, data, weighting, activation, row, at, distance):
    """The gradient of a row, with one input of an activation mirrored at its bound."""

    def mirror(_, inputs):
        moved = inputs[0].clone()
        moved[row].view(-1)[at] -= 2 * distance
        return (moved,)

    hook = activation.register_forward_pre_hook(mirror)
    moved = gradient(network, data, weighting, np.float64)[row]
    hook.remove()
    return moved


def channels_last(array, axis=1):
    """As the platform has inputs and outputs."""
    return np.moveaxis(array, axis, -1) if array.ndim > axis + 1 else array


folder = Path(sys.argv[1])
for name in sys.argv[2:]:
    reference = json.loads((folder / f"{name}.json").read_text())
    ((input_name, stored),) = reference["inputs"].items()
    weighting = np.random.default_rng(3).random(next(iter(reference["outputs"].values()))["dims"]) - 0.5
    model = without_activation(with_initializers(onnx.load(folder / name)))
    network, data = convert(model).eval(), decode(stored)
    rough = gradient(network, data, weighting, np.float32)
    exact = gradient(network, data, weighting, np.float64)
    near = near_bounds(network, data)
    print(f"{name}: {np.abs(exact - rough).max() / np.abs(exact).max():.1e}; {len(near)} near a bound")
    reference["derived"] = {
        "ofScores": True,
        "weighting": encode(channels_last(weighting)),
        "gradients": {input_name: encode(channels_last(exact))},
        "alternatives": [
            {
                "row": row,
                "gradient": encode(
                    channels_last(on_the_other_side(network, data, weighting, one, row, at, distance), 0)
                ),
            }
            for one, row, at, distance in near
        ],
    }
    (folder / f"{name}.json").write_text(json.dumps(reference))
