"""Residual blocks: convolutions with batch normalisation, each block added to what it was given."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    convolution, pooling = (
        (layers.Conv2D, layers.GlobalAveragePooling2D)
        if len(inputs[0].shape) == 4
        else (layers.Conv1D, layers.GlobalAveragePooling1D)
    )
    x = convolution(16, 3, padding="same", activation="relu", name="stem")(inputs[0])
    for block in range(2):
        y = convolution(16, 3, padding="same", use_bias=False, name=f"block{block}_conv1")(x)
        y = layers.BatchNormalization(name=f"block{block}_norm1")(y)
        y = layers.ReLU(name=f"block{block}_relu1")(y)
        y = convolution(16, 3, padding="same", name=f"block{block}_conv2")(y)
        x = layers.Add(name=f"block{block}_add")([x, y])
        x = layers.ReLU(name=f"block{block}_relu2")(x)
    return model(data, inputs, pooling(name="pool")(x), "residual")
