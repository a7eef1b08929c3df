"""1,096 days of Italy's demand for power by 24 hours, summer or winter. A UCR series."""

from .data import Data, Truth, halves, shuffled
from .ts_file import series


def load():
    x, y, _ = series("ItalyPowerDemand")
    x, y = shuffled(10, x, y)
    return Data(
        {"series": x},
        {"season": Truth(y, ["winter", "summer"])},
        halves(len(x)),
        "classification",
        "categorical_crossentropy",
        source="PyPI aeon (UCR ItalyPowerDemand)",
        licence="BSD-3-Clause (data: UCR archive)",
    )
