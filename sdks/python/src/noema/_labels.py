"""Ground truth in every form in which people keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noema._arrays import Array
from noema._columns import Column
from noema._errors import DatasetError

TASKS = ("multi_class", "multi_label", "binary", "regression")
#: Above this number of classes the ground truth is stored as the index of the class.
MAX_ONE_HOT = 256


class Labels:
    """Ground truth of all splits, encoded.

    `task` is one of `TASKS`; `class_names` are in the order of the model's outputs, empty for a regression.
    `values[split]` is `[n]` int64 for classes (−1 without ground truth), else `[n, k]` float32 (NaN without).
    """

    def __init__(self, task: str, class_names: list[str], values: dict[str, Array]) -> None:
        self.task = task
        self.class_names = class_names
        self.values = values

    @property
    def has_classes(self) -> bool:
        """True if each sample has one class."""
        return self.task in ("multi_class", "binary")

    @property
    def dims(self) -> list[int]:
        """Shape of the ground truth of one sample as it is uploaded."""
        if self.has_classes:
            return [len(self.class_names) if len(self.class_names) <= MAX_ONE_HOT else 1]
        return [int(next(iter(self.values.values())).shape[1])]

    def is_whole(self) -> bool:
        """True if no sample lacks its ground truth."""
        return all(
            not bool(np.isnan(v).any() if v.dtype.kind == "f" else (v < 0).any())
            for v in self.values.values()
        )

    def encode(self, values: Array) -> Array:
        """Returns ground truth `[n, *dims]` float32 of encoded values, NaN without ground truth."""
        if not self.has_classes:
            return values.astype(np.float32)
        if len(self.class_names) > MAX_ONE_HOT:
            return np.where(values < 0, np.nan, values).astype(np.float32)[:, None]
        known = values >= 0
        encoded = np.zeros((len(values), len(self.class_names)), dtype=np.float32)
        encoded[np.flatnonzero(known), values[known]] = 1
        encoded[~known] = np.nan
        return encoded


def read_labels(
    columns: Mapping[str, Column], classes: Sequence[Any] | None, task: str | None
) -> Labels | None:
    """Reads the labels of all splits that have some. Returns None if no split has any.

    Raises DatasetError for labels that are of no known form, or outside of `classes`.
    """
    if task is not None and task not in TASKS:
        raise DatasetError(f'there is no task "{task}"; tasks: {", ".join(TASKS)}')
    raw = {split: _raw(column) for split, column in columns.items()}
    if not raw:
        return None
    ranks = {values.ndim for values in raw.values()}
    if len(ranks) > 1:
        raise DatasetError(
            "the labels of the splits have different shapes; give all splits labels of one form"
        )
    if ranks == {2} and next(iter(raw.values())).shape[1] == 1:
        raw = {split: values[:, 0] for split, values in raw.items()}
        ranks = {1}
    if ranks == {2}:
        return _wide(raw, classes, task)
    if ranks != {1}:
        raise DatasetError(
            f"the labels have {max(ranks) - 1} dimensions for each sample; classes, one-hot "
            "vectors, labels and "
            "numbers have at most one"
        )
    return _flat(raw, classes, task)


def _raw(column: Column) -> Array:
    values = column.take(np.arange(len(column)))
    if isinstance(values, np.ndarray):
        return values
    if all(v is None or isinstance(v, (str, bool, np.bool_)) for v in values):
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array
    if any(v is None for v in values):
        return np.asarray([np.nan if v is None else v for v in values], dtype=np.float64)
    return np.asarray(values)


def _wide(raw: dict[str, Array], classes: Sequence[Any] | None, task: str | None) -> Labels:
    numbers = {split: values.astype(np.float32) for split, values in raw.items()}
    every = np.concatenate(list(numbers.values()))
    known = every[~np.isnan(every).any(axis=1)]
    flags = bool(np.isin(known, (0, 1)).all()) and len(known) > 0
    width = every.shape[1]
    names = [str(name) for name in classes] if classes is not None else [str(i) for i in range(width)]
    one_hot = flags and bool((known.sum(axis=1) == 1).all())
    if one_hot and task in (None, "multi_class", "binary"):
        _require_count(names, width)
        encoded = {
            split: np.where(np.isnan(v).any(axis=1), -1, np.nan_to_num(v).argmax(axis=1)).astype(np.int64)
            for split, v in numbers.items()
        }
        return Labels(task or "multi_class", names, encoded)
    if task == "regression" or (task is None and not flags):
        return Labels("regression", [], numbers)
    if task in ("multi_class", "binary") or not flags:
        raise DatasetError(f"the labels are no one-hot vectors of 0 and 1, but the task is {task}")
    _require_count(names, width)
    return Labels("multi_label", names, numbers)


def _require_count(names: list[str], width: int) -> None:
    if len(names) != width:
        raise DatasetError(f"there are {len(names)} classes, but the labels have {width} numbers a sample")


def _flat(raw: dict[str, Array], classes: Sequence[Any] | None, task: str | None) -> Labels:
    every = np.concatenate([v.astype(object) if v.dtype.kind in "OUS" else v for v in raw.values()])
    if every.dtype.kind in "fc" and task is None and classes is None:
        # Frameworks turn whole labels into floats only where some are missing.
        whole = every[~np.isnan(every)]
        if not (np.isnan(every).any() and (whole == np.rint(whole)).all()):
            return _regression(raw)
    if task == "regression":
        return _regression(raw)
    if task == "multi_label":
        raise DatasetError("labels of the task multi_label need the shape [n, labels]")
    if every.dtype.kind in "iuf":
        return _indexes(raw, every, classes, task)
    names = _names(every, classes)
    index = {name: i for i, name in enumerate(names)}
    encoded = {split: _look_up(split, values, index) for split, values in raw.items()}
    return Labels(task or "multi_class", names, encoded)


def _regression(raw: dict[str, Array]) -> Labels:
    return Labels("regression", [], {s: v.astype(np.float32).reshape(len(v), 1) for s, v in raw.items()})


def _indexes(raw: dict[str, Array], every: Array, classes: Sequence[Any] | None, task: str | None) -> Labels:
    known = every[~np.isnan(every)] if every.dtype.kind == "f" else every
    known = known[known != -1].astype(np.int64)
    if len(known) == 0:
        raise DatasetError("no sample has a label; leave the label out")
    if classes is not None and not all(isinstance(name, str) for name in classes):
        # The classes are the values themselves, such as [0, 2, 5].
        index = {str(int(value)): i for i, value in enumerate(classes)}
        return Labels(
            task or "multi_class",
            list(index),
            {s: _look_up(s, v.astype(np.int64), index) for s, v in raw.items()},
        )
    count = len(classes) if classes is not None else int(known.max()) + 1
    if known.min() < 0 or known.max() >= count:
        raise DatasetError(
            f"labels run from {known.min()} to {known.max()}, but there are {count} classes; give "
            "classes= in "
            "the order of the model's outputs, or task='regression'"
        )
    if classes is None and count > max(1000, 2 * len(known)):
        raise DatasetError(f"labels run up to {count - 1}; give classes=, or task='regression' for numbers")
    names = [str(name) for name in classes] if classes is not None else [str(i) for i in range(count)]
    encoded = {
        split: np.where(np.isnan(v), -1, v).astype(np.int64) if v.dtype.kind == "f" else v.astype(np.int64)
        for split, v in raw.items()
    }
    return Labels(task or "multi_class", names, encoded)


def _names(every: Array, classes: Sequence[Any] | None) -> list[str]:
    if classes is not None:
        return [str(name) for name in classes]
    return sorted({_text(value) for value in every.tolist() if not _is_absent(value)})


def _is_absent(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and np.isnan(value))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _look_up(split: str, values: Array, index: Mapping[str, int]) -> Array:
    encoded = np.empty(len(values), dtype=np.int64)
    for row, value in enumerate(values.tolist()):
        text = "" if _is_absent(value) else _text(value)
        if text == "" or (text == "-1" and text not in index):
            encoded[row] = -1
            continue
        found = index.get(text)
        if found is None:
            raise DatasetError(
                f'sample {row} of the split {split} has the label "{text}", which is not one of the classes: '
                f"{', '.join(list(index)[:20])}"
            )
        encoded[row] = found
    return encoded
