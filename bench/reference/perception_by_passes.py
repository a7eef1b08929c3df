"""Writes libs/perception/test/fixtures/by-passes.json:
eigenvalues and distances by numpy of responses that fit-by-passes.spec.ts draws in the same way.

Run from the repository root."""

import json
import numpy as np

from recipe import recipe

N, WIDTHS, RANK = 300, [90, 60, 40], 20


def drawn(count, seed):
    """Numbers in [-0.5, 0.5) by the generator x ← 1103515245 x + 12345 mod 2³¹."""
    x, numbers = seed, np.empty(count)
    for i in range(count):
        x = (1103515245 * x + 12345) % 2147483648
        numbers[i] = x / 2147483648 - 0.5
    return numbers


d = sum(WIDTHS)
latent = drawn(N * RANK, 1).reshape(N, RANK) * 0.8 ** np.arange(RANK)
X = (latent @ drawn(RANK * d, 2).reshape(RANK, d) + 0.02 * drawn(N * d, 3).reshape(N, d)).astype(np.float32)
X[:, 100] = 0.25  # a unit that never changes

values, keep, vectors = recipe(X, WIDTHS)
some = vectors[:30]
distances = np.sqrt(((some[:, None] - some[None]) ** 2).sum(-1))
json.dump(
    {
        "rows": N,
        "widths": WIDTHS,
        "rank": RANK,
        "values": values[:64].tolist(),
        "total": float(values.sum()),
        "keep": keep,
        "distances": distances.round(9).reshape(-1).tolist(),
    },
    open("libs/perception/test/fixtures/by-passes.json", "w"),
)
