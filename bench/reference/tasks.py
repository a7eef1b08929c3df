"""Writes libs/engine/test/fixtures/tasks.json: predictions on data of scikit-learn and the metrics that
scikit-learn gives them, for metrics.spec.ts. Needs scikit-learn. Run from the repository root."""

import json
import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    hamming_loss,
    jaccard_score,
    mean_absolute_error,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
    root_mean_squared_error,
)

ROWS = 40
pick = lambda values: [round(float(value), 6) for value in np.asarray(values, np.float64).reshape(-1)]
cases = []


def case(name, predictions, targets, channels, exclusive, metrics):
    predictions, targets = np.asarray(predictions), np.asarray(targets)
    cases.append(
        {
            "name": name,
            "rows": len(predictions),
            "predictions": pick(predictions),
            "targets": pick(targets),
            "width": int(predictions[0].size),
            "targetWidth": int(targets[0].size),
            "channels": channels,
            "isExclusive": exclusive,
            "metrics": metrics,
        }
    )


X, y = load_diabetes(return_X_y=True)
p, y = np.float32(LinearRegression().fit(X, y).predict(X)[:ROWS]), np.float32(y[:ROWS])
case(
    "diabetes",
    p[:, None],
    y[:, None],
    1,
    False,
    {
        "mean_absolute_error": mean_absolute_error(y, p),
        "root_mean_squared_error": root_mean_squared_error(y, p),
        "r2_score": r2_score(y, p),
    },
)

X, y = load_breast_cancer(return_X_y=True)
X = X / X.max(0)
p, y = LogisticRegression(max_iter=60).fit(X, y).predict_proba(X)[:ROWS, 1], y[:ROWS]
case(
    "breast cancer",
    p[:, None],
    y[:, None],
    1,
    False,
    {
        "accuracy": accuracy_score(y, p > 0.5),
        "precision": precision_score(y, p > 0.5),
        "recall": recall_score(y, p > 0.5),
        "auc": roc_auc_score(y, np.round(p, 6)),
    },
)

X, y = load_wine(return_X_y=True)
X = X / X.max(0)
rows = np.arange(0, 160, 4)
p, y = LogisticRegression(max_iter=60).fit(X, y).predict_proba(X)[rows], y[rows]
case("wine, class numbers", p, y[:, None], 3, True, {"accuracy": accuracy_score(y, p.argmax(1))})

# Planted labels: bright above, bright below, much ink.
X, y = load_digits(return_X_y=True)
half = X[:, :32].sum(1), X[:, 32:].sum(1)
labels = np.stack([half[0] > 150, half[1] > 150, X.sum(1) > 320], 1).astype(int)
p = np.stack(
    [
        LogisticRegression(max_iter=50).fit(X[:200, ::4], labels[:200, i]).predict_proba(X[:ROWS, ::4])[:, 1]
        for i in range(3)
    ],
    1,
)
case(
    "labels of digits",
    p,
    labels[:ROWS],
    3,
    False,
    {
        "binary_accuracy": 1 - hamming_loss(labels[:ROWS], p > 0.5),
        "precision": precision_score(labels[:ROWS], p > 0.5, average="micro"),
        "recall": recall_score(labels[:ROWS], p > 0.5, average="micro"),
    },
)

# Masks of 8 x 8: where there is ink, found from a blurred picture.
pictures = X[:10].reshape(10, 8, 8) / 16
blurred = (pictures + np.roll(pictures, 1, 1) + np.roll(pictures, 1, 2)) / 3
mask = (pictures > 0.5).astype(int)
case(
    "masks of digits",
    blurred[..., None],
    mask[..., None],
    1,
    False,
    {
        "pixel_accuracy": accuracy_score(mask.ravel(), blurred.ravel().round(6) > 0.5),
        "mean_iou": jaccard_score(mask.ravel(), blurred.ravel().round(6) > 0.5),
    },
)

# Three classes at every pixel.
bins = np.digitize(pictures, [0.2, 0.7])
scores = np.round(np.stack([1 - blurred, np.full_like(blurred, 0.45), blurred], -1), 6)
case(
    "classes of pixels",
    scores,
    np.eye(3)[bins],
    3,
    True,
    {
        "pixel_accuracy": accuracy_score(bins.ravel(), scores.reshape(-1, 3).argmax(1)),
        "mean_iou": jaccard_score(bins.ravel(), scores.reshape(-1, 3).argmax(1), average="macro"),
    },
)
case("class numbers of pixels", scores, bins, 3, True, cases[-1]["metrics"])

json.dump(cases, open("libs/engine/test/fixtures/tasks.json", "w"))
