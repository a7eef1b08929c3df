"""Depthwise and separable convolutions, as MobileNet has them."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="stem")(inputs[0])
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu", name="depthwise")(x)
    x = layers.Conv2D(24, 1, activation="relu", name="pointwise")(x)
    x = layers.SeparableConv2D(32, 3, strides=2, padding="same", activation="relu", name="separable")(x)
    x = layers.Dense(32, activation="relu", name="dense")(layers.Flatten(name="flat")(x))
    return model(data, inputs, x, "depthwise")
