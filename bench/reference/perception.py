"""Writes libs/perception/test/fixtures/basis.json: the perception recipe in numpy, for perception.spec.ts. Run from the repository root."""
import json
import numpy as np

rng = np.random.default_rng(7)
n, widths = 60, [5, 4, 3]
latent = rng.normal(size=(n, 3))
blocks = [latent @ rng.normal(size=(3, w)) * 10.0 ** i + rng.normal(size=(n, w)) for i, w in enumerate(widths)]
X = np.concatenate(blocks, 1)
X[:, 6] = 0.25  # a unit that never changes
X = X.astype(np.float32)


def standardise(a):
    a = a.astype(np.float64)
    s = a.std(0)
    return (a[:, s > 1e-8] - a[:, s > 1e-8].mean(0)) / s[s > 1e-8]


parts, at = [], 0
for w in widths:
    z = standardise(X[:, at:at + w])
    parts.append(z / np.sqrt(np.linalg.eigvalsh(z.T @ z / n)[-1]))
    at += w
Z = np.concatenate(parts, 1)
values, vectors = np.linalg.eigh(Z.T @ Z / n)
values, vectors = values[::-1], vectors[:, ::-1]
for c in range(vectors.shape[1]):
    if vectors[np.abs(vectors[:, c]).argmax(), c] < 0:
        vectors[:, c] *= -1
keep = int(np.searchsorted(np.cumsum(values) / values.sum(), 0.99) + 1)
json.dump({"widths": widths, "responses": X.reshape(-1).tolist(), "values": values.tolist(), "keep": keep,
           "vectors": (Z @ vectors[:, :keep]).reshape(-1).tolist()}, open("libs/perception/test/fixtures/basis.json", "w"))
