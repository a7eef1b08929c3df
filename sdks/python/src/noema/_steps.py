"""Steps of a training loop.

The training thread keeps copies of what they logged; another thread reads many at once, because between two
steps nothing of this package is in the caches of the processor.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from noema._arrays import Array, copy_to_host, is_on_cuda, is_torch, stage, to_numpy
from noema._batch import BatchReader
from noema._dataset import SampleIds
from noema._epoch import Epoch
from noema._errors import LogError, called_from
from noema._ids import format_ids
from noema._records import Item

#: Names of `log` that are read at once.
_WITH_SHAPES = frozenset(("activation", "embedding", "input"))
#: So many times as many steps as one record holds may wait for the thread that reads them.
_WAITING_RECORDS = 8
_PACKAGE = os.path.dirname(__file__)
_NUMBERS = (bool, int, float)


class _Form(NamedTuple):
    """What steps must have in common to be read together."""

    epoch: Epoch
    split: str | None
    training_mode: bool | None
    names: tuple[str, ...]


class _Step(NamedTuple):
    """One call. `rows` are known of a batch of `Dataset.batches`; otherwise `ids` is a copy."""

    split: str | None
    rows: Array | None
    ids: Any
    values: tuple[Any, ...]
    #: Code and line of the caller.
    place: tuple[CodeType, int]


class StepLog:
    """Calls of `log` whose form was right once. The lock keeps them in order with other calls."""

    def __init__(
        self,
        reader: BatchReader,
        put: Callable[[Item], None],
        wake: Callable[[], None],
        warn: Callable[[str], None],
    ) -> None:
        self.lock = threading.RLock()
        self._reader, self._put, self._wake, self._warn = reader, put, wake, warn
        self._form: _Form | None = None
        self._steps: deque[_Step] = deque()
        self._due = 1
        self._copiers: dict[type, Callable[[Any], Any]] = {}

    def open(
        self, epoch: Epoch, split: str | None, training_mode: bool | None, names: Sequence[str], due: int
    ) -> None:
        """Takes later calls of this form. After `due` of them the writer is woken."""
        self._form = (
            None if _WITH_SHAPES.intersection(names) else _Form(epoch, split, training_mode, tuple(names))
        )
        self._due = max(1, due)

    def shut(self) -> None:
        """Takes no calls until `open`."""
        self._form = None

    def add(
        self,
        epoch: Epoch | None,
        ids: Any,
        split: str | None,
        training_mode: bool | None,
        things: dict[str, Any],
    ) -> bool:
        """Keeps copies of one call. Returns false if it has to be read now."""
        form = self._form
        if form is None or form.epoch is not epoch or form != (epoch, split, training_mode, tuple(things)):
            return False
        waiting = len(self._steps)
        if waiting >= self._due * _WAITING_RECORDS:
            return False
        rows = None
        if isinstance(ids, SampleIds):
            split = split or ids.split
            part = self._reader.find_part(split)
            rows = None if part is None else ids.find_rows(part)
        copied = None if rows is not None else self._copy(ids)
        self._steps.append(_Step(split, rows, copied, tuple(map(self._copy, things.values())), _find_place()))
        if waiting + 1 == self._due:
            self._wake()
        return True

    def _copy(self, value: Any) -> Any:
        kind = type(value)
        copier = self._copiers.get(kind)
        if copier is None:
            copier = self._copiers[kind] = _find_copier(value)
        return copier(value)

    def read(self) -> None:
        """Reads the calls that wait."""
        with self.lock:
            steps = []
            while self._steps:
                steps.append(self._steps.popleft())
            if steps and self._form is not None:
                for together in self._group(self._form, steps):
                    self._read(self._form, together)

    def _group(self, form: _Form, steps: list[_Step]) -> Iterator[list[_Step]]:
        """Yields steps of one split together, with their rows."""
        group: list[_Step] = []
        for step in steps:
            try:
                found = self._find(form, step)
            except Exception as error:
                self._warn(f"a batch was left out: {error}")
                continue
            if found is None:
                continue
            if group and group[-1].split != found.split:
                yield group
                group = []
            group.append(found)
        if group:
            yield group

    def _find(self, form: _Form, step: _Step) -> _Step | None:
        if step.rows is not None:
            return step
        with called_from(_name_place(step)):
            texts = format_ids(step.ids)
            if not texts:
                return None
            name, rows = self._reader.find_rows(texts, step.split, form.training_mode)
        return step._replace(split=name, rows=rows)

    def _read(self, form: _Form, steps: list[_Step]) -> None:
        split = str(steps[0].split)
        try:
            with called_from(_name_place(steps[0])):
                things, numbers = _join(form.names, steps)
                rows = np.concatenate([step.rows for step in steps if step.rows is not None])
                item = self._reader.read_rows(
                    form.epoch, split, rows, form.training_mode, things, [], numbers
                )
            if item is not None:
                self._put(item)
        except Exception as error:
            if len(steps) == 1:
                self._warn(f"a batch was left out: {error}")
                return
            # The others are kept.
            for step in steps:
                self._read(form, [step])


def _join(names: tuple[str, ...], steps: list[_Step]) -> tuple[dict[str, Any], dict[str, Array]]:
    """Returns arrays with one entry for each sample, and those with one number for each step."""
    things: dict[str, Any] = {}
    numbers: dict[str, Array] = {}
    for at, name in enumerate(names):
        values = [step.values[at] for step in steps]
        if all(value is None for value in values):
            continue
        arrays = [to_numpy(value() if callable(value) else value) for value in values]
        if all(array.ndim == 0 for array in arrays):
            numbers[name] = np.stack(arrays)
            continue
        if len(arrays) > 1 and any(array.dtype.kind not in "biuf" for array in arrays):
            raise TypeError(f"{name} has values that are no numbers")
        for array, step in zip(arrays, steps):
            if array.ndim == 0 or len(array) != len(step.rows if step.rows is not None else ()):
                count = len(step.rows) if step.rows is not None else 0
                raise LogError(
                    f"{name} has the shape {list(array.shape)}, but there are {count} ids; the first axis "
                    "counts the ids",
                    "SHAPE_INVALID",
                )
        things[name] = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    return things, numbers


def _find_place() -> tuple[CodeType, int]:
    """Returns the nearest frame outside of this package; `Run.log` is three frames above."""
    frame = sys._getframe(3)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return frame.f_code, frame.f_lineno


def _name_place(step: _Step) -> str:
    code, line = step.place
    return f"{code.co_filename}:{line}"


def _find_copier(example: Any) -> Callable[[Any], Any]:
    """Returns a function that copies values of one type, as quickly as it can."""
    if example is None or isinstance(example, (*_NUMBERS, str)):
        return _keep
    if is_torch(example):
        return _copy_tensor
    if isinstance(example, np.ndarray):
        return np.array
    # Tensors of TensorFlow never change; its variables do.
    if type(example).__name__ == "EagerTensor" and "tensorflow" in sys.modules:
        return _keep
    if isinstance(example, list):
        return list
    return copy_to_host


def _keep(value: Any) -> Any:
    return value


def _copy_tensor(value: Any) -> Any:
    if is_on_cuda(value):
        return stage(value)
    plain = value.detach()
    try:
        # Between two steps it takes half of the time of `clone`.
        return plain.numpy().copy()
    except (TypeError, RuntimeError):  # A type or a device that numpy does not have.
        return plain.clone()
