"""569 tumours by 30 measurements, standardised; two classes."""

from sklearn.datasets import load_breast_cancer

from .data import Data, Truth, halves, shuffled, standardised


def load():
    bunch = load_breast_cancer()
    x, y = shuffled(2, standardised(bunch.data), bunch.target)
    return Data(
        {"measurements": x},
        {"diagnosis": Truth(y, ["malignant", "benign"])},
        halves(len(x)),
        "classification",
        "categorical_crossentropy",
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (UCI data, CC BY 4.0)",
    )
