"""UMAP by umap-learn. Arguments: rows, epochs, `seeded` or `parallel`."""
import numpy as np
import umap

from data import vectors
from turns import side


def prepare(data, args):
    rows, epochs, how = int(args[0]), int(args[1]), args[2]
    x, made = vectors(data, rows), {}

    def lay(points):
        return umap.UMAP(n_epochs=epochs, **({"random_state": 42} if how == "seeded" else {"n_jobs": -1})).fit_transform(points)

    lay(x[:5_000])  # above 4,096 points it searches neighbours as it does for many

    def work():
        made["map"] = lay(x)

    def save(folder):
        np.ascontiguousarray(made["map"], np.float32).tofile(f"{folder}/map.f32")

    return work, save


side(prepare, ["umap-learn", "pynndescent", "numba", "numpy", "scikit-learn"])
