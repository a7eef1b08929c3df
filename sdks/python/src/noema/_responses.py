"""Responses: mean and maximum of the activation of each unit over all positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from noema._arrays import Array, byte_size, is_torch, shape_of, stage, to_numpy
from noema._errors import LogError, NoemaError
from noema._records import RESPONSE_MAX, RESPONSE_MEAN


@dataclass(frozen=True)
class Layer:
    """A layer as the platform knows it. `positions` is the shape over which responses are taken."""

    name: str
    kind: str
    units: int
    positions: tuple[int, ...]


@dataclass(frozen=True)
class Response:
    """Responses `[n, units]` of a layer for some samples; still on their device."""

    info: Layer
    parts: tuple[tuple[int, Any], ...]

    @property
    def layer(self) -> str:
        """Name of the layer."""
        return self.info.name

    @property
    def rows(self) -> int:
        """Number of samples."""
        return shape_of(self.parts[0][1])[0]

    @property
    def size(self) -> int:
        """Number of bytes."""
        return sum(byte_size(part) for _, part in self.parts)

    def stage(self) -> list[tuple[int, Callable[[], Array]]]:
        """Copies the responses without waiting for the device."""
        return [(content, stage(part)) for content, part in self.parts]


def pool(name: str, value: Any, kind: str = "", unit_axis: int = 0) -> Response:
    """Returns the responses of an activation `[n, units]`, or one with positions.

    `unit_axis` 0 means: axis 1 for torch tensors with more than three axes, else the last one. A layer
    without positions has a mean alone.
    """
    shape = shape_of(value)
    if len(shape) < 2:
        raise LogError(
            f'the activation of "{name}" has the shape {list(shape)}; it needs [n, units]', "SHAPE_INVALID"
        )
    if unit_axis == 0:
        unit_axis = 1 if is_torch(value) and len(shape) > 3 else len(shape) - 1
    axes = tuple(axis for axis in range(1, len(shape)) if axis != unit_axis)
    info = Layer(name, kind or "Layer", shape[unit_axis], tuple(shape[axis] for axis in axes))
    if not axes:
        return Response(info, ((RESPONSE_MEAN, value.detach() if is_torch(value) else value),))
    if is_torch(value):
        tensor = value.detach()
        tensor = (
            tensor.float() if tensor.dtype.is_floating_point is False or tensor.element_size() < 4 else tensor
        )
        return Response(info, ((RESPONSE_MEAN, tensor.mean(dim=axes)), (RESPONSE_MAX, tensor.amax(dim=axes))))
    array = to_numpy(value)
    return Response(
        info, ((RESPONSE_MEAN, array.mean(axis=axes, dtype=np.float32)), (RESPONSE_MAX, array.max(axis=axes)))
    )


def pool_embedding(name: str, value: Any) -> Response:
    """Returns an embedding `[n, units]` as the responses of a layer. Raises LogError for another shape."""
    shape = shape_of(value)
    if len(shape) != 2:
        raise LogError(f"embedding has the shape {list(shape)}; it needs [n, units]", "SHAPE_INVALID")
    return pool(name, value, "Embedding")


def is_chosen(name: str, layers: Sequence[str] | None) -> bool:
    """Returns true if a layer has one of the names, or fits one of the patterns with `*`. None means all."""
    return layers is None or any(fnmatchcase(name, pattern) for pattern in layers)


def require_layers(layers: Sequence[str] | None, known: Sequence[str]) -> None:
    """Raises NoemaError LAYER_UNKNOWN for a name or pattern that no layer has."""
    for pattern in layers or ():
        if not any(fnmatchcase(name, pattern) for name in known):
            names = ", ".join(name for name in known[:50] if name)
            raise NoemaError(f'the model has no layer "{pattern}"; layers: {names}', "LAYER_UNKNOWN")
