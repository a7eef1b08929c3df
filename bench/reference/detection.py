"""Writes libs/detection/test/fixtures/detection.json: what programs of others say of seeded random detections.

- sets: pycocotools' average precision and recall, by class and by area, with ties of scores and of overlaps,
  empty pictures, crowds, ignored objects, areas unlike the box, and classes without ground truth
- outcomes: tidecv's error of each prediction, and the objects that it counts as missed
- rotated: shapely's intersection over union of rotated boxes
- suppressed: non-maximum suppression in numpy, as torchvision defines it, the overlaps by shapely
- heads: YOLO heads made from stated boxes by the inverse of the published formulas
- anchors: the best mean overlap of k-means in numpy over 100 random starts

Needs numpy, pycocotools 2.0, tidecv 1.0 and shapely 2. From the repository root:
python bench/reference/detection.py
"""

import base64
import contextlib
import io
import json

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from shapely import affinity
from shapely.geometry import box as shapely_box
from tidecv import TIDE, Data

PICTURES, CLASSES, SETS = 6, 4, 60


def encoded(rows, width):
    """Whole numbers [n, width] as bytes."""
    return base64.b64encode(np.asarray(rows, "<i2").reshape(-1, width).tobytes()).decode()


def random_set(seed, fine=False):
    """Truths: picture, class, x, y, w, h, crowd, ignored, area in percent of the box; predictions: picture,
    class, x, y, w, h, score in thousandths. Boxes are in whole pixels, or in tenths with `fine`."""
    rng = np.random.default_rng(seed)
    unit = 10 if fine else 1
    size = [24, 90, 200][seed % 3] * unit
    truths, predictions = [], []
    for picture in range(PICTURES):
        if rng.random() < 0.2:
            continue
        for _ in range(rng.integers(0, 9)):
            w, h = rng.integers(4 * unit, size, 2)
            x, y = rng.integers(0, 150 * unit, 2)
            # Class 3 has no truths in every fourth set.
            klass = rng.integers(0, CLASSES - (seed % 4 == 0))
            crowd = rng.random() < 0.12
            ignored = not crowd and rng.random() < 0.08
            area = 100 if rng.random() < 0.5 else rng.integers(30, 100)
            truths.append([picture, klass, x, y, w, h, crowd, ignored, area])
    steps = [1000, 20, 5][seed % 3] if not fine else 1000
    for picture, klass, x, y, w, h, crowd, *_ in truths:
        for _ in range(rng.integers(0, 4 + 3 * crowd)):
            # Boxes of whole pixels moved by parts of their side give overlaps at thresholds. Fine ones have
            # none: tidecv takes an overlap of exactly 0.5 as correct and, for a duplicate, as badly placed.
            share = rng.choice([0, 0.05, 0.1, 0.2, 0.35 if fine else 1 / 3])
            dx, dy, dw, dh = rng.uniform(-share, share, 4) if rng.random() < 0.7 else (share, 0, 0, 0)
            other = rng.integers(0, CLASSES) if rng.random() < 0.15 else klass
            score = rng.integers(1, steps + 1) * (1000 // steps)
            moved = [
                x + round(dx * w),
                y + round(dy * h),
                max(1, w + round(dw * w)),
                max(1, h + round(dh * h)),
            ]
            predictions.append([picture, other, *moved, score])
    for _ in range(rng.integers(0, 12)):
        row = [rng.integers(0, PICTURES), rng.integers(0, CLASSES), *rng.integers(0, 150 * unit, 2)]
        predictions.append(
            [*row, *rng.integers(4 * unit, size, 2), rng.integers(1, steps + 1) * (1000 // steps)]
        )
    rng.shuffle(predictions)
    return truths, predictions


def coco(truths, predictions):
    """Numbers of pycocotools; null where it has -1. It ignores objects outside all areas, and only those."""
    dataset = {
        "images": [{"id": i} for i in range(PICTURES)],
        "categories": [{"id": i} for i in range(CLASSES)],
        "annotations": [
            {
                "id": i + 1,
                "image_id": int(picture),
                "category_id": int(klass),
                "bbox": [float(v) for v in (x, y, w, h)],
                "area": 2e10 if ignored else float(w * h * area / 100),
                "iscrowd": int(crowd),
            }
            for i, (picture, klass, x, y, w, h, crowd, ignored, area) in enumerate(truths)
        ],
    }
    results = [
        {
            "image_id": int(picture),
            "category_id": int(klass),
            "bbox": [float(v) for v in (x, y, w, h)],
            "score": score / 1000,
        }
        for picture, klass, x, y, w, h, score in predictions
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        ground = COCO()
        ground.dataset = dataset
        ground.createIndex()
        found = ground.loadRes(results) if results else COCO()
        if not results:
            found.dataset = {**dataset, "annotations": []}
            found.createIndex()
        run = COCOeval(ground, found, "bbox")
        # Two predictions a picture instead of ten, which small sets would not reach.
        run.params.maxDets = [1, 2, 100]
        run.evaluate()
        run.accumulate()
    precision, recall = run.eval["precision"], run.eval["recall"]

    def mean(values):
        values = values[values > -1]
        return float(values.mean()) if len(values) else None

    return {
        "classes": [mean(precision[:, :, k, 0, 2]) for k in range(CLASSES)],
        "classRecall": [mean(recall[:, k, 0, 2]) for k in range(CLASSES)],
        "thresholds": [mean(precision[t, :, :, 0, 2]) for t in range(10)],
        "areas": [mean(precision[:, :, :, a, 2]) for a in range(4)],
        "areaRecall": [mean(recall[:, :, a, 2]) for a in range(4)],
        "limits": [mean(precision[:, :, :, 0, m]) for m in range(3)],
        "limitRecall": [mean(recall[:, :, 0, m]) for m in range(3)],
    }


def outcomes(truths, predictions):
    """tidecv's error of each prediction by its short name, "" without one, "ignored" by crowds; and by truth
    whether it is missed, without the predictions that crowds take."""
    run = tide(truths, predictions)
    names = [""] * len(predictions)
    for error in run.errors:
        if error.short_name != "Miss":
            names[error.pred["_id"]] = error.short_name
    ignored = [row["used"] is None for row in run.preds.annotations]
    names = ["ignored" if is_ignored else name for is_ignored, name in zip(ignored, names)]
    counted = [row for is_ignored, row in zip(ignored, predictions) if not is_ignored]
    missed = [False] * len(truths)
    for error in tide(truths, counted).errors:
        if error.short_name == "Miss":
            missed[error.gt["_id"]] = True
    return {"predictions": names, "missed": missed}


def tide(truths, predictions):
    ground, found = Data("truths"), Data("predictions")
    for picture in range(PICTURES):
        ground.add_image(picture, str(picture))
    for picture, klass, x, y, w, h, crowd, *_ in truths:
        add = ground.add_ignore_region if crowd else ground.add_ground_truth
        add(int(picture), int(klass), [float(v) for v in (x, y, w, h)])
    for picture, klass, x, y, w, h, score in predictions:
        found.add_detection(int(picture), int(klass), score / 1000, [float(v) for v in (x, y, w, h)])
    return TIDE().evaluate(ground, found)


def polygon(x, y, w, h, angle=0):
    return affinity.rotate(shapely_box(x, y, x + w, y + h), angle, "center")


def overlap(a, b):
    return a.intersection(b).area / a.union(b).area


def rotated():
    """Pairs of boxes in tenths of a pixel and whole degrees. y grows downward, so that shapely's sense of
    rotation, from x to y, is clockwise."""
    rng = np.random.default_rng(7)
    rows = []
    for _ in range(200):
        first = [*rng.integers(0, 400, 2), *rng.integers(20, 800, 2), rng.integers(-180, 181)]
        near = [*(first[:2] + rng.integers(-200, 200, 2)), *rng.integers(20, 800, 2), rng.integers(-180, 181)]
        rows.append([*first, *near])
    # The same box, a quarter turn of it, a box inside, boxes that touch, boxes far from the origin.
    rows += [
        [100, 100, 300, 200, 30, 100, 100, 300, 200, 30],
        [100, 100, 300, 200, 30, 100, 100, 300, 200, 120],
        [100, 100, 300, 200, 30, 200, 180, 60, 40, 75],
        [100, 100, 100, 100, 0, 200, 100, 100, 100, 0],
        [100, 100, 100, 100, 90, 200, 100, 100, 100, 0],
        [30000, 30000, 300, 200, 45, 30050, 30050, 300, 200, 10],
    ]
    values = []
    for row in rows:
        tenths = [v / 10 if i % 5 < 4 else v for i, v in enumerate(row)]
        values.append(round(overlap(polygon(*tenths[:5]), polygon(*tenths[5:])), 12))
    return {"pairs": encoded(rows, 10), "overlaps": values}


def suppressed(seed):
    """Indices kept of boxes: picture, class, x, y, w, h, angle, score."""
    rng = np.random.default_rng(seed)
    turned = seed % 2 == 1
    rows = []
    for _ in range(12):
        center, size = rng.integers(0, 200, 2), rng.integers(20, 80, 2)
        angle, klass, picture = rng.integers(-90, 91), rng.integers(0, 3), rng.integers(0, 2)
        for _ in range(rng.integers(1, 6)):
            own = rng.integers(0, 3) if rng.random() < 0.3 else klass
            turn = angle + rng.integers(-10, 11) if turned else 0
            score = rng.integers(1, 11) * 100
            rows.append(
                [
                    picture,
                    own,
                    *(center + rng.integers(-9, 10, 2)),
                    *(size + rng.integers(-9, 10, 2)),
                    turn,
                    score,
                ]
            )
    rows = np.array(rows)
    polygons = [polygon(*map(float, row[2:7])) for row in rows]
    cases = []
    for threshold, least, per_class in [(0.5, 0, True), (0.3, 0.35, True), (0.45, 0.2, False)]:
        kept = []
        for picture in (0, 1):
            order = [i for i in np.argsort(-rows[:, 7], kind="stable") if rows[i, 0] == picture]
            order = [i for i in order if rows[i, 7] / 1000 >= least]
            while order:
                first, *order = order
                kept.append(int(first))
                order = [
                    i
                    for i in order
                    if (per_class and rows[i, 1] != rows[first, 1])
                    or overlap(polygons[first], polygons[i]) <= threshold
                ]
        cases.append(
            {"iouThreshold": threshold, "scoreThreshold": least, "perClass": per_class, "kept": kept}
        )
    return {"boxes": encoded(rows, 8), "cases": cases}


def logit(p):
    return np.log(p / (1 - p))


def floats(values):
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


def heads():
    """Heads of 3 classes on grids of 6 by 5 cells, stride 8: each has four stated boxes, and noise elsewhere."""
    rng = np.random.default_rng(11)
    rows, columns, stride, classes, bins = 6, 5, 8, 3, 16
    anchors = [(10, 13), (33, 23), (16, 60)]
    # Row, column, anchor, position in the cell, size, class, objectness, probability.
    stated = [
        (0, 0, 0, 0.25, 0.5, 12.0, 9.0, 1, 0.9, 0.8),
        (2, 4, 1, 0.75, 0.125, 60.0, 30.0, 2, 0.95, 0.7),
        (2, 4, 2, 0.5, 0.9, 20.0, 90.0, 0, 0.6, 0.99),
        (5, 1, 1, 0.1, 0.3, 25.0, 40.0, 2, 0.99, 0.6),
    ]
    out = {"rows": rows, "columns": columns, "stride": stride, "classCount": classes, "anchors": anchors}
    for version in ("v3", "v5"):
        head = rng.normal(0, 1, (len(anchors), 5 + classes, rows, columns))
        head[:, 4] = rng.uniform(-9, -5, (len(anchors), rows, columns))
        expected = []
        for row, column, anchor, fx, fy, w, h, klass, objectness, probability in stated:
            cell = head[anchor, :, row, column]
            size = np.array([w, h]) / anchors[anchor]
            if version == "v3":
                cell[:2], cell[2:4] = logit(np.array([fx, fy])), np.log(size)
            else:
                cell[:2], cell[2:4] = logit((np.array([fx, fy]) + 0.5) / 2), logit(np.sqrt(size) / 2)
            cell[4], cell[5:] = logit(objectness), logit(probability) - 2
            cell[5 + klass] = logit(probability)
            center = [(column + fx) * stride, (row + fy) * stride]
            expected.append([center[0] - w / 2, center[1] - h / 2, w, h, klass, objectness * probability])
        out[version] = {"data": floats(head), "expected": expected}
    head = rng.normal(0, 1, (4 * bins + classes, rows, columns))
    head[4 * bins :] = rng.uniform(-9, -5, (classes, rows, columns))
    expected = []
    for row, column, distances, klass, probability in [
        (0, 0, (0.25, 0.5, 3.75, 2.0), 1, 0.9),
        (3, 2, (2.5, 3.0, 2.125, 11.5), 0, 0.8),
        (5, 4, (14.9, 1.0, 0.5, 0.1), 2, 0.4),
    ]:
        # A distance between two bins is their mean by shares; other bins have next to nothing.
        for side, distance in enumerate(distances):
            low, share = int(distance), distance % 1
            head[side * bins : (side + 1) * bins, row, column] = -60 + rng.uniform(-1, 1, bins)
            head[side * bins + low, row, column] = np.log(1 - share) + 4
            if share:
                head[side * bins + low + 1, row, column] = np.log(share) + 4
        head[4 * bins + klass, row, column] = logit(probability)
        left, top, right, bottom = (d * stride for d in distances)
        x, y = (column + 0.5) * stride, (row + 0.5) * stride
        expected.append([x - left, y - top, left + right, top + bottom, klass, probability])
    out["v8"] = {"data": floats(head), "expected": expected}
    return out


def anchors(k, count=300, starts=100):
    """Sizes in whole pixels about planted ones, and the best mean overlap of k-means."""
    rng = np.random.default_rng(100 + k)
    planted = rng.uniform(10, 300, (k, 2))
    sizes = np.maximum(2, planted[rng.integers(0, k, count)] * rng.lognormal(0, 0.25, (count, 2))).round()

    def overlaps(centers):
        shared = np.minimum(sizes[:, None], centers[None]).prod(2)
        return shared / (sizes.prod(1)[:, None] + centers.prod(1)[None] - shared)

    best = 0.0
    for _ in range(starts):
        centers = sizes[rng.choice(count, k, replace=False)]
        for _ in range(50):
            values = overlaps(centers)
            best = max(best, float(values.max(1).mean()))
            own = values.argmax(1)
            centers = np.stack(
                [sizes[own == c].mean(0) if (own == c).any() else centers[c] for c in range(k)]
            )
    return {"k": k, "sizes": encoded(sizes, 2), "meanOverlap": best}


sets = []
for seed in range(SETS):
    truths, predictions = random_set(seed)
    if seed == 57:
        predictions = []
    if seed == 58:
        truths = []
    sets.append(
        {"truths": encoded(truths, 9), "predictions": encoded(predictions, 7), **coco(truths, predictions)}
    )

named = []
for seed in range(20):
    truths, predictions = random_set(1000 + seed, fine=True)
    named.append(
        {"truths": encoded(truths, 9), "boxes": encoded(predictions, 7), **outcomes(truths, predictions)}
    )

with open("libs/detection/test/fixtures/detection.json", "w") as file:
    json.dump(
        {
            "sets": sets,
            "outcomes": named,
            "rotated": rotated(),
            "suppressed": [suppressed(seed) for seed in range(8)],
            "heads": heads(),
            "anchors": [anchors(k) for k in (1, 3, 9)],
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
