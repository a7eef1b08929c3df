"""Detection by a grid of cells, written out in float64: the loss of YOLO, decoded boxes, average precision."""

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

SCORE, OVERLAP, MOST = 0.01, 0.45, 100
COORDINATES, EMPTY = 5.0, 0.5

sigmoid = lambda x: 1 / (1 + np.exp(-x))


def yolo(logits, truths):
    """Loss of each picture (Redmon et al. 2016, cross-entropies of Redmon & Farhadi 2018);
    logits [n, rows, columns, 5 + classes], truths [n, objects, 5]."""
    targets = cells(logits.shape, truths)
    entropy = np.logaddexp(0, logits) - logits * targets
    squares = (logits - targets) ** 2
    full = targets[..., 4] == 1
    position = COORDINATES * (entropy[..., :2].sum(-1) + squares[..., 2:4].sum(-1))
    inside = position + entropy[..., 4:].sum(-1)
    return np.where(full, inside, EMPTY * entropy[..., 4]).sum((1, 2))


def cells(shape, truths):
    """What each cell should predict; of several objects in a cell the largest."""
    targets = np.zeros(shape)
    for picture, objects in enumerate(truths):
        objects = objects[objects[:, 4] >= 0].astype(np.float64)
        for x, y, w, h, label in sorted(objects, key=lambda o: o[2] * o[3]):
            column, row = (x + w / 2) * shape[2], (y + h / 2) * shape[1]
            cell = targets[picture, int(row), int(column)]
            cell[:] = 0
            cell[:5] = column % 1, row % 1, np.log(w), np.log(h), 1
            cell[5 + int(label)] = 1
    return targets


def decoded(logits):
    """Of each picture [boxes, 6]: x, y, width, height, class, score of the boxes that are left, by score."""
    n, rows, columns, _ = logits.shape
    row, column = np.mgrid[:rows, :columns]
    label = logits[..., 5:].argmax(-1)
    score = sigmoid(logits[..., 4]) * sigmoid(logits[..., 5:].max(-1))
    w, h = np.exp(logits[..., 2]), np.exp(logits[..., 3])
    x = (sigmoid(logits[..., 0]) + column) / columns - w / 2
    y = (sigmoid(logits[..., 1]) + row) / rows - h / 2
    every = np.stack([x, y, w, h, label, score], -1).reshape(n, -1, 6)
    return [kept(boxes[boxes[:, 5] >= SCORE]) for boxes in every]


def kept(boxes):
    """Greedy suppression within a class."""
    left = []
    for box in sorted(boxes, key=lambda b: -b[5]):
        if len(left) < MOST and all(box[4] != other[4] or overlap(box, other) <= OVERLAP for other in left):
            left.append(box)
    return np.array(left).reshape(-1, 6)


def overlap(a, b):
    sides = np.minimum(a[:2] + a[2:4], b[:2] + b[2:4]) - np.maximum(a[:2], b[:2])
    shared = np.prod(np.maximum(sides, 0))
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def packed(boxes, width):
    """Boxes of each picture in rows of one width; the class -1 is no box."""
    out = np.zeros((len(boxes), width // 6, 6))
    out[:, :, 4] = -1
    for at, own in enumerate(boxes):
        out[at, : len(own)] = own
    return out.reshape(len(boxes), width)


def average_precision(boxes, truths):
    """mAP over the thresholds of COCO, and at 0.5, by pycocotools."""
    entries = lambda picture, objects: [
        {"image_id": picture, "category_id": int(o[4]), "bbox": [*o[:4]], "area": o[2] * o[3], "iscrowd": 0}
        for o in objects
        if o[4] >= 0
    ]
    truth = [
        e for picture, objects in enumerate(truths) for e in entries(picture, objects.astype(np.float64))
    ]
    for at, entry in enumerate(truth):
        entry["id"] = at + 1
    found = []
    for picture, own in enumerate(boxes):
        found += [{**e, "score": o[5]} for e, o in zip(entries(picture, own), own)]
    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": i} for i in range(len(truths))],
        "categories": [{"id": c} for c in sorted({e["category_id"] for e in truth})],
        "annotations": truth,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(found), "bbox")
        judge.evaluate()
        judge.accumulate()
    # [thresholds, recalls, classes, areas, most]: all areas, 100 boxes
    precision = judge.eval["precision"][:, :, :, 0, 2]
    return {
        "mean_average_precision": float(precision.mean()),
        "mean_average_precision_50": float(precision[0].mean()),
    }
