"""Boxes of object detection, for metrics, losses and visuals of an integration; needs numpy alone.

Boxes are `[n, 4]`: x and y of the upper left corner, width, height, in any unit of length; or `[n, 5]` with
an angle in degrees, clockwise about the center.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "COCO_THRESHOLDS",
    "Anchors",
    "Detections",
    "Precision",
    "Truth",
    "average_precision",
    "decode_anchor_free",
    "decode_anchors",
    "find_anchors",
    "iou",
    "nms",
]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Overlaps from 0.5 to 0.95 at which COCO averages.
COCO_THRESHOLDS: tuple[float, ...] = tuple(np.linspace(0.5, 0.95, 10).tolist())
#: Values of recall at which COCO reads the precision.
_RECALLS = np.linspace(0.0, 1.0, 101)


class Detections(NamedTuple):
    """Boxes `[n, 4 or 5]` that a model predicts on a picture, with their scores and classes `[n]`."""

    boxes: Floats
    scores: Floats
    classes: Whole


class Truth(NamedTuple):
    """Objects of a picture: boxes `[n, 4 or 5]`, classes `[n]`, and what does not count.

    Any number of predictions may match a crowd. Neither crowds nor ignored objects count, nor what matches
    them.
    """

    boxes: Any
    classes: Any
    crowd: Any = None
    ignored: Any = None


class Precision(NamedTuple):
    """Average precision, from 0 to 1; None without an object that counts.

    `mean` is over classes and overlaps (mAP), `by_threshold` over classes; `by_class` has a number for each
    overlap.
    """

    mean: float | None
    by_threshold: Floats | None
    by_class: dict[int, Floats]


class Anchors(NamedTuple):
    """Widths and heights `[k, 2]` by area, and the mean overlap of all sizes with their best anchor."""

    sizes: Floats
    mean_overlap: float


def iou(a: Any, b: Any) -> Floats:
    """Returns the intersection over union of all pairs of boxes, `[n, m]`."""
    shared, first, second = _overlaps(_boxes(a), _boxes(b))
    union = first[:, None] + second[None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def nms(
    boxes: Any,
    scores: Any,
    classes: Any = None,
    *,
    iou_threshold: float = 0.5,
    score_threshold: float = -np.inf,
    limit: int = 300,
) -> Whole:
    """Returns the indexes of the boxes of a picture that non-maximum suppression keeps, by descending score.

    A box is dropped if it overlaps a kept one with a higher score by more than `iou_threshold`. With
    `classes`, boxes of one class do not suppress boxes of another. Of equal scores the earlier goes first.
    """
    found, score = _boxes(boxes), np.asarray(scores, np.float64)
    kind = np.zeros(len(found)) if classes is None else np.asarray(classes)
    overlaps = iou(found, found)
    kept: list[int] = []
    for index in np.argsort(-score, kind="stable"):
        if score[index] < score_threshold or len(kept) == limit:
            break
        if not any(kind[other] == kind[index] and overlaps[other, index] > iou_threshold for other in kept):
            kept.append(int(index))
    return np.array(kept, np.int64)


def decode_anchors(
    head: Any,
    anchors: Any,
    *,
    stride: float,
    version: str = "v5",
    score_threshold: float = 0.25,
    channels_last: bool = False,
) -> Detections:
    """Returns the boxes of a head of YOLOv3 (`v3`), or of YOLOv5 and v7 (`v5`), in pixels of the input.

    `head` is `[anchors * (5 + classes), rows, columns]` of one picture: x, y, width, height, objectness and
    classes of each anchor, before the logistic function. `anchors` is `[k, 2]`, width and height in pixels.
    The score is objectness times the probability of the best class. Boxes overlap until `nms` is applied.
    """
    if version not in ("v3", "v5"):
        raise ValueError(f'version is "{version}"; give "v3" or "v5"')
    sizes = np.asarray(anchors, np.float64).reshape(-1, 2)
    grid = _grid(head, channels_last)
    channels, rows, columns = grid.shape
    fields = channels // max(1, len(sizes))
    if fields < 6 or fields * len(sizes) != channels:
        raise ValueError(
            f"the head has {channels} channels, which are not 5 numbers and one for each class "
            f"of {len(sizes)} anchors"
        )
    # by cell, then by anchor
    cells = grid.reshape(len(sizes), fields, rows, columns).transpose(2, 3, 0, 1)
    shares = _logistic(cells)
    if version == "v3":
        offset, scale = shares[..., :2], np.exp(cells[..., 2:4])
    else:
        offset, scale = 2 * shares[..., :2] - 0.5, (2 * shares[..., 2:4]) ** 2
    at = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1)[:, :, None]
    center, size = (offset + at) * stride, sizes * scale
    boxes = np.concatenate([center - size / 2, size], -1).reshape(-1, 4)
    probabilities = (shares[..., 4:5] * shares[..., 5:]).reshape(-1, fields - 5)
    return _best(boxes, probabilities, score_threshold)


def decode_anchor_free(
    head: Any,
    *,
    stride: float,
    bins: int = 16,
    score_threshold: float = 0.25,
    channels_last: bool = False,
) -> Detections:
    """Returns the boxes of a head of YOLOv8 in pixels of the input.

    `head` is `[4 * bins + classes, rows, columns]` of one picture: logits of `bins` distances, in strides,
    from the center of the cell to the left, upper, right and lower edge, then logits of the classes.
    """
    grid = _grid(head, channels_last)
    channels, rows, columns = grid.shape
    if channels <= 4 * bins:
        raise ValueError(f"the head has {channels} channels; {bins} bins and a class need {4 * bins + 1}")
    cells = grid.transpose(1, 2, 0)
    logits = cells[..., : 4 * bins].reshape(rows, columns, 4, bins)
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    distance = (weights * np.arange(bins)).sum(-1) / weights.sum(-1)
    center = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1) + 0.5
    low, high = center - distance[..., :2], center + distance[..., 2:]
    boxes = np.concatenate([low, high - low], -1).reshape(-1, 4) * stride
    return _best(boxes, _logistic(cells[..., 4 * bins :]).reshape(rows * columns, -1), score_threshold)


def find_anchors(sizes: Any, k: int, *, seed: int = 42, starts: int = 10, iterations: int = 300) -> Anchors:
    """Returns k typical sizes of boxes: k-means with the distance 1 - IoU (Redmon & Farhadi 2017)."""
    points = np.asarray(sizes, np.float64).reshape(-1, 2)
    if not (np.isfinite(points).all() and (points > 0).all()):
        raise ValueError("sizes must be finite and above 0")
    if not 1 <= k <= len(points):
        raise ValueError(f"k is {k}; it must be from 1 to {len(points)}, the number of sizes")
    rng = np.random.default_rng(seed)
    best = Anchors(points[:k], -1.0)
    for _ in range(starts):
        centers, assigned = _start(points, k, rng), None
        for _ in range(iterations):
            overlaps = _size_overlaps(points, centers)
            mean = float(overlaps.max(1).mean())
            if mean > best.mean_overlap:
                best = Anchors(centers, mean)
            own = overlaps.argmax(1)
            if assigned is not None and (own == assigned).all():
                break
            assigned = own
            centers = np.stack(
                [points[own == c].mean(0) if (own == c).any() else centers[c] for c in range(len(centers))]
            )
    return Anchors(best.sizes[best.sizes.prod(1).argsort(kind="stable")], best.mean_overlap)


def average_precision(
    truths: Sequence[Truth],
    predictions: Sequence[Detections],
    *,
    iou_thresholds: Sequence[float] = COCO_THRESHOLDS,
    limit: int = 100,
) -> Precision:
    """Returns the average precision of predictions, picture by picture in one order, as COCO computes it.

    At most `limit` predictions of a picture and class count, by descending score.
    """
    if len(truths) != len(predictions):
        raise ValueError(f"there are truths of {len(truths)} pictures, predictions of {len(predictions)}")
    pictures = [(_truth(truth), _detections(found)) for truth, found in zip(truths, predictions)]
    kinds = sorted({int(one) for truth, _ in pictures for one in truth.classes})
    by_class: dict[int, Floats] = {}
    for kind in kinds:
        parts = [_match(truth, found, kind, iou_thresholds, limit) for truth, found in pictures]
        count = sum(part[2] for part in parts)
        if count > 0:
            scores = np.concatenate([part[0] for part in parts])
            order = np.argsort(-scores, kind="stable")
            outcomes = np.concatenate([part[1] for part in parts], axis=1)[:, order]
            by_class[kind] = np.array([_area(row[row >= 0] == 1, count) for row in outcomes])
    if not by_class:
        return Precision(None, None, {})
    by_threshold = np.mean(list(by_class.values()), axis=0)
    return Precision(float(by_threshold.mean()), by_threshold, by_class)


def _boxes(values: Any) -> Floats:
    boxes = np.asarray(values, np.float64)
    if boxes.size == 0:
        return np.zeros((0, 4))
    if boxes.ndim != 2 or boxes.shape[1] not in (4, 5):
        raise ValueError(f"boxes are {list(boxes.shape)}; give [n, 4], or [n, 5] with an angle")
    if not np.isfinite(boxes).all() or (boxes[:, 2:4] < 0).any():
        raise ValueError("boxes must be finite, with sides of 0 or more")
    return boxes


def _overlaps(a: Floats, b: Floats) -> tuple[Floats, Floats, Floats]:
    """Areas that pairs of boxes share, and the areas of both."""
    areas = a[:, 2] * a[:, 3], b[:, 2] * b[:, 3]
    if not (_is_turned(a) or _is_turned(b)):
        low = np.maximum(a[:, None, :2], b[None, :, :2])
        high = np.minimum(a[:, None, :2] + a[:, None, 2:4], b[None, :, :2] + b[None, :, 2:4])
        return np.maximum(high - low, 0).prod(-1), *areas
    shared = np.zeros((len(a), len(b)))
    first, second = [_corners(box) for box in a], [_corners(box) for box in b]
    for i, polygon in enumerate(first):
        for j, other in enumerate(second):
            shared[i, j] = _shared_area(polygon, other)
    return shared, *areas


def _is_turned(boxes: Floats) -> bool:
    return boxes.shape[1] == 5 and bool((boxes[:, 4] != 0).any())


def _corners(box: Floats) -> Floats:
    """Corners of a box, clockwise on the screen, where y leads downward."""
    angle = np.deg2rad(box[4] if len(box) == 5 else 0.0)
    half = box[2:4] / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned: Floats = corners @ turn + box[:2] + half
    return turned


def _shared_area(polygon: Floats, window: Floats) -> float:
    """Area of a convex polygon within another (Sutherland & Hodgman 1974)."""
    points = [tuple(point) for point in polygon]
    for start, end in zip(window, np.roll(window, -1, axis=0)):
        edge = end - start
        sides = [edge[0] * (y - start[1]) - edge[1] * (x - start[0]) for x, y in points]
        kept = []
        for at, (x, y) in enumerate(points):
            before, own = sides[at - 1], sides[at]
            if (before < 0) != (own < 0):
                share = before / (before - own)
                px, py = points[at - 1]
                kept.append((px + share * (x - px), py + share * (y - py)))
            if own >= 0:
                kept.append((x, y))
        points = kept
        if not points:
            return 0.0
    xs, ys = np.array(points).T
    return float(abs(xs @ np.roll(ys, -1) - ys @ np.roll(xs, -1)) / 2)


def _grid(head: Any, channels_last: bool) -> Floats:
    grid = np.asarray(head, np.float64)
    if grid.ndim != 3:
        raise ValueError(f"the head is {list(grid.shape)}; give one picture, with rows and columns")
    return grid.transpose(2, 0, 1) if channels_last else grid


def _logistic(values: Floats) -> Floats:
    smooth: Floats = 0.5 * (1 + np.tanh(values / 2))
    return smooth


def _best(boxes: Floats, probabilities: Floats, score_threshold: float) -> Detections:
    classes = probabilities.argmax(1)
    scores = probabilities[np.arange(len(boxes)), classes]
    kept = scores >= score_threshold
    return Detections(boxes[kept], scores[kept], classes[kept])


def _size_overlaps(sizes: Floats, centers: Floats) -> Floats:
    shared = np.minimum(sizes[:, None], centers[None]).prod(-1)
    overlaps: Floats = shared / (sizes.prod(1)[:, None] + centers.prod(1)[None] - shared)
    return overlaps


def _start(points: Floats, k: int, rng: np.random.Generator) -> Floats:
    """Draws centers by their distance to earlier ones (k-means++), fewer than k where sizes are equal."""
    centers = points[[rng.integers(len(points))]]
    while len(centers) < k:
        distance = 1 - _size_overlaps(points, centers).max(1)
        if not distance.sum() > 0:
            break
        centers = np.concatenate([centers, points[[rng.choice(len(points), p=distance / distance.sum())]]])
    return centers


def _truth(truth: Truth) -> Truth:
    boxes = _boxes(truth.boxes)
    none = np.zeros(len(boxes), bool)
    flags = [none if flag is None else np.asarray(flag, bool) for flag in (truth.crowd, truth.ignored)]
    return Truth(boxes, np.asarray(truth.classes, np.int64).reshape(len(boxes)), *flags)


def _detections(found: Detections) -> Detections:
    boxes = _boxes(found.boxes)
    scores = np.asarray(found.scores, np.float64).reshape(len(boxes))
    return Detections(boxes, scores, np.asarray(found.classes, np.int64).reshape(len(boxes)))


def _match(
    truth: Truth, found: Detections, kind: int, thresholds: Sequence[float], limit: int
) -> tuple[Floats, Whole, int]:
    """Scores [n], outcomes [thresholds, n] (1 matched, 0 not, -1 not counted), and the objects that count."""
    own, given = truth.classes == kind, found.classes == kind
    crowd = truth.crowd[own]
    ignored = crowd | truth.ignored[own]
    order = np.argsort(-found.scores[given], kind="stable")[:limit]
    boxes, scores = found.boxes[given][order], found.scores[given][order]
    shared, first, second = _overlaps(boxes, truth.boxes[own])
    union = np.where(crowd[None], first[:, None], first[:, None] + second[None] - shared)
    overlaps = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    outcomes = np.zeros((len(thresholds), len(scores)), np.int64)
    for row, threshold in zip(outcomes, thresholds):
        taken = np.zeros(len(crowd), bool)
        for at in range(len(scores)):
            for among in (~ignored, ignored):
                match = _find(overlaps[at], among & (crowd | ~taken), threshold)
                if match >= 0:
                    taken[match] = True
                    row[at] = -1 if ignored[match] else 1
                    break
    return scores, outcomes, int((~ignored).sum())


def _find(overlaps: Floats, among: npt.NDArray[np.bool_], threshold: float) -> int:
    """The object with the largest overlap, the last one of equal ones; -1 below the threshold."""
    best, least = -1, min(threshold, 1 - 1e-10)
    for index in np.flatnonzero(among):
        if overlaps[index] >= least:
            best, least = int(index), overlaps[index]
    return best


def _area(correct: npt.NDArray[np.bool_], count: int) -> float:
    """Mean of the precision at 101 values of recall, the largest at each or above (Lin et al. 2014)."""
    hits = np.cumsum(correct)
    precision = hits / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(hits / count, _RECALLS, side="left")
    return float(np.append(precision, 0.0)[at].mean())
