"""Columns of a dataset out of what users have: arrays, tensors, lists, pictures, torch and HF datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from noema._arrays import Array, is_picture, is_torch, to_numpy
from noema._errors import DatasetError


class Column(Protocol):
    """One value for every row of a split."""

    def __len__(self) -> int: ...

    def take(self, rows: Array) -> Any:
        """Returns the values of some rows: an array `[k, …]`, or a list of values that are not alike."""
        ...


class ArrayColumn:
    """An array or tensor whose first axis counts the rows. Memory-mapped arrays stay on disk."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def __len__(self) -> int:
        return int(self._values.shape[0])

    def take(self, rows: Array) -> Array:
        if is_torch(self._values):
            return to_numpy(self._values[rows.tolist()])
        return to_numpy(self._values[rows])


class ListColumn:
    """A list of values, such as pictures or sequences of different lengths."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def take(self, rows: Array) -> list[Any]:
        return [_cell(self._values[int(row)]) for row in rows]


class HubColumn:
    """A column of a Hugging Face dataset, read on demand."""

    def __init__(self, dataset: Any, name: str) -> None:
        self._dataset = dataset.select_columns([name]) if hasattr(dataset, "select_columns") else dataset
        self._name = name

    def __len__(self) -> int:
        return len(self._dataset)

    def take(self, rows: Array) -> list[Any]:
        return [_cell(value) for value in self._dataset[[int(row) for row in rows]][self._name]]


class ItemColumn:
    """A part of the items of a map-style dataset, read on demand."""

    def __init__(self, items: _Items, key: Any) -> None:
        self._items = items
        self._key = key

    def __len__(self) -> int:
        return len(self._items)

    def take(self, rows: Array) -> list[Any]:
        return [_cell(self._items.read(int(row), self._key)) for row in rows]


class _Items:
    """Items of a map-style dataset. The last item is cached, because each column reads the same one."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        self._last: tuple[int, Any] = (-1, None)

    def __len__(self) -> int:
        return len(self._dataset)

    def read(self, row: int, key: Any) -> Any:
        if self._last[0] != row:
            self._last = (row, self._dataset[row])
        item = self._last[1]
        return item if key is None else item[key]


def _cell(value: Any) -> Any:
    if is_torch(value) or is_picture(value) or (hasattr(value, "numpy") and hasattr(value, "dtype")):
        return to_numpy(value)
    return value


def to_column(name: str, values: Any) -> Column:
    """Returns a column of an array, tensor or list. Raises DatasetError for anything else."""
    if is_torch(values) or (hasattr(values, "shape") and hasattr(values, "dtype") and len(values.shape) > 0):
        return ArrayColumn(values)
    if hasattr(values, "to_numpy"):
        return ArrayColumn(values.to_numpy())
    if isinstance(values, (list, tuple, range)):
        if len(values) > 0 and not isinstance(values[0], (str, bytes)):
            try:
                array = None if is_picture(values[0]) or is_torch(values[0]) else np.asarray(values)
            except ValueError:
                array = None
            if array is not None and array.dtype.kind in "biuf":
                return ArrayColumn(array)
        return ListColumn(values)
    if hasattr(values, "__len__") and hasattr(values, "__getitem__"):
        return ListColumn(values)
    raise DatasetError(
        f'the column "{name}" is a {type(values).__name__}; use an array, a tensor or a list with one entry '
        "for each sample"
    )


def to_columns(split: str, data: Any, label: str) -> dict[str, Column]:
    """Returns the columns of a split by name.

    Takes a mapping of columns, a table of pandas or pyarrow, a tuple (x, y), an array of inputs, a Hugging
    Face dataset, or any map-style dataset whose items are (x, y), a mapping or x. Raises DatasetError.
    """
    if isinstance(data, Mapping):
        return {str(name): to_column(str(name), values) for name, values in data.items()}
    if hasattr(data, "column_names") and hasattr(data, "features"):
        return {name: HubColumn(data, name) for name in data.column_names}
    if hasattr(data, "column_names") and hasattr(data, "column"):
        return {n: to_column(n, data.column(n).to_pylist()) for n in data.column_names}
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return {str(name): to_column(str(name), data[name]) for name in data.columns}
    if isinstance(data, tuple) and len(data) == 2:
        return {"x": to_column("x", data[0]), label: to_column(label, data[1])}
    if is_torch(data) or isinstance(data, np.ndarray):
        return {"x": to_column("x", data)}
    if hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        return _item_columns(split, data, label)
    raise DatasetError(
        f"the split {split} is a {type(data).__name__}; use a mapping of columns, a tuple (x, y), "
        "or a dataset "
        "with a length and items"
    )


def _item_columns(split: str, data: Any, label: str) -> dict[str, Column]:
    if len(data) == 0:
        raise DatasetError(f"the split {split} has no samples; leave it out")
    items = _Items(data)
    first = items.read(0, None)
    if isinstance(first, Mapping):
        return {str(key): ItemColumn(items, key) for key in first}
    if isinstance(first, (tuple, list)) and len(first) >= 2:
        columns: dict[str, Column] = {"x": ItemColumn(items, 0)}
        targets = _ready_targets(data)
        columns[label] = ItemColumn(items, 1) if targets is None else targets
        return columns
    return {"x": ItemColumn(items, None)}


def _ready_targets(data: Any) -> Column | None:
    """Returns the labels that torchvision's datasets keep, so that no picture is decoded for them."""
    targets = getattr(data, "targets", None)
    if targets is None or not hasattr(targets, "__len__") or len(targets) != len(data):
        return None
    return to_column("targets", targets)
