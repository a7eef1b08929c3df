"""The graph of neighbours that a peer found."""

import numpy as np


def save_graph(found, k, folder):
    """Writes the k neighbours of every point, of k + 1 that have it as the first one, but for twins."""
    itself = found == np.arange(len(found))[:, None]
    itself[~itself.any(1), -1] = True
    rows = found[~itself].reshape(len(found), k)
    np.ascontiguousarray(rows, np.int32).tofile(f"{folder}/neighbors.i32")
