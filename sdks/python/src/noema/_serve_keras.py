"""Serves Keras 3 models by the gradients of its backend: TensorFlow, JAX or PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
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
        if keras.backend.backend() not in ("tensorflow", "torch", "jax"):
            raise ServeError(
                f"the backend of Keras is {keras.backend.backend()}; tensorflow, jax and torch can be served",
                "MODEL_UNKNOWN",
            )
        self._prepare = prepare
        found = find_activations(model, layers)
        self._axes = {name: axis for name, _, _, axis in found}
        tensors = {name: tensor for name, _, tensor, _ in found}
        self._tensors = tensors
        self._probe = keras.Model(model.inputs, [*tensors.values(), find_scores(model, tensors)])

    def compute(
        self, inputs: Mapping[str, Array], weights: Array | None, layers: Sequence[str], channels_first: bool
    ) -> Computed:
        turned = {
            name: np.moveaxis(values, -1, 1) if channels_first and values.ndim == 4 else values
            for name, values in inputs.items()
        }
        by_backend = {
            "torch": self._compute_torch,
            "jax": self._compute_jax,
            "tensorflow": self._compute_tensorflow,
        }
        values, gradients = by_backend[keras.backend.backend()](turned, weights, layers)
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

    def _compute_jax(
        self, inputs: dict[str, Array], weights: Array | None, layers: Sequence[str]
    ) -> tuple[list[Array], list[Array] | None]:
        import jax

        leaves = {name: jax.numpy.asarray(value) for name, value in inputs.items()}
        if weights is None:
            return [np.asarray(value, dtype=np.float32) for value in self._call(leaves)], None
        name, first = next(iter(leaves.items()))
        taps = [tap for tap in self._tensors if tap in layers]
        shapes = dict(zip(self._tensors, jax.eval_shape(self._call, leaves)))
        # The gradient of what is added to an activation is that of the activation, on all its ways.
        zeros = {tap: jax.numpy.zeros(shapes[tap].shape, shapes[tap].dtype) for tap in taps}

        def forward(x: Any, added: dict[str, Any]) -> list[Any]:
            with self._add_to_activations(added):
                return self._call({**leaves, name: x})

        values, pull_back = jax.vjp(forward, first, zeros)
        seeds = [jax.numpy.zeros_like(value) for value in values]
        seeds[-1] = jax.numpy.asarray(weights.reshape(values[-1].shape), values[-1].dtype)
        of_input, by_tap = pull_back(seeds)
        gradients = [np.asarray(value, dtype=np.float32) for value in (of_input, *(by_tap[t] for t in taps))]
        return [np.asarray(value, dtype=np.float32) for value in values], gradients

    @contextmanager
    def _add_to_activations(self, added: Mapping[str, Any]) -> Generator[None, None, None]:
        """Adds arrays to the activations of layers in the calls of the block."""
        calls: list[tuple[Any, Any]] = []
        try:
            for name, array in added.items():
                history = self._tensors[name]._keras_history
                calls.append((history.operation, history.operation.call))
                history.operation.call = _add_after(history.operation.call, history.tensor_index, array)
            yield
        finally:
            for operation, call in reversed(calls):
                operation.call = call

    def _call(self, leaves: dict[str, Any]) -> list[Any]:
        value: Any = next(iter(leaves.values())) if len(leaves) == 1 else leaves
        value = value if self._prepare is None else self._prepare(value)
        values = self._probe(value, training=False)
        return list(values) if isinstance(values, (list, tuple)) else [values]

    def close(self) -> None:
        """Releases the model of the activations."""
        self._probe = None


def _add_after(call: Callable[..., Any], index: int, array: Any) -> Callable[..., Any]:
    """Returns a call whose output, or one of its outputs, has an array added."""

    @wraps(call)
    def added(*args: Any, **options: Any) -> Any:
        found = call(*args, **options)
        if not isinstance(found, (list, tuple)):
            return found + array
        return type(found)(part + array if at == index else part for at, part in enumerate(found))

    return added


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
