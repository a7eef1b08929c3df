"""An embedding of words, a convolution over three of them and its largest responses."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    vocabulary = int(max(values.max() for values in data.inputs.values())) + 1
    x = layers.Embedding(vocabulary, 16, name="embedding")(inputs[0])
    x = layers.Conv1D(32, 3, activation="relu", name="conv")(x)
    x = layers.GlobalMaxPooling1D(name="pool")(x)
    return model(data, inputs, layers.Dense(16, activation="relu", name="dense")(x), "word_cnn")
