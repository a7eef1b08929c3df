"""Writes libs/importers/test/fixtures/sklearn-*: small models of scikit-learn as its exporter writes them by
default (a ZipMap, classes by name), and the outputs of ONNX Runtime for samples that no model was fitted to.

Needs scikit-learn, skl2onnx and onnxruntime. From the repository root:
    python bench/reference/imported_sklearn.py
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FIXTURES = Path("libs/importers/test/fixtures")
ROWS = 10


def table(load, named=False):
    data = load()
    target = np.array(data.target_names)[data.target] if named else data.target
    return data.data.astype(np.float32), target


def tensor(values):
    values = np.asarray(values, np.float32)
    return {"dims": list(values.shape), "data": [float(value) for value in values.ravel()]}


def write(name, model, x, y):
    model.fit(x[::2], y[::2])
    file = to_onnx(model, x[:1])
    (FIXTURES / f"sklearn-{name}.onnx").write_bytes(file.SerializeToString())
    session = onnxruntime.InferenceSession(file.SerializeToString())
    others = x[1::2]
    rows = others[:: max(1, len(others) // ROWS)][:ROWS]
    found = session.run(None, {session.get_inputs()[0].name: rows})[-1]
    if isinstance(found, list):
        found = [list(row.values()) for row in found]
    expected = {"inputs": {session.get_inputs()[0].name: tensor(rows)}, "outputs": [tensor(found)]}
    (FIXTURES / f"sklearn-{name}.json").write_text(json.dumps(expected))


IRIS = table(load_iris, named=True)
CANCER = table(load_breast_cancer, named=True)
WINE = table(load_wine)
DIABETES = table(load_diabetes)
BOTH = (DIABETES[0], np.stack([DIABETES[1], DIABETES[1] ** 2 / 100], 1))

write("logistic", make_pipeline(StandardScaler(), LogisticRegression()), *IRIS)
write("mlp", make_pipeline(StandardScaler(), MLPClassifier((6,), max_iter=1000, random_state=0)), *CANCER)
write("forest", RandomForestClassifier(6, max_depth=3, random_state=0), *IRIS)
write("forest-two", RandomForestClassifier(5, max_depth=3, random_state=0), *CANCER)
write("extra", make_pipeline(StandardScaler(), ExtraTreesClassifier(4, max_depth=3, random_state=0)), *WINE)
write("boosted", GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0), *WINE)
write("boosted-two", GradientBoostingClassifier(n_estimators=6, max_depth=2, random_state=0), *CANCER)
write("boosted-value", GradientBoostingRegressor(n_estimators=6, max_depth=2, random_state=0), *DIABETES)
write("forest-values", RandomForestRegressor(4, max_depth=3, random_state=0), *BOTH)
