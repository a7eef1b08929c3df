"""A convolution for the first input, dense layers for the second."""

from keras import layers

from .keras_parts import flat, model, opened


def build(data):
    inputs = opened(data)
    left = layers.Conv2D(16, 3, activation="relu", name="left_conv")(inputs[0])
    left = layers.Dense(24, activation="relu", name="left_dense")(layers.Flatten(name="left_flatten")(left))
    right = layers.Dense(24, activation="relu", name="right_dense")(flat(inputs[1]))
    x = layers.Concatenate(name="both")([left, right])
    return model(data, inputs, layers.Dense(32, activation="relu", name="compare")(x), "two_branches")
