"""10,000 handwritten digits as an integration, which the platform runs. The twin of examples/mnist in Python.

noema integration check examples/python/integration.py
noema datasets create examples/python/integration.py --name digits
"""

import numpy as np
from digits import SIDE, read_digits
from noema.integration import Classes, Image, Split, input, metadata, splits, truth, visual

Y, X = np.mgrid[:SIDE, :SIDE]


class Digits:
    """The digits of one split, with the mean picture of each class of the training split."""

    def __init__(self, pixels, labels, means):
        self.pixels = pixels
        self.labels = labels
        self.means = means

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.pixels[index], int(self.labels[index])


@splits(name="mnist")
def digits():
    pixels, labels = read_digits()
    # The place of each digit in the files, which are sorted by class.
    place = np.arange(len(labels)) * 7919 % len(labels)
    counts = np.bincount(labels)
    index = place - (np.cumsum(counts) - counts)[labels]
    held = place % 5 == 4
    means = [pixels[~held & (labels == label)].mean(axis=0) / 255 for label in range(10)]

    def part(rows):
        ids = [f"{label}-{at}" for label, at in zip(labels[rows], index[rows])]
        return Split(Digits(pixels[rows], labels[rows], means), ids)

    return {"training": part(~held), "validation": part(held)}


@input
def image(row) -> "float32[28, 28, 1]":
    pixels, _ = row
    return (pixels.astype(np.float32) / 255)[:, :, None]


@truth
def digit(row) -> Classes["0 1 2 3 4 5 6 7 8 9"]:
    _, label = row
    return label


@metadata
def label(row):
    return row[1]


@metadata
def distance_to_class_mean(row, data, image):
    _, label = row
    return float(np.linalg.norm(image[:, :, 0] - data.means[label]))


@metadata
def ink(image):
    """Share of the paper that is covered, from 0 to 1."""
    return float(image.mean())


@metadata
def slant(image):
    """How far the writing leans to the right, in degrees, from the second moments of the ink."""
    mass = image[:, :, 0] / image.sum()
    down = Y - (mass * Y).sum()
    across = X - (mass * X).sum()
    return float(np.degrees(np.arctan(-(mass * across * down).sum() / (mass * down**2).sum())))


@visual(name="image")
def picture(row):
    return Image(row[0])
