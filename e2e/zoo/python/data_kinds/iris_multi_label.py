"""150 iris flowers by 4 measurements; three yes-or-no truths that may all hold:
wide petal, long petal, long sepal. Multi-label."""

import numpy as np
from sklearn.datasets import load_iris

from .data import Data, Truth, halves, shuffled, standardised


def load():
    x = load_iris().data
    truths = np.stack([x[:, 3] > 1.3, x[:, 2] > 4.35, x[:, 0] > 5.8], 1).astype(np.float32)
    x, truths = shuffled(8, standardised(x), truths)
    return Data(
        {"measurements": x},
        {"properties": Truth(truths)},
        halves(len(x)),
        "multi-label",
        "binary_crossentropy",
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (UCI data, CC BY 4.0)",
        metrics=["binary_accuracy", "precision", "recall"],
    )
