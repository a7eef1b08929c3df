"""Adds gradients of Keras in double precision to the reference of a layers model of TF.js, for
`node bench/dist/src/models/models.main.js`, which compares with them in place of finite differences.

    pip install -r bench/python/requirements-models.txt
    python bench/python/tfjs_gradients.py .noema/model-files tfjs-mobilenet.zip

The benchmark runs this itself where the reference has no such gradients yet.

Keras 2 makes the network of the file's own JSON, and numpy reads the weights. Prints how far Keras in float32 is from
double precision, relative to the largest number of the gradient, and the relative error of finite differences in
double precision along the gradient, which goes to 0 with the step where the gradient is right.
"""

import base64
import json
import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

# Relative to the norm of the input. Fewer kinks lie within a smaller step, and float64 allows it.
STEPS = (1e-3, 1e-5, 1e-7, 1e-9)


def decode(stored):
    return np.frombuffer(base64.b64decode(stored["base64"]), np.float32).reshape(stored["dims"])


def encode(array):
    content = np.ascontiguousarray(array, dtype=np.float32)
    return {"dims": list(content.shape), "base64": base64.b64encode(content.tobytes()).decode()}


def read_weights(archive, manifest):
    """Weights by name in double precision; quantised ones are scale * number + min."""
    weights = {}
    for group in manifest:
        content, at = b"".join(archive.read(path) for path in group["paths"]), 0
        for entry in group["weights"]:
            quantised, size = entry.get("quantization"), int(np.prod(entry["shape"]))
            values = np.frombuffer(content, quantised["dtype"] if quantised else entry["dtype"], size, at)
            at += values.nbytes
            if quantised and "scale" in quantised:
                values = values.astype(np.float64) * quantised["scale"] + quantised["min"]
            # The platform and TF.js compute with the float32 numbers next to these.
            weights[entry["name"]] = values.astype(np.float32).reshape(entry["shape"])
    return weights


def build(path, dtype):
    """The network with the scores before its final softmax as the output: a saturated one has no gradient."""
    tf_keras.backend.set_floatx(dtype)
    with zipfile.ZipFile(path) as archive:
        description = json.loads(archive.read("model.json"))
        weights = read_weights(archive, description["weightsManifest"])
    config = description["modelTopology"]["model_config"]
    for layer in config["config"]["layers"]:
        layer["config"].pop("dtype", None)
    last = config["config"]["layers"][-1]["config"]
    if last.get("activation") == "softmax":
        last["activation"] = "linear"
    network = tf_keras.models.model_from_json(json.dumps(config))
    for layer in network.layers:
        if layer.weights:
            layer.set_weights([weights[weight.name.split(":")[0]] for weight in layer.weights])
    return network


def derive(network, data, weighting):
    """The weighted sum of the scores, and its gradient at the data."""
    x = tf.constant(data.astype(network.dtype))
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(network(x, training=False) * weighting.astype(network.dtype))
    return total.numpy(), tape.gradient(total, x).numpy()


def finite_differences(network, data, weighting, gradient):
    """Relative error of central differences along the gradient, which are its norm, by step."""
    norm, size = np.linalg.norm(gradient), np.linalg.norm(data)
    direction = gradient / norm
    for step in STEPS:
        h = step * size
        above, below = (derive(network, data + sign * h * direction, weighting)[0] for sign in (1, -1))
        yield step, abs((above - below) / (2 * h) - norm) / norm


folder = Path(sys.argv[1])
for name in sys.argv[2:]:
    reference = json.loads((folder / f"{name}.json").read_text())
    ((input_name, stored),) = reference["inputs"].items()
    data = decode(stored).astype(np.float64)
    weighting = np.random.default_rng(3).random(next(iter(reference["outputs"].values()))["dims"]) - 0.5
    _, rough = derive(build(folder / name, "float32"), data, weighting)
    network = build(folder / name, "float64")
    _, exact = derive(network, data, weighting)
    print(f"{name}: {np.abs(exact - rough).max() / np.abs(exact).max():.1e}")
    for step, error in finite_differences(network, data, weighting, exact):
        print(f"  finite differences with step {step:.0e}: {error:.1e}")
    reference["derived"] = {
        "ofScores": True,
        "weighting": encode(weighting),
        "gradients": {input_name: encode(exact)},
    }
    (folder / f"{name}.json").write_text(json.dumps(reference))
