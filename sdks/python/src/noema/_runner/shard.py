"""Collects the encoded samples of one shard, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noema._arrays import Array
from noema._integration.encoder import Cell, EncodedSample, type_of
from noema._integration.faults import IntegrationError
from noema._integration.population import Sample, count_units
from noema._runner.frames import Part

#: Pictures and metadata texts of one shard.
MAX_TEXT_BYTES = 2**28
MAX_COLUMNS = 1_000
MAX_COLUMN_NAME = 200
_NULL = 0xFFFF_FFFF
#: Numbers of an array that is copied rather than viewed; an empty one has no view.
_COPIED = 64


class ShardBuffers:
    """The columns of one shard."""

    def __init__(self, plan: Mapping[str, Any], row_count: int) -> None:
        self._row_count = row_count
        self._inputs = [_matrix(spec, row_count, 0) for spec in plan["inputs"]]
        self._truths = [_matrix(spec, row_count, np.nan) for spec in plan["groundTruths"]]
        self._visuals: list[list[bytes]] = [[] for _ in plan["visualizers"]]
        self._ids: list[bytes] = []
        self._class_indexes = np.full(row_count, -1, dtype="<i4")
        self._columns: dict[str, list[Cell]] = {}
        self._types: dict[str, str] = {}
        self._is_labelled = False
        self._text_bytes = 0

    def add(self, sample: Sample, encoded: EncodedSample) -> None:
        """Takes the next row. Raises IntegrationError SHARD_TOO_LARGE or METADATA_INVALID."""
        row = len(self._ids)
        for matrix, tensor in zip(self._inputs, encoded.inputs):
            matrix[row] = tensor.data.reshape(-1)
        if encoded.truths is not None:
            self._is_labelled = True
            for matrix, tensor in zip(self._truths, encoded.truths):
                matrix[row] = tensor.data.reshape(-1)
        for column, visual in zip(self._visuals, encoded.visuals):
            self._weigh(len(visual.content))
            column.append(visual.content)
        self._ids.append(sample.id.encode())
        self._class_indexes[row] = encoded.class_index
        for name, cell in encoded.metadata.items():
            self._cell(row, name, cell)
        for values in self._columns.values():
            if len(values) <= row:
                values.append(None)

    def finish(self) -> tuple[dict[str, Any], list[Part]]:
        """Returns the answer, and its body in the order that the host takes it apart."""
        is_labelled = self._is_labelled and len(self._truths) > 0
        answer = {
            "labelled": is_labelled,
            "metadata": [{"name": name, "type": self._types.get(name)} for name in self._columns],
        }
        parts: list[Part] = [_bytes(matrix) for matrix in self._inputs]
        if is_labelled:
            parts += [_bytes(matrix) for matrix in self._truths]
        parts.append(_bytes(self._class_indexes))
        parts += pack_blobs(self._ids)
        for name, values in self._columns.items():
            parts += _pack_cells(self._types.get(name), values)
        for column in self._visuals:
            parts += pack_blobs(column)
        return answer, parts

    def _cell(self, row: int, name: str, cell: Cell) -> None:
        values = self._columns.get(name)
        if values is None:
            self._check_column(name)
            values = self._columns[name] = [None] * row
        if isinstance(cell, str):
            self._weigh(len(cell))
        values.append(cell)
        if cell is not None:
            self._types.setdefault(name, type_of(cell))

    def _check_column(self, name: str) -> None:
        if len(self._columns) == MAX_COLUMNS:
            raise IntegrationError(
                "METADATA_INVALID",
                f'"{name[:80]}" is the {MAX_COLUMNS + 1}th metadata column; keep at most {MAX_COLUMNS}, and '
                "the same ones for all samples",
            )
        if not 0 < count_units(name) <= MAX_COLUMN_NAME or not name.isprintable():
            raise IntegrationError(
                "METADATA_INVALID",
                f"{name[:80]!r} is no name of a metadata column; use at most {MAX_COLUMN_NAME} characters "
                "and no control characters",
            )

    def _weigh(self, size: int) -> None:
        self._text_bytes += size
        if self._text_bytes <= MAX_TEXT_BYTES:
            return
        rows = max(1, len(self._ids) // 2)
        raise IntegrationError(
            "SHARD_TOO_LARGE",
            f"pictures and texts of the first {len(self._ids)} of {self._row_count} samples of a shard have "
            f"more than {MAX_TEXT_BYTES} bytes; set shard_size to at most {rows}",
            {"shard_size": str(rows)},
        )


def pack_blobs(values: Sequence[bytes | None]) -> list[Part]:
    """Returns the lengths of all rows, then their bytes; None has the length 2^32 - 1."""
    lengths = np.array([_NULL if value is None else len(value) for value in values], dtype="<u4")
    return [_bytes(lengths), b"".join(value for value in values if value is not None)]


def _pack_cells(type: str | None, values: list[Any]) -> list[Part]:
    if type == "number":
        return [_bytes(np.array([np.nan if cell is None else cell for cell in values], dtype="<f8"))]
    if type == "boolean":
        return [bytes(2 if cell is None else int(cell) for cell in values)]
    if type == "string":
        return pack_blobs([None if cell is None else cell.encode() for cell in values])
    return []


def _matrix(spec: Mapping[str, Any], row_count: int, value: float) -> Array:
    size = 1
    for dim in spec["dims"]:
        size *= int(dim)
    return np.full((row_count, size), value, dtype="<f4")


def _bytes(array: Array) -> Part:
    return array.tobytes() if array.size < _COPIED else array.reshape(-1).view(np.uint8).data
