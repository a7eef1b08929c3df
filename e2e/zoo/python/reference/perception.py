"""Perception vectors in numpy, by the formula that libs/perception/README.md publishes."""

import numpy as np


def vectors(responses, widths, most=64, kept=0.99):
    """Of responses [n, units] in layers of these widths:
    vectors [n, k] float64, up to the sign of each column."""
    blocks, at, n = [], 0, len(responses)
    for width in widths:
        block = responses[:, at : at + width].astype(np.float64)
        at += width
        deviation = block.std(0)
        alive = deviation > np.maximum(1e-8, 1e-6 * np.abs(block.mean(0)))
        if alive.any():
            z = (block[:, alive] - block[:, alive].mean(0)) / deviation[alive]
            blocks.append(z / np.sqrt(np.linalg.eigvalsh(z.T @ z / n)[-1]))
    if not blocks:
        return np.zeros((n, 1))
    z = np.concatenate(blocks, 1)
    values, basis = np.linalg.eigh(z.T @ z / n)
    values, basis = values[::-1], basis[:, ::-1]
    k = min(most, int(np.searchsorted(np.cumsum(values) / values.sum(), kept - 1e-12) + 1))
    return z @ basis[:, :k]


def up_to_sign(a, b):
    """Largest difference of two sets of vectors when each column may be turned around;
    infinite when their widths differ."""
    if a.shape != b.shape:
        return float("inf")
    return float(np.minimum(np.abs(a - b).max(0), np.abs(a + b).max(0)).max())
