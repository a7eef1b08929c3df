"""An embedding that masks its padding, and an LSTM in both directions."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    x = layers.Embedding(64, 16, mask_zero=True, name="embedding")(inputs[0])
    x = layers.Bidirectional(layers.LSTM(16, name="lstm"), name="both_ways")(x)
    return model(data, inputs, layers.Dense(24, activation="relu", name="dense")(x), "embedding_bilstm")
