"""The graph of the 15 nearest neighbours by pynndescent, as it comes. Argument: rows."""

import numpy as np
from pynndescent import NNDescent

from data import vectors
from turns import side

K = 15
THREADS = 2


def prepare(data, args):
    x, made = vectors(data, int(args[0])), {}
    NNDescent(x[:5_000], n_neighbors=K + 1, n_jobs=THREADS)

    def work():
        made["rows"] = NNDescent(x, n_neighbors=K + 1, n_jobs=THREADS).neighbor_graph[0]

    def save(folder):
        # A point is its own first neighbour, but for twins.
        found = made["rows"]
        itself = found == np.arange(len(x))[:, None]
        itself[~itself.any(1), -1] = True
        rows = found[~itself].reshape(len(x), K)
        np.ascontiguousarray(rows, np.int32).tofile(f"{folder}/neighbors.i32")

    return work, save


side(prepare, ["pynndescent", "numba", "numpy"])
