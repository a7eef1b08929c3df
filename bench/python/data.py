"""The data of the table, as bench/src/table/data writes them."""

import json

import numpy as np

TRAINING_ROWS = 8_000


def vectors(data, rows):
    """Perception vectors [rows, 64]."""
    return np.fromfile(f"{data}/vectors-{rows}.f32", np.float32).reshape(int(rows), -1)


def images(data):
    """[10000, 28, 28, 1], training rows first."""
    return np.fromfile(f"{data}/images.f32", np.float32).reshape(-1, 28, 28, 1)


def labels(data):
    """[100000]."""
    return np.fromfile(f"{data}/labels.u8", np.uint8)


def layers(data):
    """Name and number of units of every learned layer, in the order of the responses."""
    return [(layer["name"], layer["units"]) for layer in json.load(open(f"{data}/network.json"))["layers"]]
