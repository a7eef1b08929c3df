"""Serves Keras 3 models by the gradients of TensorFlow, or of PyTorch with that backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from noema._arrays import Array
from noema._serve import Computed, ServeError
from noema.keras import before_activation, find_activations


class KerasBackend:
    """Runs a model of its own over the layers of a model: activations of layers, then the scores.

    The scores of a model that ends with a softmax or a sigmoid are the values before it.
    """

    def __init__(self, model: Any, layers: Sequence[str], prepare: Callable[[Any], Any] | None) -> None:
        if keras.backend.backend() not in ("tensorflow", "torch"):
            raise ServeError(
                f"the backend of Keras is {keras.backend.backend()}; tensorflow and torch can be served",
                "MODEL_UNKNOWN",
            )
        self._prepare = prepare
        found = find_activations(model, layers)
        self._axes = {name: axis for name, _, _, axis in found}
        tensors = {name: tensor for name, _, tensor, _ in found}
        self._probe = keras.Model(model.inputs, [*tensors.values(), find_scores(model, tensors)])

    def compute(
        self, inputs: Mapping[str, Array], weights: Array | None, layers: Sequence[str], channels_first: bool
    ) -> Computed:
        turned = {
            name: np.moveaxis(values, -1, 1) if channels_first and values.ndim == 4 else values
            for name, values in inputs.items()
        }
        compute = self._compute_torch if keras.backend.backend() == "torch" else self._compute_tensorflow
        values, gradients = compute(turned, weights, layers)
        names = list(self._axes)
        scores = values[-1].reshape(len(values[-1]), -1)
        activations = {
            name: np.moveaxis(value, self._axes[name], -1)
            for name, value in zip(names, values)
            if name in layers
        }
        if gradients is None:
            return Computed(scores, None, activations, {})
        first, *rest = gradients
        first = np.moveaxis(first, 1, -1) if channels_first and first.ndim == 4 else first
        by_layer = {
            name: np.moveaxis(gradient, self._axes[name], -1)
            for name, gradient in zip([name for name in names if name in layers], rest)
        }
        return Computed(scores, first, activations, by_layer)

    def _compute_tensorflow(
        self, inputs: dict[str, Array], weights: Array | None, layers: Sequence[str]
    ) -> tuple[list[Array], list[Array] | None]:
        import tensorflow as tf

        leaves = {name: tf.convert_to_tensor(value) for name, value in inputs.items()}
        first = next(iter(leaves.values()))
        with tf.GradientTape() as tape:
            tape.watch(first)
            values = self._call(leaves)
            if weights is None:
                return [np.asarray(value, dtype=np.float32) for value in values], None
            scores = tf.cast(tf.reshape(values[-1], weights.shape), tf.float32)
            weighted = tf.reduce_sum(scores * weights)
        sources = [first, *(value for name, value in zip(self._axes, values) if name in layers)]
        found = tape.gradient(weighted, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        gradients = [np.asarray(tf.convert_to_tensor(gradient), dtype=np.float32) for gradient in found]
        return [np.asarray(value, dtype=np.float32) for value in values], gradients

    def _compute_torch(
        self, inputs: dict[str, Array], weights: Array | None, layers: Sequence[str]
    ) -> tuple[list[Array], list[Array] | None]:
        import torch

        parameter = next((v.value for v in self._probe.variables), None)
        device = parameter.device if parameter is not None else torch.device("cpu")
        leaves = {
            name: torch.from_numpy(np.ascontiguousarray(value)).to(device) for name, value in inputs.items()
        }
        first = next(iter(leaves.values()))
        first.requires_grad_(weights is not None)
        with torch.set_grad_enabled(weights is not None):
            values = self._call(leaves)
            arrays = [value.detach().float().cpu().numpy() for value in values]
            if weights is None:
                return arrays, None
            weighted = (values[-1].reshape(weights.shape) * torch.from_numpy(weights).to(device)).sum()
            sources = [first, *(value for name, value in zip(self._axes, values) if name in layers)]
            found = torch.autograd.grad(weighted, sources, allow_unused=True)
        whole = [torch.zeros_like(s) if g is None else g for s, g in zip(sources, found)]
        return arrays, [gradient.float().cpu().numpy() for gradient in whole]

    def _call(self, leaves: dict[str, Any]) -> list[Any]:
        value: Any = next(iter(leaves.values())) if len(leaves) == 1 else leaves
        value = value if self._prepare is None else self._prepare(value)
        values = self._probe(value, training=False)
        return list(values) if isinstance(values, (list, tuple)) else [values]

    def close(self) -> None:
        """Releases the model of the activations."""
        self._probe = None


def find_scores(model: Any, activations: Mapping[str, Any]) -> Any:
    """Returns the tensor before the softmax or sigmoid that ends a model, else its output."""
    layer = model.layers[-1]
    kind = type(layer).__name__
    own = keras.activations.serialize(layer.activation) if hasattr(layer, "activation") else ""
    if layer.output is not model.outputs[0]:
        return model.outputs[0]
    if kind == "Softmax" or (kind == "Activation" and own in ("softmax", "sigmoid")):
        return layer.input
    if kind != "Dense" or own not in ("softmax", "sigmoid"):
        return model.outputs[0]
    if own == "softmax" and layer.name in activations:
        return activations[layer.name]
    return before_activation(layer)
