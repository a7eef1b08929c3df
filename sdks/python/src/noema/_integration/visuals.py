"""Visuals of an integration: how a sample is shown to people."""

from __future__ import annotations

import io
import json
import math
import operator
import re
import wave
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from noema._arrays import to_numpy
from noema._integration.faults import IntegrationError, describe, shape_text
from noema._integration.text_positions import Utf16Positions
from noema._visuals import IMAGE, SERIES, TABLE, TEXT, encode_png

TOKENS = "application/vnd.noema.tokens+json"
SPANS = "application/vnd.noema.spans+json"
BARS = "application/vnd.noema.bars+json"
GRAPH = "application/vnd.noema.graph+json"
_MAX_NODES = 1_000
_MAX_EDGES = 10_000
#: Classes of one visual, and characters of the name of one.
MAX_LABELS = 10_000
MAX_LABEL = 200
AUDIO = "audio/wav"
_MAX_RATE = 384_000
#: Numbers of a WAV file of 15 MiB.
_MAX_SAMPLES = (15 * 2**20 - 44) // 2
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
    """A text, or its pieces: one for each token of the input, so that heat maps can color them.

    With `offsets`, the start and end of each token in the text as tokenizers return them, the text between
    the tokens is kept. A token without text, such as padding, has None, two equal numbers, or an empty
    piece.
    """

    def __init__(
        self,
        text: str | Sequence[str],
        offsets: Sequence[tuple[int, int] | None] | None = None,
    ) -> None:
        self.text = text
        self.offsets = offsets

    def encode(self) -> EncodedVisual:
        if isinstance(self.text, str):
            if self.offsets is not None:
                offsets = _offsets(self.text, self.offsets)
                return EncodedVisual(TOKENS, encode_json({"text": self.text, "offsets": offsets}))
            return EncodedVisual(TEXT, self.text.encode("utf-8", "replace"))
        tokens = list(self.text)
        if not all(isinstance(token, str) for token in tokens):
            raise _invalid("the pieces of a text must be texts, one for each token of the input")
        return EncodedVisual(TOKENS, encode_json({"tokens": tokens}))


def _offsets(text: str, offsets: Sequence[Any]) -> list[list[int] | None]:
    """The places of the tokens of a text in UTF-16 units."""
    units = Utf16Positions(text)
    stored: list[list[int] | None] = []
    for at, offset in enumerate(offsets):
        if offset is None:
            stored.append(None)
            continue
        try:
            start, end = (operator.index(position) for position in offset)
        except (TypeError, ValueError):
            start, end = -1, -1
        if not 0 <= start <= end <= len(text):
            raise _invalid(
                f"offset {at} is {offset!r}; give a start and an end from 0 to {len(text)}, the length "
                "of the text, or None for a token without text"
            )
        stored.append([units(start), units(end)])
    return stored


class Span(NamedTuple):
    """A named part of a text, such as the name of a person; positions are in characters."""

    start: int
    end: int
    #: Name of its class.
    label: str
    #: How certain the model is, 0 to 1.
    score: float | None = None
    #: True for a span that a model predicted, False for ground truth.
    predicted: bool = False


class Spans(Visual):
    """A text with named parts: `Span` tuples, or mappings with the same names.

    `labels`, all class names of the dataset, gives a class the same color at every sample. `offsets`, the
    start and end of each token of the input or None, lets the page of a sample draw the class that a model
    predicts for each token.
    """

    def __init__(
        self,
        text: str,
        spans: Sequence[Span | Mapping[str, Any]],
        labels: Sequence[str] | None = None,
        offsets: Sequence[tuple[int, int] | None] | None = None,
    ) -> None:
        self.text = text
        self.spans = spans
        self.labels = labels
        self.offsets = offsets

    def encode(self) -> EncodedVisual:
        if not isinstance(self.text, str):
            raise _invalid(f"the text of spans is {describe(self.text)}")
        spans = [self._span(span, at) for at, span in enumerate(self.spans)]
        labels, indexes = index_labels([span.label for span in spans], self.labels)
        units = Utf16Positions(self.text)
        stored = []
        for span in spans:
            one = {"start": units(span.start), "end": units(span.end), "label": indexes[span.label]}
            if span.score is not None:
                one["score"] = number(float(span.score))
            if span.predicted:
                one["predicted"] = True
            stored.append(one)
        content: dict[str, Any] = {"text": self.text, "labels": labels, "spans": stored}
        if self.offsets is not None:
            content["offsets"] = _offsets(self.text, self.offsets)
        return EncodedVisual(SPANS, encode_json(content))

    def _span(self, value: Any, at: int) -> Span:
        try:
            span = Span(**value) if isinstance(value, Mapping) else Span(*value)
            start, end = operator.index(span.start), operator.index(span.end)
        except TypeError as error:
            raise _invalid(f"span {at} is {describe(value)}, not a Span: {error}") from None
        if not (0 <= start < end <= len(self.text) and isinstance(span.label, str)):
            raise _invalid(
                f"span {at} is {tuple(span)!r}; give a start and an end from 0 to {len(self.text)}, the "
                "length of the text, and the name of a class"
            )
        if span.score is not None and not 0 <= span.score <= 1:
            raise _invalid(f"the score of span {at} is {span.score!r}, not a number from 0 to 1")
        return span._replace(start=start, end=end)


class Series(Visual):
    """Named lines over a common axis: `Series({"x": [1, 2], "y": [3, 4]}, step=0.01, unit="s")`.

    The axis counts the steps, unless it has a `step` and a `start`, or a position `at` each step. The unit
    `date` is milliseconds since 1970.
    """

    def __init__(
        self,
        lines: Mapping[str, Any],
        *,
        step: float | None = None,
        start: float = 0,
        at: Any = None,
        unit: str = "",
    ) -> None:
        self.lines = lines
        self.step = step
        self.start = start
        self.at = at
        self.unit = unit

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
        axis = self._axis()
        return EncodedVisual(
            SERIES, encode_json({"series": lines} if axis is None else {"series": lines, "axis": axis})
        )

    def _axis(self) -> dict[str, Any] | None:
        if self.at is not None:
            at = np.asarray(to_numpy(self.at), dtype=np.float64)
            if at.ndim == 1 and np.isfinite(at).all():
                return {"unit": self.unit, "at": [number(value) for value in at.tolist()]}
            raise _invalid('"at" of a series needs one finite number for each step')
        if self.step is None:
            return None
        if not (math.isfinite(self.step) and self.step > 0 and math.isfinite(self.start)):
            raise _invalid(f"a series from {self.start!r} in steps of {self.step!r}; give a step above 0")
        return {"unit": self.unit, "start": number(self.start), "step": number(self.step)}


class Bars(Visual):
    """Horizontal bars from zero, one for each name: `Bars({"cat": 0.7, "dog": 0.3}, unit="%")`."""

    def __init__(self, values: Mapping[str, Any], unit: str = "") -> None:
        self.values = values
        self.unit = unit

    def encode(self) -> EncodedVisual:
        values = []
        for name, value in self.values.items():
            cell = _cell(value)
            if isinstance(cell, (str, bool)):
                raise _invalid(f'the bar "{name}" has no number')
            values.append(cell)
        labels = [str(name) for name in self.values]
        return EncodedVisual(BARS, encode_json({"labels": labels, "values": values, "unit": self.unit}))


class Graph(Visual):
    """A graph: `Graph(["a", "b", "c"], [(0, 1), (1, 2, 0.5)])`.

    An edge has the positions of two nodes, and a weight. `groups`, one name or None for each node, colors
    the nodes. `positions` `[nodes, 2]` places them; without it they are laid out in a circle. A heat map of
    an input with as many steps as nodes colors them.
    """

    def __init__(
        self,
        names: Sequence[str],
        edges: Sequence[Sequence[Any]],
        *,
        groups: Sequence[str | None] | None = None,
        positions: Any = None,
        directed: bool = False,
    ) -> None:
        self.names = names
        self.edges = edges
        self.groups = groups
        self.positions = positions
        self.directed = directed

    def encode(self) -> EncodedVisual:
        names = [str(name) for name in self.names]
        if len(names) > _MAX_NODES or any(len(name) > MAX_LABEL for name in names):
            raise _invalid(
                f"a graph has at most {_MAX_NODES} nodes with names of at most {MAX_LABEL} characters"
            )
        edges = [self._edge(edge, at, len(names)) for at, edge in enumerate(self.edges)]
        if len(edges) > _MAX_EDGES:
            raise _invalid(f"the graph has {len(edges)} edges; at most {_MAX_EDGES} are kept")
        of_nodes = list(self.groups) if self.groups is not None else []
        if len(of_nodes) not in (0, len(names)):
            raise _invalid(f"{len(of_nodes)} groups for {len(names)} nodes; give one for each node")
        groups = list(dict.fromkeys(group for group in of_nodes if group is not None))
        content = {
            "names": names,
            "groups": groups,
            "nodeGroups": [-1 if one is None else groups.index(one) for one in of_nodes] if groups else [],
            "positions": self._positions(len(names)),
            "edges": edges,
            "directed": bool(self.directed),
        }
        return EncodedVisual(GRAPH, encode_json(content))

    def _edge(self, edge: Sequence[Any], at: int, nodes: int) -> list[Any]:
        try:
            start, end = (operator.index(position) for position in edge[:2])
            weight = [float(value) for value in edge[2:3]]
        except (TypeError, ValueError):
            start, end, weight = -1, -1, []
        valid = 0 <= start < nodes and 0 <= end < nodes and len(edge) <= 3
        if not valid or any(not math.isfinite(value) or value < 0 for value in weight):
            raise _invalid(
                f"edge {at} is {edge!r}; give the positions of two of the {nodes} nodes, and if you like a "
                "weight of 0 or more"
            )
        return [start, end, *(number(value) for value in weight)]

    def _positions(self, nodes: int) -> list[list[Any]]:
        if self.positions is None:
            return []
        try:
            array = np.asarray(to_numpy(self.positions), dtype=np.float64)
        except (TypeError, ValueError):
            array = np.empty(0)
        if array.shape != (nodes, 2) or not np.isfinite(array).all():
            raise _invalid(f"the positions of a graph need the shape [{nodes}, 2] and finite numbers")
        return [[number(x), number(y)] for x, y in zip(array[:, 0].tolist(), array[:, 1].tolist())]


class Audio(Visual):
    """Sound: `[samples]` or `[samples, channels]` numbers from -1 to 1 in one or two channels.

    Whole numbers of 16 bits are levels already.
    """

    def __init__(self, samples: Any, sample_rate: int) -> None:
        self.samples = samples
        self.sample_rate = sample_rate

    def encode(self) -> EncodedVisual:
        try:
            array = to_numpy(self.samples)
        except (TypeError, ValueError) as error:
            raise _invalid(f"{describe(self.samples)} is no sound: {error}") from None
        channels = array.shape[1] if array.ndim == 2 else array.ndim
        if array.size == 0 or array.ndim > 2 or channels not in (1, 2) or array.dtype.kind not in "biuf":
            raise _invalid(
                "sound needs the shape [samples] or [samples, 1 or 2 channels], not "
                f"{shape_text(array.shape)}"
            )
        rate = self.sample_rate
        if isinstance(rate, bool) or int(rate) != rate or not 1 <= rate <= _MAX_RATE:
            raise _invalid(f"the sample rate is {rate!r}; give a whole number from 1 to {_MAX_RATE} Hz")
        if array.size > _MAX_SAMPLES:
            raise _invalid(f"the sound has {array.size} numbers; at most {_MAX_SAMPLES} are kept")
        if array.dtype != np.int16:
            levels = np.clip(np.nan_to_num(array.astype(np.float64)), -1, 1) * 2**15
            array = np.minimum(np.floor(levels + 0.5), 2**15 - 1)
        file = io.BytesIO()
        with wave.open(file, "wb") as sound:
            sound.setnchannels(channels)
            sound.setsampwidth(2)
            sound.setframerate(int(rate))
            sound.writeframes(array.astype("<i2").tobytes())
        return EncodedVisual(AUDIO, file.getvalue())


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
    """A visual of a kind that has no class here: `CustomVisual("dice", eyes=[1, 6])`.

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


def index_labels(names: Sequence[str], labels: Sequence[str] | None) -> tuple[list[str], Mapping[str, int]]:
    """Returns the labels, by default the names in alphabetic order, and the index of each by its name."""
    known: list[Any] = list(sorted(set(names)) if labels is None else labels)
    if (
        isinstance(labels, str)
        or len(known) > MAX_LABELS
        or not all(isinstance(name, str) and len(name) <= MAX_LABEL for name in known)
    ):
        raise _invalid(
            f"the labels must be at most {MAX_LABELS} class names of at most {MAX_LABEL} characters each"
        )
    indexes = {label: index for index, label in enumerate(known)}
    for name in names:
        if name not in indexes:
            raise _invalid(f'"{name[:MAX_LABEL]}" is not one of the labels {", ".join(known[:10])}')
    return known, indexes


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
