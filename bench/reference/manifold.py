"""Writes libs/manifold/test/fixtures/manifold.json: scikit-learn's and umap-learn's own numbers,
for the specs. Run from the repository root."""

import json
import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

rng = np.random.default_rng(3)
n, d = 240, 8
centres = rng.normal(size=(6, d)) * 3
labels = np.arange(n) % 6
X = (centres[labels] + rng.normal(size=(n, d))).astype(np.float32)
X[7] = X[1]  # duplicates
X[13] = X[1]
# Ties have no order of their own, so trust is compared without them.
distinct = np.delete(np.arange(n), [7, 13])
pca = PCA(3, svd_solver="full").fit(X)
Y = PCA(2).fit_transform(X).astype(np.float32)
N = 10
dist, idx = NearestNeighbors(n_neighbors=N).fit(X).kneighbors(X)
for i in range(n):  # the point itself first, as umap-learn stores it
    j = np.where(idx[i] == i)[0]
    if len(j):
        idx[i] = np.r_[i, np.delete(idx[i], j[0])]
graph = fuzzy_simplicial_set(
    X,
    N,
    np.random.RandomState(1),
    "euclidean",
    knn_indices=idx.astype(np.int32),
    knn_dists=dist.astype(np.float32),
)[0].tocoo()
keep = graph.row < 40
json.dump(
    {
        "n": n,
        "d": d,
        "points": X.reshape(-1).tolist(),
        "labels": labels.tolist(),
        "map": Y.reshape(-1).tolist(),
        "distinct": distinct.tolist(),
        "trust": {
            str(k): [trustworthiness(A, B, n_neighbors=k), trustworthiness(B, A, n_neighbors=k)]
            for A, B in [(np.float64(X[distinct]), np.float64(Y[distinct]))]
            for k in (1, 5, 15, 60)
        },
        "knn": {
            "k": N - 1,
            "indices": idx[:, 1:].reshape(-1).tolist(),
            "distances": dist[:, 1:].reshape(-1).tolist(),
        },
        "fuzzy": [
            [int(r), int(c), float(v)] for r, c, v in zip(graph.row[keep], graph.col[keep], graph.data[keep])
        ],
        "fuzzySum": float(graph.data.sum()),
        "edges": int(graph.nnz),
        "curve": [
            [s, m, *map(float, find_ab_params(s, m))]
            for s, m in ((1.0, 0.1), (1.0, 0.0), (1.0, 0.5), (2.0, 0.25))
        ],
        "pcaRatio": pca.explained_variance_ratio_.tolist(),
    },
    open("libs/manifold/test/fixtures/manifold.json", "w"),
)
