"""Writes libs/perception/test/fixtures/planted.json:
the perception recipe in numpy on planted cases, for planted.spec.ts. Run from the repository root."""

import json
import numpy as np

from recipe import recipe

rng = np.random.default_rng(19)
n, widths = 40, [4, 3, 3]
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
    _, keep, vectors = recipe(X, widths)
    cases[name] = {"responses": X.reshape(-1).tolist(), "vectors": vectors.reshape(-1).tolist(), "keep": keep}
json.dump({"widths": widths, "cases": cases}, open("libs/perception/test/fixtures/planted.json", "w"))
