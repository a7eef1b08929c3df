"""Serves a model to the platform: this process computes what heat maps need, by its own autograd.

For epochs of recorded runs whose graph the platform does not have. The platform sends inputs of samples; the
process sends back scores, activations of layers, and gradients. The process opens the connection, so it
needs no public address.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from noema._arrays import Array
from noema._client import TRANSIENT, Client, back_off
from noema._errors import NoemaError
from noema._progress import Progress
from noema._recorder import LOG
from noema._wire.explanations.v1 import served_model_pb2
from noema._wire.training.v1 import recording_pb2

Query = served_model_pb2.ModelQuery
Result = served_model_pb2.ModelResult
Prepare = Callable[[Any], Any]

#: How long an epoch that has just ended is waited for, in seconds.
EPOCH_S = 120.0
_ACTIVATIONS = ("SCORE_ACTIVATION_SOFTMAX", "SCORE_ACTIVATION_SIGMOID", "SCORE_ACTIVATION_UNSPECIFIED")
_MAX_REASON = 2000


class ServeError(NoemaError):
    """A model that cannot be served. The text says why, and what to do."""


@dataclass(frozen=True)
class Computed:
    """What a framework computes: `scores` `[n, outputs]`, and by layer arrays `[n, …positions, units]`.

    `input_gradients` and `gradients` are those of the weighted sum of the scores; empty without weights.
    """

    scores: Array
    input_gradients: Array | None
    activations: dict[str, Array]
    gradients: dict[str, Array]


class Backend(Protocol):
    """Runs a model of a framework with its autograd."""

    def compute(
        self, inputs: Mapping[str, Array], weights: Array | None, layers: Sequence[str], channels_first: bool
    ) -> Computed:
        """Computes inputs as the platform stores them; with `channels_first` pictures are turned first.

        `inputs` are arrays `[n, …]` of float32; gradients are those of the first.
        """
        ...

    def close(self) -> None:
        """Removes the hooks."""
        ...


def open_backend(model: Any, layers: Sequence[str], prepare: Prepare | None) -> Backend:
    """Returns the backend of a model's framework. Raises ServeError MODEL_UNKNOWN, LAYER_UNKNOWN."""
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Model):
        from noema._serve_keras import KerasBackend

        return KerasBackend(model, layers, prepare)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        from noema._serve_torch import TorchBackend

        return TorchBackend(model, layers, prepare)
    raise ServeError(
        f"the model is a {type(model).__module__}.{type(model).__name__}; give a torch module or a "
        "Keras 3 model",
        "MODEL_UNKNOWN",
    )


class ModelServer:
    """One epoch of a run that this process serves."""

    def __init__(
        self,
        open_client: Callable[[], Client],
        run_id: str,
        epoch: int,
        model: Any,
        prepare: Prepare | None,
        progress: Progress,
    ) -> None:
        self._open = open_client
        self._run_id, self._epoch = run_id, epoch
        self._model, self._prepare = model, prepare
        self._progress = progress
        self._stopping = threading.Event()
        self._client: Client | None = None
        self._backend: Backend | None = None
        self._channels_first = False
        self._layers: list[recording_pb2.RecordedLayer] = []
        self.id = ""
        #: Number of queries that were answered.
        self.answered = 0

    @property
    def epoch(self) -> int:
        """Number of the epoch."""
        return self._epoch

    def register(self, timeout_s: float = EPOCH_S) -> None:
        """Shows the platform that the model gives what was recorded. Raises NoemaError.

        Channels of pictures come first or last, and the outputs are a softmax, a sigmoid or the scores
        themselves: what reproduces the recorded outputs is taken.
        """
        with self._open() as client:
            check = self._await_check(client, timeout_s)
            self._epoch = check.epoch
            self._layers = list(check.layers)
            if self._backend is None:
                names = [layer.name for layer in check.layers]
                self._backend = open_backend(self._model, names, self._prepare)
            expected = _numbers(check.outputs).reshape(check.query.rows, -1)
            scores, activation = self._find_form(check.query, expected)
            result = Result(scores=_bytes(scores))
            self.id = client.served_model.create_served_model(
                run_id=self._run_id, epoch=self._epoch, score_activation=activation, check=result
            ).served_model.id

    def _await_check(self, client: Client, timeout_s: float) -> Any:
        started = time.monotonic()
        while True:
            try:
                return client.served_model.get_serving_check(run_id=self._run_id, epoch=self._epoch)
            except NoemaError as error:
                late = time.monotonic() - started >= timeout_s
                if error.reason != "EPOCH_NOT_FOUND" or late or self._stopping.is_set():
                    raise
            self._progress.update(f"epoch {self._epoch}: waits for the platform")
            self._stopping.wait(0.2)

    def _find_form(self, query: Query, expected: Array) -> tuple[Array, str]:
        """Returns scores and activation that reproduce the recorded outputs best."""
        assert self._backend is not None
        best: tuple[float, Array, str, bool] | None = None
        failure: Exception | None = None
        inputs = _read_inputs(query)
        names = [layer.name for layer in self._layers]
        for channels_first in (False, True):
            if channels_first and not any(value.ndim == 4 for value in inputs.values()):
                continue
            try:
                found = self._backend.compute(inputs, None, names, channels_first)
                self._require_layers(found.activations, query.rows)
            except Exception as error:
                failure = failure if isinstance(failure, ServeError) else error
                continue
            for activation in _ACTIVATIONS:
                difference = _difference(_activate(found.scores, activation), expected)
                if best is None or difference < best[0]:
                    best = (difference, found.scores, activation, channels_first)
        if best is None:
            if isinstance(failure, NoemaError):
                raise failure
            raise ServeError(
                f"the model cannot be run on recorded samples: {_describe(failure)}. Give the prepare= of "
                "the run; inputs come as float32, and models of tokens or texts cannot be served",
                "MODEL_NOT_RUNNABLE",
            ) from failure
        _, scores, activation, self._channels_first = best
        return scores, activation

    def _require_layers(self, activations: Mapping[str, Array], rows: int) -> None:
        for layer in self._layers:
            found = activations.get(layer.name)
            shape = (rows, *layer.position_dims, layer.unit_count)
            if found is None or found.shape != shape:
                what = "is not run" if found is None else f"has the shape {list(found.shape[1:])}"
                raise ServeError(
                    f'layer "{layer.name}" {what}, and {list(shape[1:])} was recorded; serve the model of '
                    "the run",
                    "SERVED_LAYERS_DIFFER",
                )

    def run(self) -> None:
        """Answers queries until `stop`. Waits while the platform does not answer, and registers again if it
        has forgotten the model.
        """
        attempt = 0
        while not self._stopping.is_set():
            try:
                if not self.id:
                    self.register()
                with self._open() as client:
                    self._client = client
                    for query in self._watch(client):
                        client.served_model.submit_model_result(
                            served_model_id=self.id, result=self._answer(query)
                        )
                        attempt = 0
                        self.answered += 1
                        self._show()
            except NoemaError as error:
                if self._stopping.is_set():
                    return
                if error.reason == "SERVED_MODEL_NOT_FOUND":
                    self.id = ""
                elif error.code not in TRANSIENT:
                    raise
                elif attempt == 0:
                    LOG.warning("noema: waiting for the platform: %s", error)
                self._stopping.wait(back_off(attempt, longest_s=5.0))
                attempt += 1
            finally:
                self._client = None

    def _watch(self, client: Client) -> Iterator[Query]:
        self._show()
        for message in client.served_model.watch_model_queries(served_model_id=self.id):
            if self._stopping.is_set():
                return
            if message.HasField("query"):
                yield message.query

    def _show(self) -> None:
        self._progress.update(f"serves epoch {self._epoch}: {self.answered:,} queries answered; Ctrl+C ends")

    def _answer(self, query: Query) -> Result:
        assert self._backend is not None
        try:
            inputs = _read_inputs(query)
            weights = _numbers(query.score_weights).reshape(query.rows, -1) if query.score_weights else None
            found = self._backend.compute(inputs, weights, list(query.layers), self._channels_first)
        except Exception as error:
            return Result(query_id=query.id, error=_describe(error))
        result = Result(query_id=query.id, scores=_bytes(found.scores))
        if query.input_gradients and found.input_gradients is not None:
            result.input_gradients = _bytes(found.input_gradients)
        for name in query.layers:
            if name in found.activations:
                result.activations.add(name=name, data=_bytes(found.activations[name]))
            if name in found.gradients:
                result.gradients.add(name=name, data=_bytes(found.gradients[name]))
        return result

    def stop(self) -> None:
        """Ends `run`, also from another thread, and tells the platform."""
        self._stopping.set()
        client, served, self.id = self._client, self.id, ""
        if client is not None:
            client.close()
        if served:
            try:
                with self._open() as last:
                    last.served_model.delete_served_model(served_model_id=served, timeout_s=5.0)
            except NoemaError:
                pass  # The platform notices within 20 s that the process has gone.

    def close(self) -> None:
        """Removes the hooks of the model."""
        self._progress.clear("serving has ended")
        if self._backend is not None:
            self._backend.close()


class Serving:
    """A model that a thread of this process serves, until `stop` or the end of the `with` block."""

    def __init__(self, server: ModelServer) -> None:
        self._server = server
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="noema-serve", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._server.run()
        except Exception as error:
            self._error = error
            LOG.warning("noema: the model is no longer served: %s", error)
        finally:
            self._server.close()

    @property
    def epoch(self) -> int:
        """Number of the epoch that is served."""
        return self._server.epoch

    @property
    def state(self) -> str:
        """`serving`, `ended`, or why it failed."""
        if self._error is not None:
            return f"failed: {self._error}"
        return "serving" if self._thread.is_alive() else "ended"

    def stop(self) -> None:
        """Ends the serving."""
        self._server.stop()
        self._thread.join(10)

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Serving(epoch {self.epoch}, {self.state})"


def start_server(
    open_client: Callable[[], Client],
    run_id: str,
    epoch: int,
    model: Any,
    prepare: Prepare | None,
    progress: Progress,
) -> ModelServer:
    """Returns a registered server. Raises NoemaError, and leaves no hooks on the model then."""
    server = ModelServer(open_client, run_id, epoch, model, prepare, progress)
    try:
        server.register()
    except BaseException:
        server.close()
        raise
    return server


def serve_until_interrupted(server: ModelServer) -> None:
    """Answers queries in this thread until Ctrl+C."""
    print(f"noema: serves epoch {server.epoch}; Ctrl+C ends", file=sys.stderr, flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()
        server.close()
    print(f"noema: serving has ended; {server.answered} queries were answered", file=sys.stderr, flush=True)


@contextmanager
def no_training(module: Any) -> Generator[None, None, None]:
    """Puts every part of a torch module into evaluation mode, and restores the modes."""
    modes = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes.items():
            part.training = mode


def _read_inputs(query: Query) -> dict[str, Array]:
    """Returns the inputs `[rows, …]` by name; an input with one row is repeated."""
    found = {}
    for tensor in query.inputs:
        values = _numbers(tensor.data).reshape(-1, *tensor.dims)
        found[tensor.name] = values if len(values) == query.rows else np.repeat(values, query.rows, axis=0)
    return found


def _numbers(data: bytes) -> Array:
    return np.frombuffer(data, dtype="<f4").astype(np.float32)


def _bytes(values: Array) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def _activate(scores: Array, activation: str) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        if activation == "SCORE_ACTIVATION_SIGMOID":
            return np.asarray(1 / (1 + np.exp(-scores)))
        if activation == "SCORE_ACTIVATION_SOFTMAX":
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True))
    return scores


def _difference(found: Array, expected: Array) -> float:
    """Returns the largest difference over the largest expected number; infinite for other shapes."""
    if found.shape != expected.shape or not np.isfinite(found).all():
        return float("inf")
    most = float(np.abs(found - expected).max(initial=0))
    size = float(np.abs(expected).max(initial=0))
    return 0.0 if most == 0 else most / size if size > 0 else float("inf")


def _describe(error: BaseException | None) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text}"[:_MAX_REASON]


__all__ = ["Backend", "Computed", "ModelServer", "ServeError", "Serving"]
