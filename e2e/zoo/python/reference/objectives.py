"""Losses of a sample and metrics of a split, written out in float64.
Outputs p and logits z are [n, ...], ground truth y is [n, ...]."""

import numpy as np


def log_softmax(z):
    z = z - z.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def over_positions(v):
    return v.reshape(len(v), -1).mean(1)


def categorical_crossentropy(p, z, y):
    """The mean over the positions that have a class: whose ground truth is not all 0."""
    logs = log_softmax(z) if z is not None else np.log(np.clip(p, 1e-7, 1))
    return over_positions(-(y * logs).sum(-1)) / over_positions(y.any(-1).astype(float))


def binary_crossentropy(p, z, y):
    if z is None:
        p = np.clip(p, 1e-7, 1 - 1e-7)
        return over_positions(-(y * np.log(p) + (1 - y) * np.log(1 - p)))
    return over_positions(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


LOSSES = {
    "categorical_crossentropy": categorical_crossentropy,
    "binary_crossentropy": binary_crossentropy,
    "mean_squared_error": lambda p, z, y: over_positions((p - y) ** 2),
    "mean_absolute_error": lambda p, z, y: over_positions(np.abs(p - y)),
}


def r2(p, y):
    return float(1 - ((p - y) ** 2).sum() / ((y - y.mean(0)) ** 2).sum())


def classes_of(v):
    return v.argmax(-1) if v.shape[-1] > 1 else (v[..., 0] > 0.5).astype(int)


def known_classes(p, y):
    """Predicted and true classes of the positions that have a class."""
    known = y.any(-1) if y.shape[-1] > 1 else np.ones(y.shape[:-1], bool)
    return classes_of(p)[known], classes_of(y)[known]


def pixel_accuracy(p, y):
    a, b = known_classes(p, y)
    return float((a == b).mean())


def mean_iou(p, y):
    """Intersection over union of all pixels of the split, its mean over the classes that occur;
    of a mask that of its foreground."""
    a, b = known_classes(p, y)
    classes = [1] if p.shape[-1] == 1 else range(p.shape[-1])
    return float(
        np.mean(
            [
                ((a == c) & (b == c)).sum() / ((a == c) | (b == c)).sum()
                for c in classes
                if ((a == c) | (b == c)).any()
            ]
        )
    )


def precision(p, y):
    return float(((p > 0.5) & (y > 0.5)).sum() / (p > 0.5).sum())


def recall(p, y):
    return float(((p > 0.5) & (y > 0.5)).sum() / (y > 0.5).sum())


METRICS = {
    "accuracy": lambda p, y: float((classes_of(p) == classes_of(y)).mean()),
    "binary_accuracy": lambda p, y: float(((p > 0.5) == (y > 0.5)).mean()),
    "precision": precision,
    "recall": recall,
    "pixel_accuracy": pixel_accuracy,
    "mean_absolute_error": lambda p, y: float(np.abs(p - y).mean()),
    "mean_squared_error": lambda p, y: float(((p - y) ** 2).mean()),
    "root_mean_squared_error": lambda p, y: float(np.sqrt(((p - y) ** 2).mean())),
    "r2_score": r2,
    "mean_iou": mean_iou,
}


def metric(name):
    """By the name in snake or camel case, or None where this reference has none of that name."""
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return METRICS.get(snake)
