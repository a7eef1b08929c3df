"""Two dense layers: no layer has positions."""

from keras import layers

from .keras_parts import flat, model, opened


def build(data):
    inputs = opened(data)
    x = [flat(i) for i in inputs]
    x = x[0] if len(x) == 1 else layers.Concatenate()(x)
    for width in (32, 16):
        x = layers.Dense(width, activation="relu", name=f"dense_{width}")(x)
    return model(data, inputs, x, "dense_only")
