"""Inputs of a model: shape, type, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from noema._arrays import Array
from noema._columns import Column
from noema._errors import DatasetError
from noema._visuals import IMAGE, SERIES, TABLE, TEXT, encode_picture, encode_series, encode_table

#: Longest text, in bytes, that is an input by itself.
MAX_TEXT_BYTES = 1024
#: Rows of a split that decide on type, range and length.
PROBED = 256
_CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class Input:
    """One input. `kind` is `picture`, `series`, `text`, `table` or `tensor`.

    `names` are the columns that it is made of: one, or the numbers of a table. `dims` is the shape of one
    sample as the model takes it, `dtype` that of the numbers that are uploaded.
    """

    name: str
    names: tuple[str, ...]
    dims: tuple[int, ...]
    dtype: str
    kind: str
    channels_first: bool
    low: float
    high: float

    def read(self, columns: Mapping[str, Column], rows: Array) -> Array:
        """Returns the numbers of some rows, `[k, *dims]`. Raises DatasetError for a row of another shape."""
        if len(self.names) > 1 or self.kind == "table":
            parts = [
                np.asarray(columns[n].take(rows), dtype=np.float32).reshape(len(rows), -1) for n in self.names
            ]
            return np.concatenate(parts, axis=1)
        values = columns[next(iter(self.names))].take(rows)
        if isinstance(values, np.ndarray) and values.shape[1:] == self.dims:
            return _convert(values, self.dtype)
        out = np.zeros((len(values), *self.dims), dtype=self.dtype)
        for i, value in enumerate(values):
            self._place(out[i], _bytes(value) if isinstance(value, str) else np.asarray(value), int(rows[i]))
        return out

    @property
    def is_stored_last(self) -> bool:
        """True for a picture whose channels come first for the model, and last on the platform."""
        return self.kind == "picture" and self.channels_first

    @property
    def stored_dims(self) -> tuple[int, ...]:
        """Shape of one sample as it is uploaded."""
        return (*self.dims[1:], self.dims[0]) if self.is_stored_last else self.dims

    def store(self, values: Array) -> Array:
        """Returns numbers `[k, *dims]` as they are uploaded, `[k, *stored_dims]`."""
        return np.moveaxis(values, 1, -1) if self.is_stored_last else values

    def _place(self, target: Array, value: Array, row: int) -> None:
        if value.shape == self.dims:
            target[...] = _convert(value, self.dtype)
            return
        # Sequences of different lengths are padded with zeros at the end.
        if value.ndim != len(self.dims) or value.ndim == 0 or value.shape[1:] != self.dims[1:]:
            raise DatasetError(
                f'row {row} of the input "{self.name}" has the shape {list(value.shape)}; the first one has '
                f"{list(self.dims)}"
            )
        length = min(len(value), self.dims[0])
        target[:length] = _convert(value[:length], self.dtype)

    @property
    def media_type(self) -> str | None:
        """Media type under which a sample is shown; None if it is not shown."""
        return {"picture": IMAGE, "series": SERIES, "text": TEXT, "table": TABLE}.get(self.kind)

    def show(self, value: Array, original: Any) -> bytes:
        """Returns what is shown of one sample."""
        if self.kind == "picture":
            pixels = np.moveaxis(value, 0, -1) if self.channels_first else value
            return encode_picture(pixels, self.low, self.high)
        if self.kind == "series":
            return encode_series(value)
        if self.kind == "table":
            return encode_table(list(self.names), list(value))
        return str(original).encode("utf-8", "replace")


def _bytes(text: str) -> Array:
    return np.frombuffer(text.encode("utf-8", "replace"), dtype=np.uint8)


def _convert(values: Array, dtype: str) -> Array:
    if values.dtype == dtype:
        return values
    if values.dtype.kind in "iu" and dtype == "int32" and values.size > 0:
        low, high = int(values.min()), int(values.max())
        if low < -(2**31) or high >= 2**31:
            raise DatasetError(f"whole numbers from {low} to {high} do not fit 32 bits")
    return values.astype(dtype)


def _wire_type(dtype: np.dtype[Any]) -> str:
    if dtype.kind == "b" or dtype == np.uint8:
        return "uint8"
    if dtype.kind in "iu":
        return "int32"
    if dtype == np.float16:
        return "float16"
    if dtype.kind == "f":
        return "float32"
    raise DatasetError(f"numbers of the type {dtype} cannot be an input; use float, int, uint8 or bool")


def _probe(column: Column) -> Any:
    return column.take(np.arange(min(len(column), PROBED)))


def describe_input(name: str, columns: list[Column], picture: str | None) -> Input:
    """Returns the input of one column, whose parts in all splits are `columns`.

    `picture` is `channels_first`, `channels_last`, `none`, or None to decide by the shape.
    """
    probe = _probe(columns[0])
    first = probe[0]
    if isinstance(first, str):
        longest = max(len(t.encode("utf-8", "replace")) for c in columns for t in c.take(np.arange(len(c))))
        dims = (min(MAX_TEXT_BYTES, max(1, longest)),)
        return Input(name, (name,), dims, "uint8", "text", False, 0, 1)
    first = np.asarray(first)
    if first.dtype.kind not in "biuf":
        raise DatasetError(
            f'the input "{name}" has values of the type {type(probe[0]).__name__}; use numbers'
        )
    shape = _dims(first, probe, columns)
    dtype = _wire_type(first.dtype)
    kind, channels_first = _kind(shape, dtype, picture)
    low, high = _range(probe, dtype) if kind == "picture" else (0.0, 1.0)
    return Input(name, (name,), shape, dtype, kind, channels_first, low, high)


def describe_table(names: list[str]) -> Input:
    """Returns the input that is made of columns of numbers."""
    return Input("features", tuple(names), (len(names),), "float32", "table", False, 0, 1)


def _dims(first: Array, probe: Any, columns: list[Column]) -> tuple[int, ...]:
    if isinstance(probe, np.ndarray) or first.ndim == 0:
        return first.shape or (1,)
    if all(np.shape(value) == first.shape for value in probe) and first.ndim >= 3:
        return first.shape
    longest = max(len(value) for column in columns for value in column.take(np.arange(len(column))))
    return (longest, *first.shape[1:])


def _kind(dims: tuple[int, ...], dtype: str, picture: str | None) -> tuple[str, bool]:
    if picture == "none":
        return ("tensor", False)
    if len(dims) == 3 and picture is not None:
        return ("picture", picture == "channels_first")
    if len(dims) == 3 and dims[2] in _CHANNELS and dims[0] not in _CHANNELS:
        return ("picture", False)
    if len(dims) == 3 and dims[0] in _CHANNELS and dims[2] not in _CHANNELS:
        return ("picture", True)
    if len(dims) == 3 and dims[2] in _CHANNELS:
        return ("picture", False)
    if len(dims) == 2 and (picture is not None or (dims[0] == dims[1] and dims[0] >= 8)):
        return ("picture", False)
    if len(dims) == 2 and dtype != "int32" and dims[0] >= 4:
        return ("series", False)
    if len(dims) == 1 and dtype in ("float32", "float16") and dims[0] >= 4:
        return ("series", False)
    return ("tensor", False)


def _range(probe: Any, dtype: str) -> tuple[float, float]:
    if dtype == "uint8":
        return (0.0, 255.0)
    numbers = np.concatenate([np.asarray(value, dtype=np.float32).ravel() for value in probe[:64]])
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) == 0:
        return (0.0, 1.0)
    low, high = float(numbers.min()), float(numbers.max())
    if low >= 0 and high <= 1:
        return (0.0, 1.0)
    if low >= -1 and high <= 1:
        return (-1.0, 1.0)
    if low >= 0 and high <= 255:
        return (0.0, 255.0)
    return (low, high)
