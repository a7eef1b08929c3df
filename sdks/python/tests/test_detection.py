"""Boxes, held against pycocotools, shapely and planted heads (`bench/reference/detection.py`)."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from noema import detection

FIXTURE = Path(__file__).parents[3] / "libs/detection/test/fixtures/detection.json"
REFERENCE = json.loads(FIXTURE.read_text())
PICTURES = 6


def whole(text, width):
    return np.frombuffer(base64.b64decode(text), "<i2").reshape(-1, width).astype(np.float64)


def by_picture(rows, make):
    return [make(rows[rows[:, 0] == picture]) for picture in range(PICTURES)]


@pytest.mark.parametrize("given", REFERENCE["sets"])
def test_average_precision_as_pycocotools(given):
    truths = by_picture(
        whole(given["truths"], 9),
        lambda rows: detection.Truth(rows[:, 2:6], rows[:, 1], rows[:, 6], rows[:, 7]),
    )
    found = by_picture(
        whole(given["predictions"], 7),
        lambda rows: detection.Detections(rows[:, 2:6], rows[:, 6] / 1000, rows[:, 1]),
    )
    precision = detection.average_precision(truths, found)
    for kind, expected in enumerate(given["classes"]):
        assert (kind in precision.by_class) == (expected is not None)
        if expected is not None:
            assert precision.by_class[kind].mean() == pytest.approx(expected, abs=1e-6)
    if given["thresholds"][0] is None:
        assert precision == (None, None, {})
        return
    assert precision.by_threshold == pytest.approx(np.array(given["thresholds"]), abs=1e-6)
    for limit, expected in zip([1, 2, 100], given["limits"]):
        assert detection.average_precision(truths, found, limit=limit).mean == pytest.approx(
            expected, abs=1e-6
        )


def test_overlaps_of_turned_boxes_as_shapely():
    rows = whole(REFERENCE["rotated"]["pairs"], 10).reshape(-1, 2, 5)
    rows[..., :4] /= 10
    found = [detection.iou(a[None], b[None])[0, 0] for a, b in rows]
    assert found == pytest.approx(REFERENCE["rotated"]["overlaps"], abs=1e-9)
    straight = np.array([[0, 0, 4, 2], [1, 1, 4, 2.0]])
    assert detection.iou(straight, straight) == pytest.approx(np.array([[1, 3 / 13], [3 / 13, 1]]))
    assert detection.iou([], straight).shape == (0, 2)


@pytest.mark.parametrize("given", REFERENCE["suppressed"])
def test_suppression(given):
    rows = whole(given["boxes"], 8)
    for case in given["cases"]:
        kept = []
        for picture in (0, 1):
            own = np.flatnonzero(rows[:, 0] == picture)
            kept += own[
                detection.nms(
                    rows[own, 2:7],
                    rows[own, 7] / 1000,
                    rows[own, 1] if case["perClass"] else None,
                    iou_threshold=case["iouThreshold"],
                    score_threshold=case["scoreThreshold"],
                )
            ].tolist()
        assert kept == case["kept"]


def head_of(version):
    heads = REFERENCE["heads"]
    head = np.frombuffer(base64.b64decode(heads[version]["data"]), "<f4")
    return head.reshape(-1, heads["rows"], heads["columns"]), np.array(heads[version]["expected"])


def assert_boxes(found, expected):
    numbers = np.concatenate([found.boxes, found.classes[:, None], found.scores[:, None]], 1)
    assert numbers == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("version", ["v3", "v5"])
def test_heads_with_anchors(version):
    head, expected = head_of(version)
    options = {"stride": REFERENCE["heads"]["stride"], "version": version}
    sizes = REFERENCE["heads"]["anchors"]
    assert_boxes(detection.decode_anchors(head, sizes, **options), expected)
    turned = detection.decode_anchors(head.transpose(1, 2, 0), sizes, channels_last=True, **options)
    assert_boxes(turned, expected)
    few = detection.decode_anchors(head, sizes, score_threshold=0.6, **options)
    assert_boxes(few, expected[expected[:, 5] >= 0.6])
    with pytest.raises(ValueError, match="24 channels"):
        detection.decode_anchors(head, sizes[:2] + sizes, **options)
    with pytest.raises(ValueError, match='version is "v9"'):
        detection.decode_anchors(head, sizes, stride=8, version="v9")


def test_heads_without_anchors():
    head, expected = head_of("v8")
    assert_boxes(detection.decode_anchor_free(head, stride=REFERENCE["heads"]["stride"]), expected)
    with pytest.raises(ValueError, match="67 channels; 17 bins and a class need 69"):
        detection.decode_anchor_free(head, stride=8, bins=17)


@pytest.mark.parametrize("given", REFERENCE["anchors"])
def test_anchors_fit_as_well_as_the_best_of_many_starts(given):
    sizes = whole(given["sizes"], 2)
    found = detection.find_anchors(sizes, given["k"])
    assert found.mean_overlap > given["meanOverlap"] * 0.99
    areas = found.sizes.prod(1)
    assert (np.diff(areas) >= 0).all()
    with pytest.raises(ValueError, match="k is 301; it must be from 1 to 300"):
        detection.find_anchors(sizes, 301)


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"boxes are \[1, 3\]"):
        detection.iou([[1, 2, 3]], [])
    with pytest.raises(ValueError, match="finite"):
        detection.iou([[1, 2, 3, np.nan]], [])
    assert (
        detection.average_precision([detection.Truth([], [])], [detection.Detections([], [], [])]).mean
        is None
    )
