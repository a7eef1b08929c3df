"""The digits without any ground truth; networks that are imported were trained on it elsewhere,
with two more classes than there are."""

from .data import Data, Truth
from .digits import CLASSES, pictures


def load():
    x, y = pictures()
    return Data(
        {"image": x},
        {},
        {"unlabeled": len(x)},
        "unlabelled",
        "",
        metrics=[],
        hidden={"digit": Truth(y, [*CLASSES, "letter", "other"])},
        source="PyPI scikit-learn",
        licence="BSD-3-Clause (UCI data, CC BY 4.0)",
    )
