"""The perception recipe in numpy: each unit standardised, each layer balanced by its first eigenvalue,
principal components to 99 % of the variance."""

import numpy as np


def recipe(X, widths):
    """Of responses X [n, units] in layers of these widths:
    the eigenvalues, how many components are kept, and the vectors [n, kept]."""
    n, parts, at = len(X), [], 0
    for w in widths:
        a = X[:, at : at + w].astype(np.float64)
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
    return values, keep, Z @ vectors[:, :keep]
