"""The digits with two ground truths: which digit, and whether it is odd."""

from .data import Data, Truth, halves
from .digits import CLASSES, pictures


def load():
    x, y = pictures()
    return Data(
        {"image": x},
        {"digit": Truth(y, CLASSES), "parity": Truth(y % 2, ["even", "odd"])},
        halves(len(x)),
        "two outputs",
        "categorical_crossentropy",
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (UCI data, CC BY 4.0)",
    )
