"""A small network of pictures as PyTorch exports it, and what ONNX Runtime makes of pictures that Pillow and
numpy have preprocessed: fixtures of libs/importers.

    pip install onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6 pillow==13.0.0
    python bench/reference/preprocessing.py libs/importers/test/fixtures
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

rng = np.random.default_rng(5)
HEIGHT, WIDTH = 6, 5
FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}


def network():
    """Conv2d(3, 4, 3) → Tanh → Flatten → Linear(2), channels first."""
    weights = {
        "conv.weight": rng.standard_normal((4, 3, 3, 3)) / 5,
        "conv.bias": rng.standard_normal(4) / 5,
        "fc.weight": rng.standard_normal((2, 4 * (HEIGHT - 2) * (WIDTH - 2))) / 7,
        "fc.bias": rng.standard_normal(2),
    }
    nodes = [
        helper.make_node("Conv", ["image", "conv.weight", "conv.bias"], ["conv"], kernel_shape=[3, 3]),
        helper.make_node("Tanh", ["conv"], ["tanh"]),
        helper.make_node("Flatten", ["tanh"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "fc.weight", "fc.bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "main_graph",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def resize(picture, kind):
    channels = [
        np.asarray(
            Image.fromarray(picture[:, :, c].astype(np.float32)).resize((WIDTH, HEIGHT), FILTERS[kind])
        )
        for c in range(picture.shape[2])
    ]
    return np.stack(channels, axis=2)


def prepared(data, data_size=None, interpolation="bilinear", channel_order="rgb", range=(0, 1), mean=0, std=1):
    x = np.stack([resize(picture, interpolation) for picture in data]) if data_size else data
    if channel_order == "bgr":
        x = x[..., ::-1]
    if channel_order == "gray":
        x = np.repeat(x, 3, axis=3)
    low, high = range
    return ((x * (high - low) + low - np.asarray(mean)) / np.asarray(std)).transpose(0, 3, 1, 2)


CASES = {
    "shrunk rows and stretched columns, bilinear": dict(data_size=[9, 4]),
    "bicubic, to −1 to 1": dict(data_size=[13, 11], interpolation="bicubic", range=[-1, 1]),
    "nearest, BGR": dict(data_size=[3, 8], interpolation="nearest", channel_order="bgr"),
    "mean and std of ImageNet": dict(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
    "bytes in BGR less the mean of Caffe": dict(
        channel_order="bgr", range=[0, 255], mean=[103.939, 116.779, 123.68], std=[64]
    ),
    "one channel for three": dict(data_size=[8, 8], channel_order="gray", mean=[0.5], std=[0.5]),
}

folder = Path(sys.argv[1])
model = network()
onnx.checker.check_model(model)
(folder / "pictures.onnx").write_bytes(model.SerializeToString())
session = onnxruntime.InferenceSession(model.SerializeToString())
cases = {}
for name, settings in CASES.items():
    height, width = settings.get("data_size", (HEIGHT, WIDTH))
    channels = 1 if settings.get("channel_order") == "gray" else 3
    data = rng.random((2, height, width, channels)).astype(np.float32)
    given = prepared(data, **settings).astype(np.float32)
    (logits,) = session.run(None, {"image": given})
    cases[name] = {
        "preprocessing": {
            {"data_size": "dataSize", "channel_order": "channelOrder"}.get(key, key): value
            for key, value in settings.items()
        },
        "dims": list(data.shape),
        "data": [round(float(x), 7) for x in data.ravel()],
        "logits": [float(x) for x in logits.ravel()],
    }
(folder / "pictures.json").write_text(json.dumps(cases) + "\n")
