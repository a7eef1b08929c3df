"""Nearest samples by comparing with all."""

import numpy as np


def distances(x, row):
    return np.sqrt(((x.astype(np.float64) - x[row].astype(np.float64)) ** 2).sum(1))


def wrong_entries(x, row, found):
    """How many entries of a list of similar rows are not those of brute force;
    equal distances may come in any order."""
    d = distances(x, row)
    order = [i for i in np.argsort(d, kind="stable") if i != row][: len(found)]
    return (
        sum(abs(d[a] - d[b]) > 1e-5 * max(1.0, d[b]) for a, b in zip(found, order))
        + (len(set(found)) != len(found))
        + (row in found)
    )


def label_agreement(x, labels, k=10):
    """Mean share of the k nearest samples with the same label."""
    x = x.reshape(len(x), -1).astype(np.float64)
    square = (x**2).sum(1)
    d = square[:, None] + square[None] - 2 * x @ x.T
    np.fill_diagonal(d, np.inf)
    near = np.argpartition(d, k, 1)[:, :k]
    return float((labels[near] == labels[:, None]).mean())
