"""Watches Keras 3 models with any backend. Import keras first; this package does not import it by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Callable

import keras
import numpy as np

from noema._dataset import Dataset
from noema._graph import Graph, GraphMissing, export_keras
from noema._responses import Layer, Response, is_chosen, pool, require_layers
from noema._run import Run, current

#: Class names of the layers with learned units that count.
LEARNED = re.compile(
    r"^((Depthwise|Separable)?Conv[123]D(Transpose)?|Dense|EinsumDense|Embedding|SimpleRNN|LSTM|GRU|ConvLSTM[123]D"
    r"|Bidirectional|TimeDistributed|MultiHeadAttention|GroupedQueryAttention|GroupQueryAttention)$"
)
NORMALIZATIONS = re.compile(r"(Normalization|Dropout[123]?D?)$")
ACTIVATIONS = re.compile(r"^(Activation|ReLU|LeakyReLU|PReLU|ELU|Softplus)$")


class ModelWatch:
    """Inference of a Keras model with the activation of its layers.

    A layer counts if its class is in `LEARNED`; layers inside of nested models do not. Its activation is its
    output after its own non-linearity, or after the activation layer that follows it with nothing between
    them but normalization and dropout. Of a dense layer with a softmax, the value before the softmax is
    taken. The activations come from a model of its own over the same layers, so the watched model and its
    training step are unchanged.
    """

    def __init__(self, model: Any, layers: Sequence[str] | None = None) -> None:
        require_layers(layers, [layer.name for layer in model.layers])
        self._chosen = layers
        self._names: frozenset[str] | None = None
        self.model = model
        self.enabled = True
        self.takes_training = True
        self._probe: Any = None
        self._layers: list[tuple[str, str, int]] = []
        self._last: list[Response] = []

    @property
    def is_training(self) -> bool | None:
        """None: Keras has no mode outside of a call."""
        return None

    @property
    def parameter_count(self) -> int:
        """Number of parameters."""
        return int(self.model.count_params()) if self.model.built else 0

    def _build(self) -> Any:
        """Returns the model that gives the activations, then the output."""
        if self._probe is None:
            tensors = []
            for name, layer, tensor, axis in find_activations(self.model, self._chosen):
                if self._names is not None and name not in self._names:
                    continue
                self._layers.append((name, type(layer).__name__, axis))
                tensors.append(tensor)
            self._probe = keras.Model(self.model.inputs, [*tensors, *self.model.outputs[:1]])
        return self._probe

    def layers(self) -> list[Layer]:
        """Returns the layers by their symbolic shapes; a size that varies is 1."""
        found = []
        for name, layer, tensor, axis in find_activations(self.model, self._chosen):
            sizes = [int(size or 1) for size in tensor.shape]
            units = sizes.pop(axis)
            found.append(Layer(name, type(layer).__name__, units, tuple(sizes[1:])))
        return found

    def restrict(self, names: frozenset[str]) -> None:
        """Takes only these layers from now on."""
        if self._layers and names < {name for name, _, _ in self._layers}:
            self._probe, self._layers = None, []
        self._names = names

    @property
    def has_responses(self) -> bool:
        """True after an inference."""
        return bool(self._last)

    def take(self) -> list[Response]:
        """Returns the responses of the last inference, once."""
        last, self._last = self._last, []
        return last

    @contextmanager
    def inference(self) -> Iterator[Callable[[Any], Any]]:
        """Gives a function from inputs to outputs that remembers the responses."""
        probe, layers = self._build(), self._layers

        def predict(x: Any) -> Any:
            values = probe.predict_on_batch(x)
            values = values if isinstance(values, (list, tuple)) else [values]
            if self.enabled:
                self._last = [
                    pool(name, np.asarray(value), kind, axis % np.ndim(value))
                    for (name, kind, axis), value in zip(layers, values)
                ]
            return np.asarray(values[-1])

        yield predict

    def export(self, x: Any, names: Sequence[str], prepare: Callable[[Any], Any] | None) -> Graph:
        """Exports the model as an ONNX file. Raises GraphMissing."""
        if prepare is not None:
            raise GraphMissing("prepare= is not a part of the model; put it into a layer")
        probe = self._build()
        return export_keras(probe, x, [(name, axis) for name, _, axis in self._layers])

    def close(self) -> None:
        """Releases the model of the activations."""
        self._probe = None


def find_activations(model: Any, chosen: Sequence[str] | None = None) -> list[tuple[str, Any, Any, int]]:
    """Returns name, layer, tensor and unit axis of every layer that counts.

    The model must be functional or sequential. Raises ValueError otherwise.
    """
    if not getattr(model, "inputs", None):
        raise ValueError(
            "the model has no symbolic inputs; build it, or use a functional or sequential model"
        )
    found = []
    for layer in model.layers:
        counts = LEARNED.match(type(layer).__name__) and is_chosen(layer.name, chosen)
        if not (counts or layer.name in (chosen or ())) or not getattr(layer, "_inbound_nodes", None):
            continue
        own = keras.activations.serialize(layer.activation) if hasattr(layer, "activation") else "linear"
        tensor = layer.output
        if own == "linear":
            after = _after(model, layer)
            tensor = tensor if after is None else after
        elif own == "softmax" and type(layer).__name__ == "Dense":
            tensor = before_activation(layer)
        tensor = tensor[0] if isinstance(tensor, (list, tuple)) else tensor
        channels_first = getattr(layer, "data_format", None) == "channels_first"
        found.append((layer.name, layer, tensor, 1 if channels_first else -1))
    return found


def before_activation(dense: Any) -> Any:
    """Returns the symbolic output of a dense layer without its non-linearity, by the same weights.

    It has a name of its own: operations of Keras are named `add` and `matmul`, as layers of the model may be.
    """

    def linear(x: Any) -> Any:
        found = keras.ops.matmul(x, dense.kernel)
        return found if dense.bias is None else keras.ops.add(found, dense.bias)

    return keras.layers.Lambda(linear, name=f"noema_before_{dense.name}")(dense.input)


def _after(model: Any, layer: Any) -> Any:
    """Returns the output of the activation layer that follows a layer, or None."""
    while True:
        readers = [node.operation for node in layer._outbound_nodes if node.operation in model.layers]
        if len(readers) != 1 or layer.output is model.outputs[0]:
            return None
        (layer,) = readers
        name = type(layer).__name__
        if ACTIVATIONS.match(name):
            softmax = name == "Activation" and keras.activations.serialize(layer.activation) == "softmax"
            return None if softmax else layer.output
        if not NORMALIZATIONS.search(name):
            return None


class Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Callback for `model.fit`: every epoch of the fit is an epoch of the run.

    `Watch(data, name="digits")` starts a run with the model, and ends it with the fit; `Watch(run=run)` logs
    to a run that was started with `watch=model`. After each epoch the model predicts the whole population.
    `fit(initial_epoch=n)` goes on with the run of the process that was killed, after its epoch n.
    """

    def __init__(
        self, data: Dataset | None = None, name: str = "fit", run: Run | None = None, **options: Any
    ) -> None:
        super().__init__()
        self._data, self._name, self._options = data, name, options
        self._run, self._owns = run, run is None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Starts an epoch, and before the first one the run."""
        self._start(epoch).start_epoch()

    def _start(self, epochs_done: int) -> Run:
        if self._run is None and self._data is None:
            self._run, self._owns = current(), False
        if self._run is None:
            assert self._data is not None
            from noema._start import run_of_trainer

            # Keras has a bar of its own.
            options = {
                "progress": False,
                "epochs": int(self.params.get("epochs", 0)),
                "output": find_output(self.model),
                **self._options,
            }
            self._run = run_of_trainer(self._name, self._data, epochs_done, watch=self.model, **options)
        return self._run

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Ends an epoch with the metrics of the fit."""
        assert self._run is not None
        self._run.end_epoch(**{name: float(value) for name, value in (logs or {}).items()})

    def on_train_end(self, logs: Any = None) -> None:
        """Ends the run if this callback has started it."""
        if self._owns and self._run is not None:
            self._run.finish()
            self._run = None


def find_output(model: Any) -> str | None:
    """Returns `probabilities` for a model that ends with a softmax or sigmoid, else None."""
    last = model.layers[-1]
    name = "softmax" if type(last).__name__ == "Softmax" else ""
    name = keras.activations.serialize(last.activation) if hasattr(last, "activation") else name
    return "probabilities" if name in ("softmax", "sigmoid") else None
