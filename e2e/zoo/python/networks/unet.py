"""A small U-Net: one output a pixel."""

import keras
from keras import layers

from .keras_parts import opened


def build(data):
    inputs = opened(data)
    ((name, truth),) = data.truths.items()
    down = layers.Conv2D(8, 3, padding="same", activation="relu", name="down1")(inputs[0])
    x = layers.MaxPooling2D(2, name="pool")(down)
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="bottom")(x)
    x = layers.UpSampling2D(2, name="up")(x)
    x = layers.Concatenate(name="skip")([x, down])
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="up1")(x)
    width = truth.values.shape[-1]
    x = layers.Conv2D(width, 1, activation="sigmoid" if width == 1 else "softmax", name=name)(x)
    return keras.Model(inputs, x, name="unet")
