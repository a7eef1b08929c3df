"""The walk's network in Keras, its softmax as a layer of its own so that scores can be asked for."""

import json

import keras
import numpy as np

LEARNED = ("conv1", "conv2", "dense", "digit")


def network():
    return keras.Sequential(
        [
            keras.layers.Input((28, 28, 1)),
            keras.layers.Conv2D(32, 3, activation="relu", name="conv1"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, activation="relu", name="conv2"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.25),
            keras.layers.Dense(128, activation="relu", name="dense"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10, name="digit"),
            keras.layers.Softmax(),
        ]
    )


def trained(data):
    """With the weights that both sides use."""
    model, values, at = network(), np.fromfile(f"{data}/weights.f32", np.float32), 0
    weights = {}
    for parameter in json.load(open(f"{data}/network.json"))["parameters"]:
        size = int(np.prod(parameter["dims"]))
        weights[parameter["name"]] = values[at : at + size].reshape(parameter["dims"])
        at += size
    for name in LEARNED:
        model.get_layer(name).set_weights([weights[f"{name}/kernel"], weights[f"{name}/bias"]])
    return model
