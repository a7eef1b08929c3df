"""Files of Keras 3 and Keras 2 with an input and what Keras computes: fixtures of
libs/importers/test/keras.importer.spec.ts.

pip install keras==3.15.1 tensorflow-cpu==2.21.0 h5py==3.14.0; pip install --no-deps tf-keras==2.21.0
python bench/reference/keras_files.py libs/importers/test/fixtures
"""

import json
import sys
from pathlib import Path

import h5py
import keras
import numpy as np
import tf_keras

folder = Path(sys.argv[1])
rng = np.random.default_rng(3)


def network(K, adds_by_operator):
    """Layers within layers, frozen ones, two of a class, one shared."""
    L = K.layers
    x = K.Input((6, 4), name="series")
    y = L.Bidirectional(L.LSTM(3, return_sequences=True), name="both")(x)
    z = L.MultiHeadAttention(2, 3, name="attention")(y, y)
    y = y + z if adds_by_operator else L.Add()([y, z])
    y = L.LayerNormalization(name="norm")(y)
    inner = K.Sequential(
        [
            K.Input((6, 6)),
            L.TimeDistributed(L.Dense(5, activation="relu"), name="steps"),
            L.BatchNormalization(name="moments"),
            L.Dense(5, name="frozen", trainable=False),
            L.Dense(4, activation="tanh", name="second"),
        ],
        name="inner",
    )
    y = L.GRU(3, name="gru")(inner(y))
    shared = L.Dense(3, name="shared")
    y = L.Concatenate()([shared(y), shared(L.Dense(3, name="before")(y))])
    model = K.Model(x, L.Dense(2, activation="softmax", name="classes")(y))
    values = []
    for weight, old in zip(model.weights, model.get_weights()):
        if old.dtype.kind == "f":
            old = old + 0.3 * rng.random(old.shape)
        values.append(old)
    model.set_weights(values)
    return model


def normalised(K):
    L = K.layers
    data = rng.random((50, 3)).astype(np.float32) * [1, 10, 100]
    adapted = L.Normalization(name="adapted")
    adapted.adapt(data)
    given = L.Normalization(mean=0.5, variance=4.0, name="given")
    model = K.Sequential([K.Input((3,), name="columns"), adapted, given, L.Dense(2, name="out")])
    return model, data[:4]


def store(name, model, given, save):
    save(str(folder / name))
    made = np.asarray(model(given))
    tensor = lambda value: {"dims": value.shape, "data": value.astype(np.float64).ravel().tolist()}
    path = folder / f"{name.replace('.', '-')}.json"
    path.write_text(json.dumps({"inputs": {"x": tensor(given)}, "outputs": [tensor(made)]}) + "\n")


series = rng.random((3, 6, 4)).astype(np.float32)
third, second = network(keras, True), network(tf_keras, False)
store("net-3.keras", third, series, third.save)
store("net-3.h5", third, series, third.save)
store("net-2.h5", second, series, second.save)
store("net-2.keras", second, series, second.save)
moments, rows = normalised(tf_keras)
store("normalised-2.h5", moments, rows, moments.save)
moments, rows = normalised(keras)
store("normalised-3.keras", moments, rows, moments.save)


@keras.saving.register_keras_serializable(package="mine")
class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


x = keras.Input((4,))
y = keras.layers.Dense(2)(Doubled()(x))
keras.Model(x, y).save(folder / "custom.keras")
keras.Model(x, keras.layers.Lambda(lambda v: 2 * v, name="twice")(y)).save(folder / "lambda.keras")

# A few bytes that claim four terabytes.
with h5py.File(folder / "huge-array.h5", "w") as file:
    name = "layers/bidirectional/vars/0"
    file.create_dataset(name, shape=(2**20, 2**20), dtype="f4", chunks=(1024, 1024))
