"""Writes libs/manifold/test/fixtures/spectral.json: a fuzzy graph of umap-learn of 300 points along a bent
band, and the eigenvectors of its normalised Laplacian by scipy's dense solver.
Run from the repository root."""

import json
import numpy as np
from scipy.linalg import eigh
from scipy.sparse import csgraph
from sklearn.utils import check_random_state
from umap.umap_ import fuzzy_simplicial_set

random = np.random.default_rng(5)
along, across = random.uniform(0, 4, 300), random.uniform(0, 1.3, 300)
X = np.float32(np.c_[np.cos(along) * (3 + along), across, np.sin(along) * (3 + along)])
graph = fuzzy_simplicial_set(X, 15, check_random_state(42), "euclidean")[0].tocsr()
graph.sort_indices()
assert csgraph.connected_components(graph)[0] == 1
degrees = np.asarray(graph.sum(axis=0)).ravel()
laplacian = np.eye(300) - graph.toarray() / np.sqrt(np.outer(degrees, degrees))
values, vectors = eigh(laplacian.astype(np.float64))
json.dump(
    {
        "points": X.reshape(-1).tolist(),
        "indptr": graph.indptr.tolist(),
        "indices": graph.indices.tolist(),
        "weights": graph.data.tolist(),
        "values": values[:4].tolist(),
        "vectors": vectors[:, 1:4].T.tolist(),
    },
    open("libs/manifold/test/fixtures/spectral.json", "w"),
)
