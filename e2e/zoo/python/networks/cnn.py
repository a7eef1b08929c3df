"""Convolutions and pooling, then dense layers; over pictures or series."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    picture = len(inputs[0].shape) == 4
    convolution, pooling = (
        (layers.Conv2D, layers.MaxPooling2D) if picture else (layers.Conv1D, layers.MaxPooling1D)
    )
    x = convolution(12, 3, padding="same", activation="relu", name="conv1")(inputs[0])
    x = pooling(2, name="pool1")(x)
    x = convolution(24, 3, activation="relu", name="conv2")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(32, activation="relu", name="dense")(x)
    return model(data, inputs, x, "cnn")
