"""Boxes of emoji on 480 pictures, in the form of COCO. Detection."""

from .emoji_pictures import LICENCE, SOURCE
from .emoji_pictures import write as write_pictures

TASK, LOSS, READER, TRUTH = "detection", "yolo", "coco-boxes", None
METRICS = ["mean_average_precision", "mean_average_precision_50"]


def write(folder):
    return write_pictures(folder, segmented=False)
