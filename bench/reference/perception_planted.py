"""Writes libs/perception/test/fixtures/planted.json: the perception recipe in numpy on planted cases, for planted.spec.ts. Run from the repository root."""
import json
import numpy as np

rng = np.random.default_rng(19)
n, widths = 40, [4, 3, 3]


def vectors_of(X):
    parts, at = [], 0
    for w in widths:
        a = X[:, at:at + w].astype(np.float64)
        at += w
        s = a.std(0)
        lives = s > np.maximum(1e-8, 1e-6 * np.abs(a.mean(0)))
        if not lives.any():
            continue
        z = (a[:, lives] - a[:, lives].mean(0)) / s[lives]
        parts.append(z / np.sqrt(np.linalg.eigvalsh(z.T @ z / n)[-1]))
    Z = np.concatenate(parts, 1)
    values, vectors = np.linalg.eigh(Z.T @ Z / n)
    values, vectors = values[::-1], vectors[:, ::-1]
    for c in range(vectors.shape[1]):
        if vectors[np.abs(vectors[:, c]).argmax(), c] < 0:
            vectors[:, c] *= -1
    keep = int(np.searchsorted(np.cumsum(values) / values.sum(), 0.99) + 1)
    return (Z @ vectors[:, :keep]).reshape(-1).tolist(), keep


plain = rng.normal(size=(n, sum(widths))).astype(np.float32)
cases = {}
for name, plant in {
    "dead unit": lambda X: X.__setitem__((slice(None), 5), 0.0),
    "constant layer": lambda X: X.__setitem__((slice(None), slice(4, 7)), 0.75),
    "twins": lambda X: X.__setitem__(11, X[3]),
    "outlier": lambda X: X.__setitem__((8, 2), 1e6),
    "outlying sample": lambda X: X.__setitem__(8, X[8] * 1e6),
}.items():
    X = plain.copy()
    plant(X)
    vectors, keep = vectors_of(X)
    cases[name] = {"responses": X.reshape(-1).tolist(), "vectors": vectors, "keep": keep}
json.dump({"widths": widths, "cases": cases}, open("libs/perception/test/fixtures/planted.json", "w"))
