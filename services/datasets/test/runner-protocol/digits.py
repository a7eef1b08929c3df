"""The twin of digits.mjs."""

import numpy as np
from noema.integration import (
    Classes,
    Series,
    Split,
    Table,
    Text,
    input,
    loss,
    metadata,
    metric,
    splits,
    truth,
    visual,
)

OFFSETS = {"training": 0, "validation": 100, "unlabeled": 200}


@splits(name="golden", hosts=["data.example.org:8443"], secrets=["data-key"])
def samples(secrets):
    key = secrets["data-key"]
    return {
        "training": [key] * 40,
        "validation": Split([key] * 3, ids=["a", "ü", "東"]),
        "unlabeled": [key] * 2,
    }


@input
def image(split, index) -> "float32[3, 4, 1]":
    return ((OFFSETS[split] + index + np.arange(12)) / 512).reshape(3, 4, 1)


@input
def tokens(index):
    return np.array([index, 7])


@input(name="bytes")
def shade(index):
    return np.array([255 - index], dtype=np.uint8)


@input
def flag(index):
    return index % 2 == 0


@truth
def digit(split, index) -> Classes["zero one two"]:
    if split == "training" and index == 17:
        raise ValueError("the label is missing")
    return index % 3


@truth
def size(index):
    return index / 4


@metadata
def label(index):
    return None if index == 5 else index % 3


@metadata
def even(split, index):
    return None if split == "unlabeled" else index % 2 == 0


@metadata
def stats(row, index):
    return {"ink": index / 2, "source": None if index % 7 == 0 else f"höhe {row}", "nothing": None}


@visual
def note(id):
    return Text(f"sample {id}")


@visual(name="tokens")
def pieces(id):
    return Text(["the", id])


@visual
def curve(index):
    return Series({"loss": [3, 2.5, index], "more": [float("nan")]})


@visual
def facts(index):
    return Table(["what", "value"], [["index", index], ["known", True], ["ratio", 0.25], ["none", None]])


@metric
def certainty(prediction):
    return prediction.max()


@loss
def doubled(prediction):
    return float(prediction[0]) * 2
