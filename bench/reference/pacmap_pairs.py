"""Writes libs/manifold/test/fixtures/pacmap.json: the pacmap package's own near pairs, gradients,
weights and map quality. Run from the repository root."""

import json
import warnings
import numpy as np
import pacmap
from pacmap import pacmap as own
from sklearn.manifold import trustworthiness

warnings.filterwarnings("ignore")
points = json.load(open("libs/manifold/test/fixtures/manifold.json"))
n, d = points["n"], points["d"]
X = np.array(points["points"], np.float32).reshape(n, d)
rng = np.random.default_rng(5)

# Near pairs from exact neighbours in the order in which ours are: by distance, ties by index. Distances in
# float64 as float32.
K = 40
square = ((X[:, None, :].astype(np.float64) - X[None, :, :]) ** 2).sum(-1)
np.fill_diagonal(square, np.inf)
nbrs = np.argsort(square, axis=1, kind="stable")[:, :K].astype(np.int32)
dist = np.sqrt(np.take_along_axis(square, nbrs, 1)).astype(np.float32)
sig = np.maximum(np.mean(dist[:, 3:6], axis=1), 1e-10).astype(np.float32)
scaled = own.scale_dist(dist, sig, nbrs)
near = own.sample_neighbors_pair(X, scaled, nbrs, 10)[:, 1].reshape(n, 10)

m, gradients = 30, {}
for dims in (2, 3):
    Y = (rng.normal(size=(m, dims)) * 4).astype(np.float32)
    pairs = []
    for count in (4, 2, 6):
        pair = np.stack([np.repeat(np.arange(m), count), rng.integers(1, m, m * count)], 1)
        pairs.append(pair.astype(np.int32))
    for p in pairs:
        p[:, 1] = (p[:, 0] + p[:, 1]) % m
    weights = own.find_weight(1000.0, 40, num_iters=(100, 100, 250))
    mid_first = [np.float32(weights[i]) for i in (1, 0, 2)]
    grad = own.pacmap_grad(Y, *pairs, *mid_first)[:-1]
    gradients[dims] = {
        "map": Y.reshape(-1).tolist(),
        "near": pairs[0][:, 1].tolist(),
        "mid": pairs[1][:, 1].tolist(),
        "far": pairs[2][:, 1].tolist(),
        "gradient": grad.reshape(-1).tolist(),
    }

embedding = pacmap.PaCMAP(n_components=2, random_state=7).fit_transform(X.copy())
json.dump(
    {
        "k": K,
        "near": near.reshape(-1).tolist(),
        "gradients": gradients,
        "weights": [
            [t, *map(float, own.find_weight(1000.0, t, num_iters=(100, 100, 250)))]
            for t in (0, 1, 40, 99, 100, 199, 200, 449)
        ],
        # As PaCMAP.decide_num_pairs.
        "nearCounts": [
            [m, int(round(10 + 15 * (np.log10(m) - 4)))] for m in (10_000, 20_000, 70_000, 1_000_000)
        ],
        "trustworthiness": float(trustworthiness(X, embedding, n_neighbors=15)),
    },
    open("libs/manifold/test/fixtures/pacmap.json", "w"),
)
