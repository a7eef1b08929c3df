"""All samples of an integration, one per row, ordered by split and index."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from noema._integration.declaration import SPLIT_NAMES, Split
from noema._integration.definition import Handler, Integration
from noema._integration.faults import IntegrationError, describe, handler_fault

#: Maximum number of samples of a dataset version.
MAX_SAMPLES = 10_000_000
_BAD_ID = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]|^\\.\\.?$|^undefined$")


def count_units(text: str) -> int:
    """Returns the length of a text in UTF-16, by which the platform limits texts."""
    return len(text) + sum(character > "\uffff" for character in text)


class Sample:
    """One sample; `values` has the results of its handlers, by the name of their function."""

    __slots__ = ("data", "id", "index", "split", "values")

    def __init__(self, split: str, index: int, id: str, data: Any) -> None:
        self.split = split
        self.index = index
        self.id = id
        self.data = data
        self.values: dict[str, Any] = {}

    def argument(self, name: str, shared: Mapping[str, Handler]) -> Any:
        """Returns the value of an argument of a handler."""
        if name in self.values:
            return self.values[name]
        if name == "index":
            return self.index
        if name == "split":
            return self.split
        if name == "id":
            return self.id
        if name == "data":
            return self.data
        if name == "row":
            value = self.data[self.index]
            self.values[name] = value
            return value
        return self.result(shared[name], shared)

    def result(self, handler: Handler, shared: Mapping[str, Handler]) -> Any:
        """Returns the result of a handler; runs it once. A ground truth is None for the split `unlabeled`."""
        own = handler.function.__name__
        is_shared = shared.get(own) is handler
        if is_shared and own in self.values:
            return self.values[own]
        if handler.role == "ground-truth" and self.split == "unlabeled":
            return None
        value = handler.function(**{name: self.argument(name, shared) for name in handler.arguments})
        if is_shared:
            self.values[own] = value
        return value


class PopulationSplit:
    """A split, with the range of its rows in the dataset version."""

    def __init__(
        self,
        name: str,
        first_row: int,
        length: int,
        data: Any,
        ids: list[str] | None,
        kept: npt.NDArray[np.int64] | None = None,
    ) -> None:
        self.name = name
        self.first_row = first_row
        self.length = length
        self.data = data
        self.ids = ids
        #: Indexes of the remaining samples, in order; None for all.
        self.kept = kept


class Population:
    """All samples, by row."""

    def __init__(self, splits: list[PopulationSplit]) -> None:
        self.splits = splits
        self.size = sum(split.length for split in splits)
        self._first_rows = [split.first_row for split in splits]

    def sample(self, row: int) -> Sample:
        """Returns the sample of a row, 0 to `size` - 1."""
        if not 0 <= row < self.size:
            raise IndexError(f"row {row} is not one of the {self.size} rows")
        split = self.splits[bisect.bisect_right(self._first_rows, row) - 1]
        index = row - split.first_row
        if split.kept is not None:
            index = int(split.kept[index])
        return Sample(split.name, index, str(index) if split.ids is None else split.ids[index], split.data)

    def without(self, rows: list[int]) -> Population:
        """Returns the population without some of its rows; an empty split is dropped."""
        dropped = np.asarray(rows, dtype=np.int64)
        splits: list[PopulationSplit] = []
        first_row = 0
        for split in self.splits:
            indexes = np.arange(split.length) if split.kept is None else split.kept
            kept = indexes[~np.isin(np.arange(split.length) + split.first_row, dropped)]
            if len(kept) > 0:
                splits.append(PopulationSplit(split.name, first_row, len(kept), split.data, split.ids, kept))
            first_row += len(kept)
        return Population(splits)


def plan_population(
    integration: Integration,
    secrets: Mapping[str, str],
    report: Callable[[IntegrationError], None] | None = None,
) -> Population:
    """Runs the function with `@splits` and validates its result. `report` gets each fault and may continue.

    Raises IntegrationError SPLIT_EMPTY, SPLIT_INVALID, SAMPLE_ID_DUPLICATE, SAMPLE_ID_INVALID or
    HANDLER_THREW.
    """
    function = integration.splits.function

    def fault(error: BaseException) -> IntegrationError:
        return handler_fault("preprocess", "preprocess", function, None, error)

    def fail(error: IntegrationError) -> None:
        raise error

    report = report or fail
    try:
        listed = function(**({"secrets": dict(secrets)} if integration.splits.arguments else {}))
    except Exception as error:
        raise fault(error) from error
    splits: list[PopulationSplit] = []
    first_row = 0
    for found in _read_splits(listed):
        if isinstance(found, IntegrationError):
            report(fault(found))
        else:
            found.first_row = first_row
            first_row += found.length
            splits.append(found)
    return Population(splits)


def _read_splits(listed: Any) -> Iterator[PopulationSplit | IntegrationError]:
    if not isinstance(listed, Mapping):
        yield IntegrationError(
            "SPLIT_INVALID", f'{describe(listed)} has no splits; return {{"training": rows, …}}'
        )
        return
    for name in listed:
        if name not in SPLIT_NAMES:
            yield IntegrationError(
                "SPLIT_INVALID",
                f'"{name}" is no split; known: {", ".join(SPLIT_NAMES)}',
                {"split": str(name)[:80]},
            )
    present = [name for name in SPLIT_NAMES if listed.get(name) is not None]
    if not present:
        yield IntegrationError("SPLIT_EMPTY", 'there is no split; return {"training": rows, …}')
    size = 0
    for name in present:
        for found in _read_split(name, listed[name]):
            if isinstance(found, PopulationSplit):
                size += found.length
                if size > MAX_SAMPLES:
                    yield IntegrationError(
                        "SPLIT_INVALID",
                        f'the split "{name}" has {found.length} samples, {size} with the splits before it; '
                        f"one dataset version holds at most {MAX_SAMPLES}",
                        {"split": name},
                    )
            yield found


def _read_split(name: str, value: Any) -> Iterator[PopulationSplit | IntegrationError]:
    split = value if isinstance(value, Split) else Split(value)
    if isinstance(split.rows, int) and not isinstance(split.rows, bool):
        split = Split(range(max(0, split.rows)), split.ids)
    if isinstance(split.rows, Mapping) or not hasattr(split.rows, "__getitem__"):
        yield IntegrationError(
            "SPLIT_INVALID",
            f'the split "{name}" is {describe(split.rows)}; give rows with a length and positions, such as a '
            "list or an array, or Split(rows, ids)",
            {"split": name},
        )
        return
    try:
        rows: Any = split.rows
        length = len(rows)
    except TypeError:
        yield IntegrationError(
            "SPLIT_INVALID", f'the rows of the split "{name}" have no length', {"split": name}
        )
        return
    if length == 0:
        yield IntegrationError(
            "SPLIT_EMPTY",
            f'the split "{name}" has no sample; leave it out or give it samples',
            {"split": name},
        )
    ids: list[str] | None = None
    if split.ids is not None:
        ids = [str(id) if isinstance(id, (int, np.integer, np.str_)) else id for id in split.ids]
        if len(ids) != length:
            yield IntegrationError(
                "SPLIT_INVALID",
                f'the split "{name}" has {length} samples but {len(ids)} ids',
                {"split": name},
            )
            return
        yield from _faults_of_ids(name, ids)
    yield PopulationSplit(name, 0, length, split.rows, ids)


def _faults_of_ids(name: str, ids: list[str]) -> Iterator[IntegrationError]:
    seen: dict[str, int] = {}
    for index, id in enumerate(ids):
        if not isinstance(id, str) or not 0 < count_units(id) <= 256 or _BAD_ID.search(id):
            yield IntegrationError(
                "SAMPLE_ID_INVALID",
                f'sample {index} of the split "{name}" has the id {str(id)[:80]!r}; use a text of 1 to 256 '
                'characters without control characters, and not "." or "..", which no address can hold, or '
                '"undefined"',
                {"split": name, "index": str(index)},
            )
            continue
        if id in seen:
            yield IntegrationError(
                "SAMPLE_ID_DUPLICATE",
                f'the samples {seen[id]} and {index} of the split "{name}" have the same id "{id}"; ids must '
                "be unique within a split",
                {"split": name, "sample_id": id},
            )
        seen[id] = index
