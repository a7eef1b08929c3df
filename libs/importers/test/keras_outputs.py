"""Opens `.keras` files and predicts with them: `keras_outputs.py folder`, with `cases.json` in it."""

import json
import sys
from pathlib import Path

import keras
import numpy as np

folder = Path(sys.argv[1])
results = []
for case in json.loads((folder / "cases.json").read_text()):
    try:
        model = keras.saving.load_model(folder / case["file"])
        feeds = [np.array(one["data"], np.float32).reshape(one["dims"]) for one in case["inputs"]]
        outputs = model(feeds if len(feeds) > 1 else feeds[0], training=False)
        listed = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        results.append({"outputs": [np.asarray(one).ravel().tolist() for one in listed]})
    except Exception as error:
        results.append({"error": f"{type(error).__name__}: {str(error)[:1500]}"})
(folder / "results.json").write_text(json.dumps({"version": keras.__version__, "results": results}))
