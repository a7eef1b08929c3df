"""Writes libs/manifold/test/fixtures/clusters.json: HDBSCAN and silhouettes by scikit-learn of points that a
linear congruential generator draws here and in the spec alike. Run from the repository root."""

import json
import numpy as np
from sklearn.cluster import HDBSCAN
from sklearn.metrics import silhouette_score


def drawn(n, d, groups):
    """Sums of three uniform numbers around the corner of the group;
    the last tenth of the points is spread over everything."""
    state, values = 11, []
    for i in range(n):
        for c in range(d):
            total = 0.0
            for _ in range(3):
                state = (1664525 * state + 1013904223) % 2**32
                total += state / 2**32
            corner = 2.0 * ((i % groups >> c % 3) & 1) + 0.5 * (i % groups == c)
            values.append(total * 4 - 3 if i >= n * 9 // 10 else total * (0.4 + 0.1 * (i % groups)) + corner)
    return np.float32(values).reshape(n, d)


def settled(X, size, samples):
    """Labels and probabilities; -2 and -1 where scikit-learn itself answers otherwise when the points come in
    another order, because many edges of mutual reachability weigh the same."""
    rng, first, labels, probabilities = np.random.default_rng(1), None, None, None
    for _ in range(12):
        order = np.arange(len(X)) if first is None else rng.permutation(len(X))
        fit = HDBSCAN(min_cluster_size=size, min_samples=samples, algorithm="brute", copy=True).fit(X[order])
        own, sure = np.empty(len(X), int), np.empty(len(X))
        own[order], sure[order] = fit.labels_, fit.probabilities_
        if first is None:
            first, labels, probabilities = own, own.copy(), sure.copy()
            continue
        same = np.full(own.max() + 2, -1)
        for cluster in range(own.max() + 1):
            same[cluster] = np.bincount(first[own == cluster] + 1).argmax() - 1
        labels[same[own] != first] = -2
        probabilities[np.abs(sure - probabilities) > 1e-9] = -1
    return labels, probabilities


sets = []
for n, d, groups in ((400, 2, 3), (900, 6, 5), (1500, 12, 8)):
    X = np.float64(drawn(n, d, groups))
    runs = []
    for size, samples in ((5, 5), (15, 15), (30, 5), (40, 25)):
        labels, probabilities = settled(X, size, samples)
        runs.append(
            {
                "minClusterSize": size,
                "minSamples": samples,
                "labels": labels.tolist(),
                "probabilities": np.round(probabilities, 6).tolist(),
            }
        )
        counts = [(labels == -1).sum(), (labels < -1).sum(), (probabilities < 0).sum()]
        print(n, d, groups, size, samples, labels.max() + 1, *counts)
    sets.append(
        {
            "n": n,
            "d": d,
            "groups": groups,
            "runs": runs,
            "silhouette": silhouette_score(X, np.arange(n) % groups),
        }
    )
json.dump(sets, open("libs/manifold/test/fixtures/clusters.json", "w"))
