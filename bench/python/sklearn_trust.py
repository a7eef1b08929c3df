"""Trustworthiness of a map of 10,000 vectors by scikit-learn."""

import numpy as np
from sklearn.manifold import trustworthiness

from data import vectors
from turns import side

K = 15


def prepare(data, args):
    x, y, made = vectors(data, 10_000), np.fromfile(f"{data}/map.f32", np.float32).reshape(-1, 2), {}
    trustworthiness(x[:2_000], y[:2_000], n_neighbors=K)

    def work():
        made["value"] = trustworthiness(x, y, n_neighbors=K)

    return work, lambda folder: {"trustworthiness": float(made["value"])}


side(prepare, ["scikit-learn", "numpy"])
