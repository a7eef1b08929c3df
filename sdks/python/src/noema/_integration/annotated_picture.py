"""Pictures with boxes or masks, and videos: annotations are JSON in a chunk of the PNG file."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from noema._arrays import Array, to_numpy
from noema._integration.faults import IntegrationError, describe, shape_text
from noema._integration.visuals import EncodedVisual, Image, Visual, encode_json, index_labels, number

BOXES = "image/vnd.noema.boxes+png"
MASK = "image/vnd.noema.mask+png"
VIDEO = "image/vnd.noema.video+png"
_MAX_FRAMES = 1_000
_MAX_PIXELS = 1 << 24
#: Type of the chunk: ancillary, private, safe to copy (ISO/IEC 15948, 5.4).
_CHUNK = b"noMa"
#: Signature and header of a PNG file.
_HEADER_END = 8 + 12 + 13
_MAX_BOXES = 2_000
_MAX_REGIONS = 2_000


class Box(NamedTuple):
    """A rectangle on a picture, in pixels from the upper left corner."""

    #: Name of its class.
    label: str
    x: float
    y: float
    width: float
    height: float
    #: Rotation about the center in degrees, clockwise.
    angle: float = 0
    #: How certain the model is, 0 to 1.
    score: float | None = None
    #: True for a box that a model predicted, False for ground truth.
    predicted: bool = False


class ImageWithBoxes(Visual):
    """A picture as for `Image`, with boxes on it: `Box` tuples, or mappings with the same names.

    `labels`, all class names of the dataset, gives a class the same color at every sample.
    """

    def __init__(
        self,
        pixels: Any,
        boxes: Sequence[Box | Mapping[str, Any]],
        labels: Sequence[str] | None = None,
    ) -> None:
        self.pixels = pixels
        self.boxes = boxes
        self.labels = labels

    def encode(self) -> EncodedVisual:
        png = Image(self.pixels).encode().content
        boxes = [_to_box(box, at) for at, box in enumerate(self.boxes)]
        if len(boxes) > _MAX_BOXES:
            raise _invalid(f"the boxes of a picture must be a list of at most {_MAX_BOXES}")
        labels, indexes = index_labels([box.label for box in boxes], self.labels)
        stored = [_stored_box(box, indexes[box.label]) for box in boxes]
        return EncodedVisual(BOXES, annotate_picture(png, labels=labels, boxes=stored))


class ImageWithMask(Visual):
    """A picture as for `Image`, with a mask: `[height, width]` indexes of the labels, one for each pixel.

    Numbers in `background` are not drawn. `instances`, `[height, width]` whole numbers, tells objects of one
    class apart. A `predicted` mask lies next to the ground truth.
    """

    def __init__(
        self,
        pixels: Any,
        mask: Any,
        labels: Sequence[str],
        *,
        background: int | Sequence[int] = 0,
        instances: Any = None,
        predicted: Any = None,
        predicted_instances: Any = None,
    ) -> None:
        self.pixels = pixels
        self.mask = mask
        self.labels = labels
        self.background = background
        self.instances = instances
        self.predicted = predicted
        self.predicted_instances = predicted_instances

    def encode(self) -> EncodedVisual:
        png = Image(self.pixels).encode().content
        labels, _ = index_labels((), self.labels)
        regions = self._regions(png, len(labels), "mask", self.mask, self.instances)
        if self.predicted is not None:
            predicted = self._regions(
                png, len(labels), "predicted mask", self.predicted, self.predicted_instances
            )
            regions += [{**region, "predicted": True} for region in predicted]
        if len(regions) > _MAX_REGIONS:
            raise _invalid(
                f"the masks have {len(regions)} classes and objects; at most {_MAX_REGIONS} are kept"
            )
        return EncodedVisual(MASK, annotate_picture(png, labels=labels, regions=regions))

    def _regions(self, png: bytes, count: int, what: str, mask: Any, instances: Any) -> list[dict[str, Any]]:
        classes = _read_map(png, mask, what)
        objects = None if instances is None else _read_map(png, instances, f"instances of the {what}")
        changes = np.diff(classes) != 0
        if objects is not None:
            changes |= np.diff(objects) != 0
        starts = [0, *(np.flatnonzero(changes) + 1).tolist()]
        skipped = {self.background} if isinstance(self.background, int) else set(self.background)
        regions: dict[tuple[int, int | None], dict[str, Any]] = {}
        ends: dict[tuple[int, int | None], int] = {}
        for start, end in zip(starts, [*starts[1:], len(classes)]):
            label = int(classes[start])
            if label in skipped:
                continue
            if not 0 <= label < count:
                raise _invalid(
                    f"the {what} has the number {label}, but there are {count} labels; name it in "
                    "background when it is not to be drawn"
                )
            key = (label, None if objects is None else int(objects[start]))
            region = regions.setdefault(
                key, {"label": label, **({} if key[1] is None else {"instance": key[1]}), "runs": []}
            )
            region["runs"] += [start - ends.get(key, 0), end - start]
            ends[key] = end
        return list(regions.values())


class Video(Visual):
    """Frames `[frames, height, width]` or `[frames, height, width, 1 | 3 | 4]`, or a list of pictures.

    Whole numbers go from 0 to 255, others from 0 to 1. A heat map of an input with as many steps as frames
    lies under them.
    """

    def __init__(self, frames: Any, frames_per_second: float = 10) -> None:
        self.frames = frames
        self.frames_per_second = frames_per_second

    def encode(self) -> EncodedVisual:
        rate = self.frames_per_second
        if not 0 < rate <= 1_000:
            raise _invalid(f"the video has {rate!r} frames per second; give more than 0, at most 1000")
        try:
            frames = (
                np.stack([to_numpy(frame) for frame in self.frames])
                if isinstance(self.frames, (list, tuple))
                else to_numpy(self.frames)
            )
        except (TypeError, ValueError) as error:
            raise _invalid(f"{describe(self.frames)} is no video: {error}") from None
        if frames.ndim == 3:
            frames = frames[..., None]
        if frames.ndim != 4 or frames.shape[3] not in (1, 3, 4) or frames.size == 0:
            raise _invalid(
                "a video needs the shape [frames, height, width] or [frames, height, width, 1, 3 or 4], not "
                f"{shape_text(frames.shape)}"
            )
        count, height, width, channels = frames.shape
        columns = min(count, math.ceil(math.sqrt(count * height / width)))
        lines = -(-count // columns)
        if count > _MAX_FRAMES or columns * width * lines * height > _MAX_PIXELS:
            raise _invalid(
                f"a video of {count} frames of {height} × {width} is too large; at most {_MAX_FRAMES} frames "
                f"and {_MAX_PIXELS} pixels are kept"
            )
        sheet = np.zeros((lines * columns, height, width, channels), frames.dtype)
        sheet[:count] = frames
        sheet = sheet.reshape(lines, columns, height, width, channels).swapaxes(1, 2)
        png = Image(sheet.reshape(lines * height, columns * width, channels)).encode().content
        parts = {
            "frameCount": count,
            "columns": columns,
            "width": width,
            "height": height,
            "framesPerSecond": number(float(rate)),
        }
        return EncodedVisual(VIDEO, annotate_picture(png, **parts))


def annotate_picture(png: bytes, **parts: Any) -> bytes:
    """Returns the PNG file with its size and the parts as JSON behind its header."""
    width, height = _size(png)
    body = encode_json({"width": width, "height": height, **parts})
    chunk = struct.pack(">I", len(body)) + _CHUNK + body + struct.pack(">I", zlib.crc32(_CHUNK + body))
    return png[:_HEADER_END] + chunk + png[_HEADER_END:]


def _size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _to_box(value: Any, at: int) -> Box:
    try:
        box = Box(**value) if isinstance(value, Mapping) else Box(*value)
    except TypeError as error:
        raise _invalid(f"box {at} is {describe(value)}, not a Box: {error}") from None
    if not isinstance(box.label, str):
        raise _invalid(f"the label of box {at} is {describe(box.label)}, not a text")
    for name in ("x", "y", "width", "height", "angle", "score"):
        size = getattr(box, name)
        if size is None and name == "score":
            continue
        if not _is_valid(name, size):
            raise _invalid(
                f'"{name}" of box {at} is {size!r}; x, y and angle are finite numbers, width and height are '
                "not negative, a score is from 0 to 1"
            )
    return box


def _is_valid(name: str, size: Any) -> bool:
    if isinstance(size, bool) or not isinstance(size, (int, float, np.integer, np.floating)):
        return False
    if not np.isfinite(size):
        return False
    if name == "score":
        return bool(0 <= size <= 1)
    return name not in ("width", "height") or bool(size >= 0)


def _stored_box(box: Box, label: int) -> dict[str, Any]:
    stored = {"label": label, **{name: _plain(getattr(box, name)) for name in ("x", "y", "width", "height")}}
    if box.angle != 0:
        stored["angle"] = _plain(box.angle)
    if box.score is not None:
        stored["score"] = _plain(box.score)
    if box.predicted:
        stored["predicted"] = True
    return stored


def _plain(value: Any) -> Any:
    return number(value.item() if isinstance(value, np.generic) else value)


def _read_map(png: bytes, value: Any, what: str) -> Array:
    try:
        array = to_numpy(value)
    except (TypeError, ValueError) as error:
        raise _invalid(f"the {what} is {describe(value)}: {error}") from None
    width, height = _size(png)
    shape = array.shape[:2] if array.ndim == 3 and array.shape[2] == 1 else array.shape
    if shape != (height, width) or array.dtype.kind not in "biuf":
        raise _invalid(
            f"the {what} has the shape {shape_text(array.shape)}, but the picture has [{height}, {width}]; "
            "give one whole number for each pixel"
        )
    flat = array.reshape(-1)
    if flat.dtype.kind == "f":
        odd = flat[flat != np.floor(flat)]
        if odd.size > 0:
            raise _invalid(f"the {what} has the number {odd[0]}; give whole numbers")
    return flat.astype(np.int64)


def _invalid(why: str) -> IntegrationError:
    return IntegrationError("VISUAL_INVALID", why)
