"""A model inside a model."""

import keras
from keras import layers

from .keras_parts import flat, model, opened


def build(data):
    inputs = opened(data)
    shape = inputs[0].shape[1:]
    inner_input = keras.Input(shape, name="inner_input")
    x = inner_input
    if len(shape) == 3:
        x = layers.Conv2D(16, 3, activation="relu", name="inner_conv")(x)
        x = layers.MaxPooling2D(2, name="inner_pool")(x)
    x = layers.Dense(24, activation="tanh", name="inner_dense")(flat(x))
    encoder = keras.Model(inner_input, x, name="encoder")
    x = layers.Dense(16, activation="relu", name="outer_dense")(encoder(inputs[0]))
    return model(data, inputs, x, "nested")
