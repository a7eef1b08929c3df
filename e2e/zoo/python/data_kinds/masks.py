"""1,000 digits of 16 x 16 under noise; the ground truth is which pixels are ink [16, 16, 1].
Per-pixel, binary."""

import numpy as np

from .data import Data, Truth, halves
from .digits import pictures


def load():
    x, _ = pictures()
    clean = x[:1000].repeat(2, 1).repeat(2, 2)
    noisy = np.clip(clean + np.random.default_rng(5).normal(0, 0.25, clean.shape), 0, 1)
    return Data(
        {"image": noisy.astype(np.float32)},
        {"mask": Truth((clean > 0.5).astype(np.float32))},
        halves(1000),
        "per-pixel",
        "binary_crossentropy",
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (UCI data, CC BY 4.0)",
        metrics=["pixel_accuracy", "mean_iou"],
    )
