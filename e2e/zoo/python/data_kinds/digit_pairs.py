"""1,500 pairs of digits: a picture and the row sums of another one of the same label in half of the pairs.
Two inputs; same label or not."""

import numpy as np

from .data import Data, Truth, halves
from .digits import pictures


def load():
    x, y = pictures()
    rng, n = np.random.default_rng(7), 1500
    first = rng.integers(0, len(x), n)
    other = np.array(
        [
            rng.choice(np.flatnonzero(y == y[i]) if rng.random() < 0.5 else np.flatnonzero(y != y[i]))
            for i in first
        ]
    )
    return Data(
        {"left": x[first], "right": x[other]},
        {"same": Truth((y[first] == y[other]).astype(int), ["different", "same"])},
        halves(n),
        "classification",
        "categorical_crossentropy",
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (UCI data, CC BY 4.0)",
    )
