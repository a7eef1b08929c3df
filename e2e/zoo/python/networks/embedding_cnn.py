"""An embedding, a convolution over the letters and the largest of what it gives."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    x = layers.Embedding(64, 16, name="embedding")(inputs[0])
    x = layers.Conv1D(48, 4, activation="relu", name="conv")(x)
    x = layers.GlobalMaxPooling1D(name="pool")(x)
    return model(data, inputs, layers.Dense(24, activation="relu", name="dense")(x), "embedding_cnn")
