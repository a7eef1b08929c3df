"""Writes libs/manifold/test/fixtures/trust.json: trust numbers by scikit-learn and scipy of 3,000 points,
which a linear congruential generator draws here and in the spec alike. Run from the repository root."""

import json
import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness

n, d = 3000, 16
state, drawn = 7, []
for _ in range(n * d):
    state = (1664525 * state + 1013904223) % 2**32
    drawn.append(state / 2**32)
X = np.float32(drawn).reshape(n, d)
X[:, :4] += np.float32(np.arange(n) % 6)[:, None]  # six groups
X, Y = np.float64(X), np.float64(X[:, :2])
few = slice(0, 300)
json.dump(
    {
        "n": n,
        "d": d,
        "trust": {
            str(k): [trustworthiness(X, Y, n_neighbors=k), trustworthiness(Y, X, n_neighbors=k)]
            for k in (5, 15)
        },
        "spearman": float(spearmanr(pdist(X[few]), pdist(Y[few])).statistic),
        "spearmanAll": float(spearmanr(pdist(X), pdist(Y)).statistic),
    },
    open("libs/manifold/test/fixtures/trust.json", "w"),
)
