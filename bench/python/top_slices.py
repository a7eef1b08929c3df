"""The top slices of SliceLine for a folder of settings.

top_slices.py FOLDER: each <name>.json has {"n", "features", "most", "levels", "least"}; <name>.values (int32, [n,
features]) and <name>.errors (float64) are rows of it. Writes <name>.slices (JSON): processor seconds, and the scores.
"""

import json
import pathlib
import sys
import time

import numpy as np
from sliceline.slicefinder import Slicefinder

folder = pathlib.Path(sys.argv[1])
# Compiles what numba compiles, outside of the time.
Slicefinder(k=2, max_l=2, min_sup=2, verbose=False).fit(np.arange(40).reshape(20, 2) % 3, np.arange(20.0))
for path in sorted(folder.glob("*.json")):
    setting = json.loads(path.read_text())
    values = np.fromfile(path.with_suffix(".values"), np.int32).reshape(setting["n"], setting["features"])
    errors = np.fromfile(path.with_suffix(".errors"), np.float64)
    finder = Slicefinder(
        alpha=0.95, k=setting["most"], max_l=setting["levels"], min_sup=setting["least"], verbose=False
    )
    started = time.process_time()
    finder.fit(values, errors)
    seconds = time.process_time() - started
    scores = [float(numbers["slice_score"]) for numbers in finder.top_slices_statistics_]
    path.with_suffix(".slices").write_text(json.dumps({"seconds": seconds, "scores": scores}))
