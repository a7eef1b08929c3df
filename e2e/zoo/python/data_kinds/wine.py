"""178 wines by 13 measurements, standardised; three growers."""

from sklearn.datasets import load_wine

from .data import Data, Truth, halves, shuffled, standardised


def load():
    bunch = load_wine()
    x, y = shuffled(3, standardised(bunch.data), bunch.target)
    return Data(
        {"measurements": x},
        {"grower": Truth(y, ["a", "b", "c"])},
        halves(len(x)),
        "classification",
        "categorical_crossentropy",
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (UCI data, CC BY 4.0)",
    )
