"""Writes libs/perception/test/fixtures/basis.json: the perception recipe in numpy, for perception.spec.ts.
Run from the repository root."""

import json
import numpy as np

from recipe import recipe

rng = np.random.default_rng(7)
n, widths = 60, [5, 4, 3]
latent = rng.normal(size=(n, 3))
blocks = [latent @ rng.normal(size=(3, w)) * 10.0**i + rng.normal(size=(n, w)) for i, w in enumerate(widths)]
X = np.concatenate(blocks, 1)
X[:, 6] = 0.25  # a unit that never changes
X = X.astype(np.float32)

values, keep, vectors = recipe(X, widths)
json.dump(
    {
        "widths": widths,
        "responses": X.reshape(-1).tolist(),
        "values": values.tolist(),
        "keep": keep,
        "vectors": vectors.reshape(-1).tolist(),
    },
    open("libs/perception/test/fixtures/basis.json", "w"),
)
