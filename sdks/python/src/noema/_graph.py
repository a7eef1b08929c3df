"""Graphs of models: ONNX files whose outputs are the output of a model and the activations of its layers.

The platform names the layers of the graph by these outputs, checks that the file gives what was recorded, and
computes heat maps with it.
"""

from __future__ import annotations

# pyright: reportAttributeAccessIssue=false
# In this folder `torch` is the module of this package to pyright.
import hashlib
import sys
import tempfile
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from noema._dataset import Dataset
from noema._responses import Layer
from noema._setting import read_bytes
from noema._wire.training.v1 import recording_pb2, recording_service_pb2

Record = recording_service_pb2.AppendRecordRequest
#: A file is sent in parts of this size; the platform takes 4 MiB.
PART_BYTES = 2 << 20
DEFAULT_GRAPH_BYTES = 128 << 20
MAX_LAYERS = 1000
MAX_NAMES = 60_000
#: Version of the operators; the platform reads 13 to 20.
OPSET = 16
OUTPUT = "output"
_ACTIVATIONS = {"softmax": 1, "sigmoid": 2}
#: Packages that Keras exports with, by its backend.
_KERAS_EXPORTERS = {"tensorflow": "tf2onnx", "jax": "jax2onnx"}
_MAX_REASON = 2000


class GraphMissing(Exception):
    """The model cannot be exported. The text says why, and what to do."""


@dataclass(frozen=True)
class Tap:
    """An output of the file that has the activation of a layer. Axis 0 has the samples."""

    layer: str
    output: str
    unit_axis: int


@dataclass
class Graph:
    """An ONNX file. Its output `output` has the numbers of the model."""

    content: bytes
    output: str
    taps: list[Tap]
    channels_first: list[str] = field(default_factory=list)


class Exports(Protocol):
    """What a watch of a framework does: exports its model for inputs like those of `x`.

    `x` is an array `[k, …]` or a mapping of arrays, as `Dataset.read` gives them. Raises GraphMissing.
    """

    def export(self, x: Any, names: Sequence[str], prepare: Callable[[Any], Any] | None) -> Graph: ...


def graph_bytes() -> int:
    """Returns the largest size of a graph that is sent: NOEMA_GRAPH_BYTES, or 128 MiB. Raises NoemaError."""
    return read_bytes("NOEMA_GRAPH_BYTES", DEFAULT_GRAPH_BYTES)


def export_graph(
    watch: Exports, data: Dataset, layers: Mapping[str, Layer], prepare: Callable[[Any], Any] | None
) -> Graph:
    """Exports the watched model with two samples of the data as an example. Raises GraphMissing."""
    if not data.inputs:
        raise GraphMissing("the dataset has no inputs")
    if not layers:
        raise GraphMissing("no layers are recorded")
    if any(part.kind == "text" for part in data.inputs):
        raise GraphMissing("an input is a text; give the tokens as numbers")
    name, split = next((n, s) for n, s in data.splits.items() if len(s.population) > 0)
    x, _ = data.read(name, split.population[:2])
    names = [part.name for part in data.inputs]
    graph = watch.export(x, names, prepare)
    graph.taps = [tap for tap in graph.taps if tap.layer in layers]
    graph.channels_first = [p.name for p in data.inputs if p.is_stored_last and p.name in names]
    limit = graph_bytes()
    if len(graph.content) > limit:
        raise GraphMissing(
            f"the file has {len(graph.content)} bytes, more than {limit}; NOEMA_GRAPH_BYTES raises the limit"
        )
    if len(graph.taps) > MAX_LAYERS or sum(len(t.layer) + len(t.output) for t in graph.taps) > MAX_NAMES:
        raise GraphMissing(f"the model has {len(graph.taps)} layers; choose some with layers=")
    return graph


def describe(graph: Graph, activation: str) -> recording_pb2.EpochGraph:
    """Returns the message that ends the parts. `activation`: `softmax`, `sigmoid` or empty."""
    message = recording_pb2.EpochGraph(
        size_bytes=len(graph.content),
        sha256=hashlib.sha256(graph.content).hexdigest(),
        output=graph.output,
        output_activation=_ACTIVATIONS.get(activation, 0),  # type: ignore[arg-type]
        channels_first=graph.channels_first,
    )
    for tap in graph.taps:
        message.layers.add(name=tap.layer, output=tap.output, unit_axis=tap.unit_axis)
    return message


def describe_missing(reason: str) -> recording_pb2.EpochGraph:
    """Returns the message of an epoch without a graph."""
    return recording_pb2.EpochGraph(missing_reason=reason[:_MAX_REASON])


def split_graph(epoch: int, content: bytes) -> Iterator[Record]:
    """Yields the records with the parts of a file."""
    for start in range(0, len(content), PART_BYTES):
        record = Record(epoch=epoch)
        record.graph_part.content = content[start : start + PART_BYTES]
        yield record


def describe_failure(error: BaseException) -> str:
    """Returns the first line of an error with its class, at most 500 characters."""
    text = str(error).strip()
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first[:500] if isinstance(error, GraphMissing) else f"{type(error).__name__}: {first}"[:500]


# PyTorch


def export_torch(
    forward: Callable[[Any], tuple[Any, list[tuple[str, Any, int]]]],
    module: Any,
    x: Any,
    names: Sequence[str],
    device: Any,
) -> Graph:
    """Exports a function of torch tensors by torch.onnx.

    `forward` takes a tensor, or a mapping of tensors for several inputs, and returns the output and, for each
    layer, its name, its activation and the axis of the units. `module` has the parameters.
    """
    import torch

    from noema.torch import to_tensor

    taps: list[tuple[str, int]] = []
    is_mapping = isinstance(x, Mapping)
    inputs = [to_tensor(_as_number(value), device) for value in (x.values() if is_mapping else [x])]
    used = list(x) if is_mapping else list(names[:1])

    class Tapped(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = module

        def forward(self, *values: Any) -> Any:
            output, found = forward(dict(zip(used, values)) if is_mapping else values[0])
            if not isinstance(output, torch.Tensor):
                raise GraphMissing(f"the output is a {type(output).__name__}, not a tensor")
            taps[:] = [(layer, axis) for layer, _, axis in found]
            return (output, *(value for _, value, _ in found))

    tapped = Tapped()
    tapped.training = False
    with torch.no_grad(), _traceable():
        tapped(*inputs)
        outputs = [OUTPUT, *(f"layer_{i}" for i in range(len(taps)))]
        content = _export_torch(tapped, tuple(inputs), used, outputs)
    found = [Tap(layer, f"layer_{i}", axis) for i, (layer, axis) in enumerate(taps)]
    return Graph(content, OUTPUT, found)


def _export_torch(module: Any, inputs: tuple[Any, ...], names: list[str], outputs: list[str]) -> bytes:
    import torch

    axes = {name: {0: "n"} for name in [*names, *outputs]}
    options: dict[str, Any] = {
        "input_names": names,
        "output_names": outputs,
        "dynamic_axes": axes,
        "opset_version": OPSET,
    }
    if tuple(int(part) for part in torch.__version__.split(".")[:2]) >= (2, 5):
        # The exporter that traces is faster than the newer one, and needs no onnxscript.
        options["dynamo"] = False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        try:
            torch.onnx.export(module, inputs, str(path), **options)
        except Exception as error:
            if "onnx is not installed" in str(error) or isinstance(error, ModuleNotFoundError):
                raise GraphMissing(f"{error}; pip install onnx") from error
            raise
        return path.read_bytes()


@contextmanager
def _traceable() -> Generator[None, None, None]:
    """Turns off what cannot be traced, and the warnings of tracing."""
    import torch

    mha = getattr(getattr(torch, "backends", None), "mha", None)
    fast = mha.get_fastpath_enabled() if mha is not None else False
    if mha is not None:
        mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if mha is not None:
            mha.set_fastpath_enabled(fast)


def _as_number(value: Any) -> Any:
    """Returns bytes and half precision as float32, which is what the platform gives."""
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype.type in (np.uint8, np.float16) else array


# Keras


def export_keras(probe: Any, x: Any, taps: Sequence[tuple[str, int]]) -> Graph:
    """Exports a Keras model whose outputs are the activations in the order of `taps`, then the output."""
    keras = sys.modules["keras"]
    if keras.backend.backend() == "torch":
        import torch

        def forward(value: Any) -> tuple[Any, list[tuple[str, Any, int]]]:
            values = probe(value, training=False)
            values = list(values) if isinstance(values, (list, tuple)) else [values]
            found = [(name, v, axis % v.dim()) for (name, axis), v in zip(taps, values)]
            return values[-1], found

        parameter = next((v.value for v in probe.variables), None)
        device = parameter.device if parameter is not None else torch.device("cpu")
        return export_torch(forward, probe, x, [tensor.name for tensor in probe.inputs], device)
    probe(x, training=False)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "model.onnx"
        try:
            probe.export(str(path), format="onnx", verbose=False)
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            backend = keras.backend.backend()
            package = _KERAS_EXPORTERS.get(backend)
            needed = f", and the package {package} with the backend {backend}" if package else ""
            raise GraphMissing(
                f"{describe_failure(error)}; Keras needs version 3.8 or later{needed}. Without a graph, "
                "noema.serve(model) computes heat maps"
            ) from error
        content = path.read_bytes()
    import onnx

    outputs = [output.name for output in onnx.load_from_string(content).graph.output]
    if len(outputs) != len(taps) + 1:
        raise GraphMissing(f"the file has {len(outputs)} outputs, and {len(taps) + 1} were exported")
    ranks = [len(tensor.shape) for tensor in probe.outputs]
    found = [Tap(name, output, axis % rank) for (name, axis), output, rank in zip(taps, outputs, ranks)]
    return Graph(content, outputs[-1], found)


__all__ = [
    "Exports",
    "Graph",
    "GraphMissing",
    "Tap",
    "describe",
    "describe_failure",
    "describe_missing",
    "export_graph",
    "export_keras",
    "export_torch",
    "split_graph",
]
