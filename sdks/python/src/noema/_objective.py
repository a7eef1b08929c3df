"""What a model says of samples: probabilities, loss and correctness, by the task."""

from __future__ import annotations

import numpy as np

from noema._arrays import Array, sigmoid, softmax

TASK_NUMBERS = {"multi_class": 1, "multi_label": 2, "binary": 3, "regression": 4}
_TINY = 1e-12


def to_output(task: str, kind: str, values: Array) -> Array:
    """Returns the output `[n, k]` float32 that is stored: probabilities, or numbers of a regression."""
    values = values.reshape(len(values), -1) if values.ndim != 2 else values
    if kind != "logits" or task == "regression":
        return values.astype(np.float32)
    if task == "multi_class" and values.shape[1] > 1:
        return softmax(values)
    return sigmoid(values)


def compute_loss(task: str, kind: str, values: Array, truth: Array) -> Array:
    """Returns the loss of each sample, `[n]` float32, NaN without ground truth.

    Cross-entropy for classes, binary cross-entropy (mean over the labels), squared error (mean over the
    numbers). From logits it is computed without rounding probabilities first.
    """
    x = values.reshape(len(values), -1).astype(np.float64)
    if task == "regression":
        return np.asarray(np.mean((x - truth.reshape(len(x), -1)) ** 2, axis=1), dtype=np.float32)
    if truth.ndim == 1 and x.shape[1] > 1:
        return _cross_entropy(kind, x, truth)
    target = truth.reshape(len(x), -1).astype(np.float64)
    if truth.ndim == 1:
        target[truth < 0] = np.nan
    if kind == "logits":
        loss = np.maximum(x, 0) - x * target + np.log1p(np.exp(-np.abs(x)))
    else:
        p = np.clip(x, _TINY, 1 - _TINY)
        loss = -(target * np.log(p) + (1 - target) * np.log1p(-p))
    return np.asarray(loss.mean(axis=1), dtype=np.float32)


def _cross_entropy(kind: str, x: Array, truth: Array) -> Array:
    known = truth >= 0
    rows = np.arange(len(x))
    at = np.where(known, truth, 0)
    if kind == "logits":
        top = x.max(axis=1)
        loss = top + np.log(np.exp(x - top[:, None]).sum(axis=1)) - x[rows, at]
    else:
        loss = -np.log(np.maximum(x[rows, at], _TINY))
    return np.where(known, loss, np.nan).astype(np.float32)


def are_correct(task: str, output: Array, truth: Array) -> Array | None:
    """Returns for each sample 1 if predicted correctly, else 0, NaN without ground truth; None for a
    regression.
    """
    if task == "regression":
        return None
    if truth.ndim == 1:
        predicted = output.argmax(axis=1) if output.shape[1] > 1 else (output[:, 0] >= 0.5).astype(np.int64)
        return np.where(truth >= 0, predicted == truth, np.nan)
    matches = ((output >= 0.5) == (truth >= 0.5)).all(axis=1)
    return np.where(np.isnan(truth).any(axis=1), np.nan, matches)
