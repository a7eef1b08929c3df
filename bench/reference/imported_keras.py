"""A Keras 3 model as ONNX by its own exporter, with an input and what Keras computes:
fixture of libs/importers/test/onnx.importer.spec.ts.

pip install keras==3.15.1 tensorflow-cpu==2.21.0 tf2onnx==1.17.0
python bench/reference/imported_keras.py libs/importers/test/fixtures
"""

import json
import sys
from pathlib import Path
import keras
import numpy as np
from keras import layers as L

keras.utils.set_random_seed(5)
folder = Path(sys.argv[1])
x = keras.Input((8, 8, 2), name="picture")
y = L.Conv2D(4, 3, padding="same", name="first")(x)
y = L.BatchNormalization(name="norm")(y)
y = L.ReLU(name="relu")(y)
y = L.MaxPooling2D(name="pool")(y)
y = L.Conv2D(6, 3, activation="relu", name="second")(y)
y = L.Flatten(name="flat")(y)
y = L.Dense(5, activation="tanh", name="hidden")(y)
model = keras.Model(x, L.Dense(3, activation="softmax", name="classes")(y))
norm = model.get_layer("norm")
rng = np.random.default_rng(3)
norm.set_weights(
    [
        1 + 0.1 * rng.standard_normal(4),
        0.1 * rng.standard_normal(4),
        0.1 * rng.standard_normal(4),
        1 + rng.random(4),
    ]
)
given = rng.random((3, 8, 8, 2), dtype=np.float32)
made = np.asarray(model(given))
model.export(str(folder / "keras-cnn.onnx"), format="onnx", verbose=False)
tensor = lambda value: {"dims": value.shape, "data": value.astype(np.float64).ravel().tolist()}
(folder / "keras-cnn.json").write_text(
    json.dumps({"inputs": {"picture": tensor(given)}, "outputs": [tensor(made)]}) + "\n"
)
