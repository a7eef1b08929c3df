"""Default visualizers: how a sample is shown to people."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import numpy as np

from noema._arrays import Array

IMAGE = "image/png"
TEXT = "text/plain; charset=utf-8"
SERIES = "application/vnd.noema.series+json"
TABLE = "application/vnd.noema.table+json"
#: Longest line of a series; longer ones are thinned evenly.
MAX_POINTS = 2000
MAX_LINES = 16
_DECIMALS = 6

_COLOR_TYPES = {1: 0, 3: 2, 4: 6}


def encode_png(pixels: Array) -> bytes:
    """Returns a PNG of a picture `[height, width, 1 | 3 | 4]` of uint8."""
    height, width, channels = pixels.shape
    rows = np.empty((height, 1 + width * channels), dtype=np.uint8)
    rows[:, 0] = 0
    rows[:, 1:] = pixels.reshape(height, width * channels)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOR_TYPES[channels], 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def encode_picture(pixels: Array, low: float, high: float) -> bytes:
    """Returns a PNG of a picture; numbers from `low` to `high` become 0 to 255."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.dtype != np.uint8:
        spread = high - low if high > low else 1.0
        scaled = (np.nan_to_num(pixels.astype(np.float32)) - low) * (255.0 / spread)
        pixels = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return encode_png(pixels)


def _number(value: Any) -> Any:
    number = float(value)
    return round(number, _DECIMALS) if np.isfinite(number) else None


def encode_series(values: Array) -> bytes:
    """Returns the lines of a series `[steps]` or `[steps, channels]`."""
    lines = values.reshape(len(values), -1)[:, :MAX_LINES]
    step = max(1, -(-len(lines) // MAX_POINTS))
    named = {str(i): line for i, line in enumerate(_numbers(lines[::step].T))}
    return json.dumps({"series": named}).encode()


def _numbers(values: Array) -> list[Any]:
    """Returns what `_number` gives for each number of an array, in nested lists, and ten times as fast."""
    numbers = np.asarray(values, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.round(numbers, _DECIMALS)
    # Rounding multiplies first. Above this, the next number is further away than the last decimal.
    rounded = np.where(np.abs(numbers) < 2**53 / 10**_DECIMALS, rounded, numbers)
    finite = np.isfinite(numbers)
    if finite.all():
        found: list[Any] = rounded.tolist()
        return found
    cells = rounded.astype(object)
    cells[~finite] = None
    found = cells.tolist()
    return found


def encode_table(names: list[str], cells: list[Any]) -> bytes:
    """Returns a table with one row for each name."""
    rows = []
    for name, cell in zip(names, cells):
        value = cell.item() if isinstance(cell, np.generic) else cell
        if isinstance(value, float):
            value = _number(value)
        rows.append([name, value if isinstance(value, (str, bool, int)) or value is None else float(value)])
    return json.dumps({"columns": ["name", "value"], "rows": rows}).encode()
