"""Self-attention over the steps of a series; a picture is a series of its rows."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    x = inputs[0]
    if len(x.shape) == 4:
        x = layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]), name="rows")(x)
    x = layers.Dense(24, activation="relu", name="project")(x)
    y = layers.MultiHeadAttention(2, 12, name="attention")(x, x)
    x = layers.LayerNormalization(name="norm")(layers.Add(name="add")([x, y]))
    x = layers.Dense(32, activation="gelu", name="feed_forward")(x)
    return model(data, inputs, layers.Flatten(name="flatten")(x), "attention")
