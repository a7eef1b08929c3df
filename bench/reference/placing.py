"""Writes libs/manifold/test/fixtures/placing.json: where openTSNE's own transform (all pairs, θ = 0),
scikit-learn's PCA and the least Σ D/(10 + D) of the ten nearest (scipy, from their median) put 40 new points
among 200 stored ones, in a flat map and in one in space. Points and flat map are those of manifold.json. Run
from the repository root."""

import json
import numpy as np
from openTSNE import TSNE
from openTSNE.affinity import PerplexityBasedNN
from openTSNE.tsne import TSNEEmbedding
from scipy.optimize import minimize
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

given = json.load(open("libs/manifold/test/fixtures/manifold.json"))
X = np.float64(given["points"]).reshape(given["n"], given["d"])
old, new = X[:200], X[200:]
flat = np.float64(given["map"]).reshape(given["n"], 2)[:200]
space = np.float64(np.float32(PCA(3).fit_transform(old)))


def by_tsne(reference):
    affinities = PerplexityBasedNN(old, perplexity=30, method="exact", n_jobs=1)
    embedding = TSNEEmbedding(reference.copy(), affinities, negative_gradient_method="bh", theta=0, n_jobs=1)
    shift = (reference.max(axis=0) + reference.min(axis=0)) / 2
    return np.asarray(embedding.transform(new)) + shift


def by_pairs(reference, k=10):
    _, indices = NearestNeighbors(n_neighbors=k).fit(old).kneighbors(new)

    def place(near):
        def loss(y):
            distances = 1 + ((y - near) ** 2).sum(axis=1)
            return (distances / (10 + distances)).sum(), (20 / (10 + distances) ** 2) @ (y - near)

        return minimize(loss, np.median(near, axis=0), jac=True, method="BFGS", options={"gtol": 1e-9}).x

    return np.array([place(reference[row]) for row in indices])


out = {
    "space": space.reshape(-1).tolist(),
    "pca": PCA(2).fit(old).transform(new).reshape(-1).tolist(),
    "pcaStored": PCA(2).fit_transform(old).reshape(-1).tolist(),
}
for name, reference in (("flat", flat), ("space", space)):
    out[f"tsne-{name}"] = by_tsne(reference).reshape(-1).tolist()
    out[f"pacmap-{name}"] = by_pairs(reference).reshape(-1).tolist()
json.dump(out, open("libs/manifold/test/fixtures/placing.json", "w"))
