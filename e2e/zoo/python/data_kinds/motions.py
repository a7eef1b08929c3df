"""80 recordings of a smart watch (6 channels, 100 steps), four motions.
A sensor series of the UEA archive."""

from .data import Data, Truth, halves, shuffled
from .ts_file import series


def load():
    x, y, names = series("BasicMotions")
    x, y = shuffled(9, (x - x.mean((0, 1))) / x.std((0, 1)), y)
    return Data(
        {"series": x},
        {"motion": Truth(y, names)},
        halves(len(x)),
        "classification",
        "categorical_crossentropy",
        source="PyPI aeon (UEA BasicMotions)",
        licence="BSD-3-Clause (data: UEA archive)",
    )
