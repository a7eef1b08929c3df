"""Visuals of an integration: how a sample is shown to people."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from noema._arrays import to_numpy
from noema._integration.faults import IntegrationError, describe, shape_text
from noema._visuals import IMAGE, SERIES, TABLE, TEXT, encode_png

TOKENS = "application/vnd.noema.tokens+json"
_MAX_PIXELS = 1 << 24
_KIND = re.compile("[a-z][a-z0-9-]*")


class EncodedVisual(NamedTuple):
    """A visual as it is stored."""

    media_type: str
    content: bytes


class Visual:
    """What a visualizer returns."""

    def encode(self) -> EncodedVisual:
        """Returns the visual as it is stored. Raises IntegrationError VISUAL_INVALID."""
        raise NotImplementedError


class Image(Visual):
    """A picture `[height, width]` or `[height, width, 1 | 3 | 4]`, or a PIL image.

    Whole numbers go from 0 to 255, others from 0 to 1.
    """

    def __init__(self, pixels: Any) -> None:
        self.pixels = pixels

    def encode(self) -> EncodedVisual:
        try:
            array = to_numpy(self.pixels)
        except (TypeError, ValueError) as error:
            raise _invalid(f"{describe(self.pixels)} is no picture: {error}") from None
        if array.dtype.kind not in "biuf":
            raise _invalid(f"{describe(self.pixels)} is no picture")
        if (
            array.ndim not in (2, 3)
            or (array.ndim == 3 and array.shape[2] not in (1, 3, 4))
            or array.size == 0
        ):
            raise _invalid(
                "a picture needs the shape [height, width] or [height, width, 1, 3 or 4], not "
                f"{shape_text(array.shape)}"
            )
        height, width = array.shape[:2]
        if height * width > _MAX_PIXELS:
            raise _invalid(
                f"a picture of {height} × {width} is too large; at most {_MAX_PIXELS} pixels are kept"
            )
        if array.dtype != np.uint8:
            scale = 1 if array.dtype.kind in "iu" else 255
            scaled = np.floor(array.astype(np.float64) * scale + 0.5)
            array = np.clip(np.nan_to_num(scaled), 0, 255).astype(np.uint8)
        return EncodedVisual(IMAGE, encode_png(array.reshape(height, width, -1)))


class Text(Visual):
    """A text, or its pieces: one for each token of the input, so that heat maps can colour them."""

    def __init__(self, text: str | Sequence[str]) -> None:
        self.text = text

    def encode(self) -> EncodedVisual:
        if isinstance(self.text, str):
            return EncodedVisual(TEXT, self.text.encode("utf-8", "replace"))
        tokens = list(self.text)
        if not all(isinstance(token, str) for token in tokens):
            raise _invalid("the pieces of a text must be texts, one for each token of the input")
        return EncodedVisual(TOKENS, encode_json({"tokens": tokens}))


class Series(Visual):
    """Named lines over a common axis: `Series({"x": [1, 2], "y": [3, 4]})`."""

    def __init__(self, lines: Mapping[str, Any]) -> None:
        self.lines = lines

    def encode(self) -> EncodedVisual:
        lines: dict[str, list[Any]] = {}
        for name, line in self.lines.items():
            try:
                array = to_numpy(line)
            except (TypeError, ValueError):
                array = np.asarray([""])
            if array.ndim != 1 or array.dtype.kind not in "biuf":
                raise _invalid(f'the line "{name}" of a series is not a list of numbers')
            lines[str(name)] = [number(value) for value in array.tolist()]
        return EncodedVisual(SERIES, encode_json({"series": lines}))


class Table(Visual):
    """A table with a header; cells are texts, numbers, booleans or None."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.columns = columns
        self.rows = rows

    def encode(self) -> EncodedVisual:
        columns = list(self.columns)
        rows = [[_cell(cell) for cell in row] for row in self.rows]
        if not all(isinstance(name, str) for name in columns):
            raise _invalid("the columns of a table must be texts")
        return EncodedVisual(TABLE, encode_json({"columns": columns, "rows": rows}))


class CustomVisual(Visual):
    """A visual of a kind that has no class here: `CustomVisual("graph", nodes=["a"], edges=[])`.

    The parts are JSON values. The platform refuses a kind that it does not know, and parts that do not have
    the form of the kind.
    """

    def __init__(self, kind: str, /, **parts: Any) -> None:
        self.kind = kind
        self.parts = parts

    def encode(self) -> EncodedVisual:
        if not isinstance(self.kind, str) or not _KIND.fullmatch(self.kind):
            raise _invalid(f"{self.kind!r} is no kind of visual; use small letters, digits and hyphens")
        try:
            content = encode_json(self.parts)
        except (TypeError, ValueError) as error:
            raise _invalid(f"the parts of a visual are JSON values: {error}") from None
        return EncodedVisual(f"application/vnd.noema.{self.kind}+json", content)


def encode_visual(value: Any, declared: Any = None) -> EncodedVisual:
    """Returns the result of a visualizer as it is stored. Raises IntegrationError VISUAL_INVALID."""
    if isinstance(value, Visual):
        return value.encode()
    if isinstance(declared, type) and issubclass(declared, (Image, Text, Series)):
        return declared(value).encode()
    raise _invalid(f"{describe(value)} is no visual; return Image(…), Text(…), Series(…) or another of them")


def encode_json(value: Any) -> bytes:
    """Returns compact JSON, as the SDK for JavaScript writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "replace"
    )


def number(value: Any) -> Any:
    """Returns a number as JSON of JavaScript has it: None for one that is not finite."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if value.is_integer() and abs(value) < 2**53:
            return int(value)
    return int(value) if isinstance(value, bool) else value


def _cell(cell: Any) -> Any:
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None or isinstance(cell, (str, bool)):
        return cell
    if isinstance(cell, (int, float)):
        return number(cell)
    raise _invalid("the cells of a table are texts, numbers, booleans or None")


def _invalid(why: str) -> IntegrationError:
    return IntegrationError("VISUAL_INVALID", why)
