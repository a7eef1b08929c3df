"""The gradients with which a Keras model is served, by central differences of its own outputs."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

os.environ.setdefault(
    "KERAS_BACKEND", next((b for b in ("jax", "tensorflow", "torch") if b in sys.modules), "jax")
)
keras = pytest.importorskip("keras")

from noema._serve_keras import KerasBackend  # noqa: E402

ROWS = 2
LAYERS = ["first", "second", "steps", "place"]
# Float32 outputs: a larger step has a larger error of the curve, a smaller one of rounding.
STEP = 2e-3


def make_model():
    """A shortcut, a layer before its non-linearity, a sequence of steps, and a softmax in the last layer."""
    keras.utils.set_random_seed(0)
    image = keras.Input((5, 5, 1), name="image")
    first = keras.layers.Conv2D(3, 3, padding="same", name="first")(image)
    x = keras.layers.Activation("tanh")(keras.layers.BatchNormalization()(first))
    second = keras.layers.Conv2D(3, 3, padding="same", activation="tanh", name="second")(x)
    x = keras.layers.Add()([x, second])
    x = keras.layers.Reshape((5, 15))(x)
    x = keras.layers.LSTM(4, name="steps")(x)
    return keras.Model(image, keras.layers.Dense(3, activation="softmax", name="place")(x))


def after(model, name, value, image):
    """The scores where the activation of a layer is `value`, by the layers of the model one by one."""
    part = model.get_layer
    kernel, bias = (keras.ops.convert_to_numpy(w) for w in part("place").weights)
    layers = {type(layer).__name__: layer for layer in model.layers}
    if name == "place":
        return value
    if name == "steps":
        return np.asarray(value) @ kernel + bias
    if name == "first":
        x = value
    else:
        x = layers["Activation"](layers["BatchNormalization"](part("first")(image), training=False))
    second = value if name == "second" else part("second")(x)
    x = keras.ops.reshape(keras.ops.add(x, second), (-1, 5, 15))
    return keras.ops.convert_to_numpy(part("steps")(x)) @ kernel + bias


@pytest.fixture(scope="module")
def served():
    model = make_model()
    return model, KerasBackend(model, LAYERS, None)


@pytest.mark.parametrize("name", ["image", "first", "second", "steps", "place"])
def test_gradients_are_those_of_central_differences(name, served):
    model, backend = served
    numbers = np.random.default_rng(0)
    image = numbers.random((ROWS, 5, 5, 1), dtype=np.float32)
    weights = numbers.standard_normal((ROWS, 3)).astype(np.float32)
    found = backend.compute({"image": image}, weights, LAYERS, channels_first=False)
    # Nothing is left behind in the layers of the user.
    again = backend.compute({"image": image}, None, LAYERS, channels_first=False)
    np.testing.assert_allclose(found.scores, again.scores, atol=1e-6)
    powers = np.exp(found.scores)
    outputs = keras.ops.convert_to_numpy(model(image, training=False))
    np.testing.assert_allclose(powers / powers.sum(1, keepdims=True), outputs, atol=1e-5)

    value = image if name == "image" else found.activations[name]
    gradient = found.input_gradients if name == "image" else found.gradients[name]
    assert gradient.shape == value.shape

    def score(changed):
        if name == "image":
            scores = backend.compute({"image": changed}, None, [], channels_first=False).scores
        else:
            scores = after(model, name, changed, image)
        return (np.asarray(scores, np.float64) * weights).reshape(ROWS, -1).sum(1)

    np.testing.assert_allclose(score(value), (found.scores * weights).sum(1), atol=1e-5)
    places = numbers.choice(value[0].size, min(4, value[0].size), replace=False)
    for place in places:
        change = np.zeros_like(value)
        change.reshape(ROWS, -1)[:, place] = STEP
        expected = (score(value + change) - score(value - change)) / (2 * STEP)
        np.testing.assert_allclose(gradient.reshape(ROWS, -1)[:, place], expected, atol=1e-3)


def test_only_the_layers_of_a_query_are_answered(served):
    _, backend = served
    image = np.random.default_rng(0).random((ROWS, 5, 5, 1), dtype=np.float32)
    found = backend.compute(
        {"image": image}, np.ones((ROWS, 3), np.float32), ["second"], channels_first=False
    )
    assert list(found.gradients) == ["second"] == list(found.activations)
