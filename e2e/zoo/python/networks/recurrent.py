"""A GRU over the steps of a series; a picture is a series of its rows."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    x = inputs[0]
    if len(x.shape) == 4:
        x = layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]), name="rows")(x)
    x = layers.GRU(24, return_sequences=True, name="gru1")(x)
    x = layers.GRU(16, name="gru2")(x)
    return model(data, inputs, x, "recurrent")
