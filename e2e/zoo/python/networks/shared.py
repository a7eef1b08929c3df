"""One encoder for two inputs: its layers are called twice, with the same weights."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    convolution = layers.Conv2D(16, 3, activation="relu", name="shared_conv")
    encode = layers.Dense(24, activation="relu", name="shared_dense")
    left, right = (
        encode(layers.Flatten(name=f"flatten_{side}")(convolution(i)))
        for side, i in zip(("left", "right"), inputs)
    )
    x = layers.Concatenate(name="both")(
        [layers.Subtract(name="difference")([left, right]), layers.Multiply(name="product")([left, right])]
    )
    return model(data, inputs, layers.Dense(16, activation="relu", name="compare")(x), "shared")
