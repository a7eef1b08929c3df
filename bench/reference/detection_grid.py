"""Writes libs/engine/test/fixtures/detection-grid.json: a grid of cells that PyTorch trained on handwritten
digits (scikit-learn) placed on a canvas, with values of programs that share no code with this project:

- losses: the YOLO loss of each picture, by PyTorch
- metrics: average precision by pycocotools, of boxes that numpy decodes and suppresses

Needs torch, numpy, scikit-learn and pycocotools 2.0. From the repository root:
python bench/reference/detection_grid.py
"""

import base64
import contextlib
import io
import json

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sklearn.datasets import load_digits
from torch import nn

SIDE, CELLS, CLASSES, MOST = 32, 4, 10, 3
IOU_THRESHOLD, LOWEST_SCORE = 0.45, 0.01


def pictures(rng, digits, count):
    """Canvases [n, 32, 32], and truths [n, 3, 5]: x, y, width, height as shares, class; class -1 for none."""
    canvas = np.zeros((count, SIDE, SIDE), np.float32)
    truths = np.zeros((count, MOST, 5), np.float32)
    truths[:, :, 4] = -1
    for i in range(count):
        for k in range(rng.integers(0, MOST + 1)):
            at = rng.integers(0, len(digits.images))
            x, y = rng.integers(0, SIDE - 8, 2)
            canvas[i, y : y + 8, x : x + 8] = np.maximum(
                canvas[i, y : y + 8, x : x + 8], digits.images[at] / 16
            )
            truths[i, k] = [x / SIDE, y / SIDE, 8 / SIDE, 8 / SIDE, digits.target[at]]
    return canvas, truths


def cells(truths):
    """Targets [n, 4, 4, 15]; of objects in one cell the last of the largest stays."""
    out = np.zeros((len(truths), CELLS, CELLS, 5 + CLASSES), np.float32)
    for i, objects in enumerate(truths):
        for x, y, w, h, klass in sorted(objects, key=lambda o: o[2] * o[3]):
            if klass < 0:
                continue
            cx, cy = (x + w / 2) * CELLS, (y + h / 2) * CELLS
            column, row = min(CELLS - 1, int(cx)), min(CELLS - 1, int(cy))
            cell = out[i, row, column]
            cell[:] = 0
            cell[:5] = [cx - column, cy - row, np.log(w), np.log(h), 1]
            cell[5 + int(klass)] = 1
    return out


def loss(x, t, coordinates=5.0, empty=0.5):
    """Per picture, from logits and targets [n, 4, 4, 15]."""
    entropy = nn.functional.binary_cross_entropy_with_logits
    has = t[..., 4]
    place = entropy(x[..., :2], t[..., :2], reduction="none").sum(-1)
    place = place + ((x[..., 2:4] - t[..., 2:4]) ** 2).sum(-1)
    presence = entropy(x[..., 4], has, reduction="none")
    kind = entropy(x[..., 5:], t[..., 5:], reduction="none").sum(-1)
    each = has * (coordinates * place + presence + kind) + (1 - has) * empty * presence
    return each.sum((1, 2))


def overlap(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / (a[2] * a[3] + b[2] * b[3] - w * h)


def objects(logits):
    """Objects of each picture: x, y, width, height, class, score, after suppression by class."""
    found = []
    for head in logits.astype(np.float64):
        p = 1 / (1 + np.exp(-head))
        rows, columns = np.mgrid[:CELLS, :CELLS]
        w, h = np.exp(head[..., 2]), np.exp(head[..., 3])
        x, y = (p[..., 0] + columns) / CELLS - w / 2, (p[..., 1] + rows) / CELLS - h / 2
        klass = p[..., 5:].argmax(-1)
        score = p[..., 4] * p[..., 5:].max(-1)
        boxes = np.stack([x, y, w, h, klass, score], -1).reshape(-1, 6)
        boxes = boxes[boxes[:, 5] >= LOWEST_SCORE]
        kept = []
        for box in boxes[np.argsort(-boxes[:, 5], kind="stable")]:
            if all(k[4] != box[4] or overlap(k, box) <= IOU_THRESHOLD for k in kept):
                kept.append(box)
        found.append(kept)
    return found


def metrics(truths, found):
    boxes = [(i, o) for i, some in enumerate(truths) for o in some if o[4] >= 0]
    dataset = {
        "images": [{"id": i} for i in range(len(truths))],
        "categories": [{"id": c} for c in range(CLASSES)],
        "annotations": [
            {
                "id": n + 1,
                "image_id": i,
                "category_id": int(o[4]),
                "bbox": [float(v) for v in o[:4]],
                "area": float(o[2] * o[3]),
                "iscrowd": 0,
            }
            for n, (i, o) in enumerate(boxes)
        ],
    }
    results = [
        {"image_id": i, "category_id": int(o[4]), "bbox": [float(v) for v in o[:4]], "score": float(o[5])}
        for i, some in enumerate(found)
        for o in some
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        ground = COCO()
        ground.dataset = dataset
        ground.createIndex()
        run = COCOeval(ground, ground.loadRes(results), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return {"mean_average_precision": run.stats[0], "mean_average_precision_50": run.stats[1]}


def encoded(values):
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


digits, rng = load_digits(), np.random.default_rng(3)
torch.manual_seed(3)
torch.set_num_threads(1)
network = nn.Sequential(
    nn.Conv2d(1, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(24, 48, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(48, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 5 + CLASSES, 1),
)  # fmt: skip
canvas, truths = pictures(rng, digits, 4000)
inputs, targets = torch.tensor(canvas)[:, None], torch.tensor(cells(truths))
optimizer = torch.optim.Adam(network.parameters(), 2e-3)
for epoch in range(12):
    for batch in torch.randperm(len(inputs)).split(64):
        optimizer.zero_grad()
        loss(network(inputs[batch]).permute(0, 2, 3, 1), targets[batch]).mean().backward()
        optimizer.step()
canvas, truths = pictures(rng, digits, 60)
with torch.no_grad():
    logits = network(torch.tensor(canvas)[:, None]).permute(0, 2, 3, 1).contiguous()
    losses = loss(logits.double(), torch.tensor(cells(truths)).double()).numpy()
found = objects(logits.numpy())
values = metrics(truths, found)
print(values, float(losses.mean()))
with open("libs/engine/test/fixtures/detection-grid.json", "w") as file:
    json.dump(
        {
            "cells": CELLS,
            "classCount": CLASSES,
            "iouThreshold": IOU_THRESHOLD,
            "lowestScore": LOWEST_SCORE,
            "logits": encoded(logits.numpy()),
            "truths": encoded(truths),
            "losses": [round(float(v), 6) for v in losses],
            "metrics": values,
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
