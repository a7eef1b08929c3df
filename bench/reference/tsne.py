"""Writes libs/manifold/test/fixtures/tsne.json: openTSNE's joint probabilities and the quality of its map.
Run from the repository root."""

import json
import numpy as np
from openTSNE import TSNE
from openTSNE.affinity import PerplexityBasedNN
from sklearn.manifold import trustworthiness

points = json.load(open("libs/manifold/test/fixtures/manifold.json"))
X = np.array(points["points"], np.float32).reshape(points["n"], points["d"])
P = PerplexityBasedNN(X, perplexity=10, method="exact", symmetrize=True, n_jobs=1).P.tocoo()
keep = P.row < 40
Y = np.asarray(TSNE(perplexity=30, negative_gradient_method="fft", neighbors="exact", random_state=7).fit(X))
json.dump(
    {
        "perplexity": 10,
        "edges": int(P.nnz),
        "joint": [[int(r), int(c), float(v)] for r, c, v in zip(P.row[keep], P.col[keep], P.data[keep])],
        "trustworthiness": float(trustworthiness(X, Y, n_neighbors=15)),
    },
    open("libs/manifold/test/fixtures/tsne.json", "w"),
)
