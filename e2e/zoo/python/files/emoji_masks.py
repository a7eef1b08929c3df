"""Masks of emoji on 480 pictures, as runs in the form of COCO. Per-pixel classes."""

from .emoji_pictures import LICENCE, SOURCE
from .emoji_pictures import write as write_pictures

TASK, LOSS, METRICS, READER, TRUTH = (
    "per-pixel",
    "categorical_crossentropy",
    ["pixel_accuracy"],
    "coco-masks",
    None,
)


def write(folder):
    return write_pictures(folder, segmented=True)
