"""What every learned layer answers, by the documented rule (libs/layers, libs/importers: README) and by other
programs than the platform's."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass
class Layer:
    """Means and maxima over positions [n, units] of one learned layer."""

    name: str
    mean: np.ndarray
    max: np.ndarray


@dataclass
class Forward:
    """Layers in the order of the graph, outputs [n, ...] by name,
    and logits where the output ends in softmax or sigmoid."""

    layers: list[Layer]
    outputs: dict[str, np.ndarray]
    logits: dict[str, np.ndarray]
    integrated_gradients: Callable | None = None
    """Of an output by name, one input [1, ...] and a class, where the program has gradients."""


def reduced(name, values, unit_axis=-1):
    """Mean and maximum over all axes but the samples' and the units'."""
    values = np.moveaxis(np.asarray(values, np.float32), unit_axis, -1)
    flat = values.reshape(len(values), -1, values.shape[-1])
    return Layer(name, flat.mean(1, dtype=np.float64), flat.max(1))


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))
