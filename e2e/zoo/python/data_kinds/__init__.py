"""The registry of data kinds: one file and one line each."""

from . import (
    breast_cancer,
    diabetes,
    digits,
    digit_pairs,
    digits_and_parity,
    digits_unlabelled,
    emoji,
    iris_multi_label,
    languages,
    mail,
    masks,
    motions,
    power_demand,
    spots,
    wine,
)

DATA_KINDS = {
    "digits": digits.load,
    "emoji": emoji.load,
    "breast-cancer": breast_cancer.load,
    "wine": wine.load,
    "diabetes": diabetes.load,
    "languages": languages.load,
    "mail": mail.load,
    "motions": motions.load,
    "power-demand": power_demand.load,
    "masks": masks.load,
    "spots": spots.load,
    "digit-pairs": digit_pairs.load,
    "digits-and-parity": digits_and_parity.load,
    "digits-unlabelled": digits_unlabelled.load,
    "iris-multi-label": iris_multi_label.load,
}
