"""Label quality scores of cleanlab for a folder of settings.

label_scores.py FOLDER: each <name>.json has {"n", "classes"}; <name>.probabilities (float32) and <name>.labels (int32)
are rows of it. Writes <name>.self_confidence and <name>.normalized_margin (float32), low for wrong labels.
"""

import json
import pathlib
import sys

import numpy as np
from cleanlab.rank import get_label_quality_scores

folder = pathlib.Path(sys.argv[1])
for path in sorted(folder.glob("*.json")):
    setting = json.loads(path.read_text())
    shape = (setting["n"], setting["classes"])
    probabilities = np.fromfile(path.with_suffix(".probabilities"), np.float32).reshape(shape).astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    labels = np.fromfile(path.with_suffix(".labels"), np.int32)
    for method in ("self_confidence", "normalized_margin"):
        scores = get_label_quality_scores(labels, probabilities, method=method)
        scores.astype(np.float32).tofile(path.with_suffix(f".{method}"))
