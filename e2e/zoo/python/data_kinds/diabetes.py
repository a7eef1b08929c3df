"""442 patients by 10 measurements; the target is how far the disease went after a year, standardised.
A regression."""

from sklearn.datasets import load_diabetes

from .data import Data, Truth, halves, shuffled, standardised


def load():
    bunch = load_diabetes()
    x, y = shuffled(4, standardised(bunch.data), standardised(bunch.target[:, None]))
    return Data(
        {"measurements": x},
        {"progression": Truth(y)},
        halves(len(x)),
        "regression",
        "mean_squared_error",
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (data of Efron et al. 2004)",
        metrics=["mean_absolute_error", "root_mean_squared_error", "r2_score"],
    )
