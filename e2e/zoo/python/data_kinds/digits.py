"""1,797 handwritten digits of 8 x 8."""

from sklearn.datasets import load_digits

from .data import Data, Truth, halves, shuffled

CLASSES = [str(i) for i in range(10)]


def pictures():
    """Pictures [1797, 8, 8, 1] from 0 to 1 and labels [1797]."""
    digits = load_digits()
    return shuffled(1, (digits.images[..., None] / 16).astype("float32"), digits.target)


def load():
    x, y = pictures()
    return Data(
        {"image": x},
        {"digit": Truth(y, CLASSES)},
        halves(len(x)),
        "classification",
        "categorical_crossentropy",
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (UCI data, CC BY 4.0)",
    )
