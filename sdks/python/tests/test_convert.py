"""Conversions, held against the framework that made the model."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import noema
from noema._convert import _require

X = np.linspace(-1, 1, 8).reshape(2, 4).astype(np.float32)
SAVE = """
import sys
import numpy as np
import tensorflow as tf
w = tf.reshape(tf.linspace(-1.0, 1.0, 12), (4, 3))
class Net(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="columns")])
    def __call__(self, columns):
        return {"classes": tf.nn.softmax(tf.matmul(columns, w))}
net = Net()
tf.saved_model.save(net, sys.argv[1], signatures=net.__call__)
"""
FUNCTION = """
import jax
import jax.numpy as jnp
w = jnp.linspace(-1.0, 1.0, 12).reshape(4, 3)
def predict(x):
    return jax.nn.softmax(jnp.tanh(x) @ w)
"""


def softmax(logits):
    exponents = np.exp(logits)
    return exponents / exponents.sum(axis=1, keepdims=True)


def run_onnx(file):
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(str(file))
    (found,) = session.run(None, {session.get_inputs()[0].name: X})
    return found


W = np.linspace(-1, 1, 12).reshape(4, 3)


def test_a_saved_model_predicts_what_tensorflow_predicts(tmp_path):
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    pytest.importorskip("tf2onnx", reason="tf2onnx is not installed")
    subprocess.run([sys.executable, "-c", SAVE, str(tmp_path / "net")], check=True, capture_output=True)
    target = noema.convert(tmp_path / "net", tmp_path / "net.onnx")
    assert np.abs(run_onnx(target) - softmax(X @ W)).max() < 1e-6


def test_a_function_of_jax_predicts_what_numpy_does(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    pytest.importorskip("jax2onnx", reason="jax2onnx is not installed")
    (tmp_path / "net.py").write_text(FUNCTION)
    command = [sys.executable, "-m", "noema", "convert", f"{tmp_path / 'net.py'}:predict"]
    done = subprocess.run(
        [*command, "--input", "4", "--output", str(tmp_path / "net.onnx")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "bytes; import it by `noema models import`" in done.stdout
    assert np.abs(run_onnx(tmp_path / "net.onnx") - softmax(np.tanh(X) @ W)).max() < 1e-6


def test_a_missing_converter_is_named_with_its_installation():
    with pytest.raises(noema.ConvertError, match="need not-there; run `pip install not-there`") as error:
        _require("TensorFlow", {"not_there_at_all": "not-there", "sys": "sys"})
    assert error.value.reason == "CONVERTER_MISSING"


@pytest.mark.parametrize(
    ("make", "reason", "message"),
    [
        (
            lambda folder: folder / "none",
            "MODEL_NOT_FOUND",
            "does not exist; give the folder",
        ),
        (lambda folder: folder, "MODEL_NOT_CONVERTIBLE", "`noema models import` reads .keras"),
        (lambda folder: f"{folder / 'net.py'}:other", "MODEL_NOT_FOUND", "has no function 'other'"),
        (lambda folder: f"{folder / 'no.py'}:predict", "MODEL_NOT_FOUND", "no.py does not exist"),
        (lambda folder: f"{folder / 'net.py'}:predict", "INPUTS_MISSING", "shape of one sample"),
    ],
)
def test_what_cannot_be_converted_is_refused(tmp_path, make, reason, message):
    (tmp_path / "net.py").write_text("def predict(x):\n    return x\n")
    with pytest.raises(noema.ConvertError, match=message) as error:
        noema.convert(make(tmp_path), tmp_path / "net.onnx")
    assert error.value.reason == reason
    assert not (tmp_path / "net.onnx").exists()


def test_a_folder_without_a_model_fails_with_the_words_of_the_converter(tmp_path):
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    pytest.importorskip("tf2onnx", reason="tf2onnx is not installed")
    (tmp_path / "saved_model.pb").write_bytes(b"no model")
    with pytest.raises(noema.ConvertError, match="tf2onnx could not convert") as error:
        noema.convert(tmp_path, tmp_path / "net.onnx")
    assert error.value.reason == "CONVERSION_FAILED"
