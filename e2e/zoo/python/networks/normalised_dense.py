"""Three dense layers, each with batch normalisation before its non-linearity, and dropout."""

from keras import layers

from .keras_parts import flat, model, opened


def build(data):
    inputs = opened(data)
    x = flat(inputs[0])
    for i, width in enumerate((48, 32, 16)):
        x = layers.Dense(width, name=f"dense_{i}")(x)
        x = layers.BatchNormalization(name=f"norm_{i}")(x)
        x = layers.Activation("relu", name=f"relu_{i}")(x)
        x = layers.Dropout(0.1, name=f"drop_{i}")(x)
    return model(data, inputs, x, "normalised_dense")
