"""Records of samples: staged by the training loop, built by the writer thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from noema._arrays import Array
from noema._dataset import split_number
from noema._wire.training.v1 import recording_pb2, recording_service_pb2

#: Records are cut to this size; the platform takes 8 MiB.
RECORD_BYTES = 2 << 20
MAX_RECORD_ROWS = 4096
_FLOAT32, _UINT8, _FLOAT16 = 1, 2, 6
#: Above this the numbers of a response do not fit float16.
_MAX_HALF = 60_000.0
OUTPUT, LOSS, RESPONSE_MEAN, RESPONSE_MAX = 1, 2, 3, 4
Column = tuple[int, str]


@dataclass
class Samples:
    """Rows of the population of one call of `log`. `columns` has arrays `[n, …]` by content and layer."""

    epoch: int
    split: str
    ids: list[str]
    training_mode: bool
    columns: dict[Column, Array]
    is_reduced: bool = False
    #: Layers whose responses are written in 8 bits.
    small: frozenset[str] = frozenset()

    def shed(self, everywhere: bool) -> bool:
        """Drops the activations, of training rows or `everywhere`. Returns true if there were some."""
        if not everywhere and self.split != "training":
            return False
        kept = {key: array for key, array in self.columns.items() if key[0] in (OUTPUT, LOSS)}
        changed = len(kept) < len(self.columns)
        self.columns = kept
        return changed

    def is_like(self, other: Samples) -> bool:
        """True if both can be one record."""
        return (
            self.epoch == other.epoch
            and self.split == other.split
            and self.training_mode == other.training_mode
            and self.columns.keys() == other.columns.keys()
            and self.small == other.small
        )

    @property
    def size(self) -> int:
        """Number of bytes that the numbers take in records."""
        total = 24 * len(self.ids)
        for (content, layer), array in self.columns.items():
            half = 1 if layer in self.small else 2
            total += array.size * (half if content in (RESPONSE_MEAN, RESPONSE_MAX) else 4)
        return total


@dataclass
class Item:
    """Work for the writer thread.

    `build` returns what was logged once its copies have arrived; `size` is what it keeps in memory, of which
    `activations` bytes can be dropped.
    """

    epoch: int
    rows: int = 0
    split: str = ""
    size: int = 0
    activations: int = 0
    build: Callable[[bool], list[Samples]] | None = None
    record: recording_service_pb2.AppendRecordRequest | None = None
    finish: Callable[[recording_service_pb2.AppendRecordRequest], None] | None = None
    without_activations: bool = field(default=False)
    #: File whose parts go before `record`, the end of its epoch.
    graph: bytes = b""


def split_finite(samples: Samples) -> list[Samples]:
    """Returns the rows whose outputs and activations are finite, then the others with their loss alone.

    The platform takes NaN only as a loss. A row without a loss gets NaN, so that it is known to have run.
    """
    others = {key: array for key, array in samples.columns.items() if key != (LOSS, "")}
    finite = np.ones(len(samples.ids), dtype=bool)
    for array in others.values():
        finite &= np.isfinite(array.reshape(len(array), -1)).all(axis=1)
    if finite.all():
        return [samples]
    losses = samples.columns.get((LOSS, ""), np.full(len(finite), np.nan, dtype=np.float32))
    parts = []
    for rows, kept in ((finite, samples.columns), (~finite, {(LOSS, ""): losses})):
        if rows.any():
            ids = [text for text, inside in zip(samples.ids, rows.tolist()) if inside]
            columns = {key: array[rows] for key, array in kept.items()}
            parts.append(
                Samples(
                    samples.epoch,
                    samples.split,
                    ids,
                    samples.training_mode,
                    columns,
                    is_reduced=kept is not samples.columns,
                    small=samples.small,
                )
            )
    return parts


def merge(parts: list[Samples]) -> Samples:
    """Returns one list of rows out of several that are alike."""
    first = parts[0]
    if len(parts) == 1:
        return first
    columns = {key: np.concatenate([part.columns[key] for part in parts]) for key in first.columns}
    ids = [i for p in parts for i in p.ids]
    return Samples(first.epoch, first.split, ids, first.training_mode, columns, small=first.small)


def encode(samples: Samples) -> Iterator[recording_service_pb2.AppendRecordRequest]:
    """Yields records of at most RECORD_BYTES."""
    count = len(samples.ids)
    if count == 0 or not samples.columns:
        return
    step = max(1, min(MAX_RECORD_ROWS, int(RECORD_BYTES * count / max(1, samples.size))))
    for start in range(0, count, step):
        request = recording_service_pb2.AppendRecordRequest(epoch=samples.epoch)
        record = request.samples
        record.split = split_number(samples.split)  # type: ignore[assignment]
        record.training_mode = samples.training_mode
        record.sample_ids.extend(samples.ids[start : start + step])
        for (content, layer), array in samples.columns.items():
            column = record.columns.add(layer=layer)
            column.content = content  # type: ignore[assignment]
            _add(column, array[start : start + step], layer in samples.small)
        yield request


def _add(column: recording_pb2.RecordedColumn, array: Array, small: bool) -> None:
    half = column.content in (RESPONSE_MEAN, RESPONSE_MAX)
    if half and small and _add_bytes(column, array):
        return
    if half and array.dtype != np.float16:
        half = bool(np.abs(array).max(initial=0) < _MAX_HALF)
    column.data_type = _FLOAT16 if half else _FLOAT32  # type: ignore[assignment]
    column.data = np.ascontiguousarray(array, dtype="<f2" if half else "<f4").tobytes()


def _add_bytes(column: recording_pb2.RecordedColumn, array: Array) -> bool:
    """Writes each unit in 255 steps from its lowest to its highest response. Returns false if the range of a
    unit is no float32.
    """
    low = array.min(axis=0).astype(np.float32)
    with np.errstate(over="ignore"):
        steps = (array.max(axis=0).astype(np.float32) - low) / np.float32(255)
    if not np.isfinite(steps).all():
        return False
    numbers = (array - low) / np.where(steps > 0, steps, np.float32(1))
    column.data_type = _UINT8  # type: ignore[assignment]
    column.data = np.rint(numbers).clip(0, 255).astype(np.uint8).tobytes()
    column.steps.extend(np.concatenate([low, steps]).tolist())
    return True
