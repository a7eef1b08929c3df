"""Series of the UCR/UEA archive as PyPI aeon carries them, read without importing aeon and its compiler."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np


def series(name):
    """All series [n, steps, channels] float32 of both files of a problem, their labels,
    and the names of the classes."""
    folder = Path(find_spec("aeon").submodule_search_locations[0]) / "datasets/data" / name
    rows, labels = [], []
    for part in ("TRAIN", "TEST"):
        body = (folder / f"{name}_{part}.ts").read_text().lower().split("@data")[1]
        for line in body.strip().splitlines():
            *channels, label = line.split(":")
            rows.append(np.array([[float(v) for v in c.split(",")] for c in channels]).T)
            labels.append(label.strip())
    names = sorted(set(labels))
    return np.stack(rows).astype(np.float32), np.array([names.index(v) for v in labels]), names
