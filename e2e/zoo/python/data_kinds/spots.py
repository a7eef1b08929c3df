"""800 pictures of 16 x 16 with one bright and one dark spot;
each pixel is background, bright or dark, one-hot [16, 16, 3]. Per-pixel, several classes."""

import numpy as np

from .data import Data, Truth, halves

SIDE = 16


def load():
    rng, n = np.random.default_rng(6), 800
    y, x = np.mgrid[:SIDE, :SIDE]
    pictures, classes = 0.5 + rng.normal(0, 0.06, (n, SIDE, SIDE)), np.zeros((n, SIDE, SIDE), int)
    for i in range(n):
        for kind, shift in ((1, 0.4), (2, -0.4)):
            inside = (y - rng.integers(3, 13)) ** 2 + (x - rng.integers(3, 13)) ** 2 <= rng.integers(3, 10)
            pictures[i][inside], classes[i][inside] = 0.5 + shift, kind
    return Data(
        {"image": pictures[..., None].astype(np.float32)},
        {"class": Truth(np.eye(3, dtype=np.float32)[classes])},
        halves(n),
        "per-pixel",
        "categorical_crossentropy",
        source="drawn by a formula",
        licence="of this repository",
        metrics=["pixel_accuracy", "mean_iou"],
    )
