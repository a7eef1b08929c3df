"""Pieces that the Keras networks share."""

import keras
from keras import layers


def opened(data):
    """One Keras input a tensor of the data, under its name."""
    return [keras.Input(values.shape[1:], name=name) for name, values in data.inputs.items()]


def heads(data, x):
    """One output a ground truth, under its name: softmax for classes, sigmoid for several yes-or-no truths,
    linear for values."""
    outputs = []
    for name, truth in (data.truths or data.hidden).items():
        activation = "softmax" if truth.classes else "sigmoid" if data.task == "multi-label" else "linear"
        outputs.append(
            layers.Dense(
                len(truth.classes) if truth.classes else truth.values.shape[-1],
                activation=activation,
                name=name,
            )(x)
        )
    return outputs


def model(data, inputs, x, name):
    """The network from its inputs to its heads."""
    return keras.Model(inputs, heads(data, x), name=name)


def flat(x):
    """One row a sample."""
    return layers.Flatten()(x) if len(x.shape) > 2 else x
