"""Writes libs/manifold/test/fixtures/transform.json: umap-learn's memberships and first places of 40 new
points among 200 stored ones, both from manifold.json. Run from the repository root."""

import json
import numpy as np
from sklearn.neighbors import NearestNeighbors
from umap.umap_ import compute_membership_strengths, init_graph_transform, smooth_knn_dist
from scipy.sparse import coo_matrix
from sklearn.preprocessing import normalize

given = json.load(open("libs/manifold/test/fixtures/manifold.json"))
X = np.float32(given["points"]).reshape(given["n"], given["d"])
Y = np.float32(given["map"]).reshape(given["n"], 2)[:200]
k = 15
distances, indices = NearestNeighbors(n_neighbors=k).fit(X[:200]).kneighbors(X[200:])
distances, indices = distances.astype(np.float32), indices.astype(np.int32)
sigmas, rhos = smooth_knn_dist(distances, float(k), local_connectivity=0.0)
rows, columns, values, _ = compute_membership_strengths(indices, distances, sigmas, rhos, bipartite=True)
graph = normalize(coo_matrix((values, (rows, columns)), shape=(40, 200)).tocsr(), norm="l1")
json.dump(
    {
        "k": k,
        "memberships": values.reshape(-1).tolist(),
        "places": init_graph_transform(graph, Y).reshape(-1).tolist(),
    },
    open("libs/manifold/test/fixtures/transform.json", "w"),
)
