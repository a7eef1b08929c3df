from __future__ import annotations

import os
import sys

import numpy as np
import pytest
from conftest import RESUMED, abandon, kinds_of, make_data

import noema
from noema._records import OUTPUT, RESPONSE_MAX, RESPONSE_MEAN

os.environ.setdefault(
    "KERAS_BACKEND", next((b for b in ("jax", "tensorflow", "torch") if b in sys.modules), "jax")
)
keras = pytest.importorskip("keras")

import noema.keras  # noqa: E402


def make_model():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.layers.Input((6, 6, 1)),
            keras.layers.Conv2D(4, 3),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.Dropout(0.5),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="tanh"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def test_every_epoch_of_a_fit_is_an_epoch_at_one_state_of_the_weights(platform):
    data, model = make_data(), make_model()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = {name: data.read(name, np.arange(len(split)))[0] for name, split in data.splits.items()}
    y = data.labels.values
    model.fit(
        x["training"], y["training"], epochs=2, verbose=0, callbacks=[noema.keras.Watch(data, "digits")]
    )
    assert [end.epoch for end in platform.ends()] == [1, 2]
    names = {m.name for m in platform.ends()[0].epoch_end.metrics}
    assert {"running_loss", "running_accuracy"} <= names
    for split in data.splits:
        conv = keras.ops.relu(model.layers[1](model.layers[0](x[split]), training=False))
        flat = keras.ops.reshape(conv, (len(x[split]), -1))
        hidden = model.layers[5](flat)
        logits = keras.ops.matmul(hidden, model.layers[6].kernel) + model.layers[6].bias
        expected = {
            (RESPONSE_MEAN, model.layers[0].name): keras.ops.mean(conv, axis=(1, 2)),
            (RESPONSE_MAX, model.layers[0].name): keras.ops.max(conv, axis=(1, 2)),
            (RESPONSE_MEAN, model.layers[5].name): hidden,
            (RESPONSE_MEAN, model.layers[6].name): logits,
            (OUTPUT, ""): keras.ops.softmax(logits),
        }
        for (content, layer), values in expected.items():
            rows = platform.rows(2, content, layer=layer)
            found = np.stack([rows[(split, str(i))][-1] for i in range(len(x[split]))])
            np.testing.assert_allclose(found, keras.ops.convert_to_numpy(values), rtol=2e-3, atol=2e-3)
    request = platform.runs[platform.only_run()]
    assert [(x.kind, x.unit_count, list(x.position_dims)) for x in request.layers] == [
        ("Conv2D", 4, [4, 4]),
        ("Dense", 8, []),
        ("Dense", 3, []),
    ]
    assert request.parameter_count == model.count_params()
    assert request.epochs == 2


def test_an_own_loop_with_a_watched_keras_model(platform):
    data, model = make_data(), make_model()
    with noema.run("own", data, watch=model, output="probabilities") as run:
        for _ in run.epochs(1):
            for ids, x, _ in data.batches("training", 16):
                run.log(ids, probabilities=model(x, training=True))
    assert len(platform.rows(1, RESPONSE_MEAN, layer=model.layers[0].name)) == 50
    assert "took" in run.health


def test_layers_named_as_operations_of_keras_are(tmp_path):
    image = keras.Input((6, 6, 1))
    x = keras.layers.Conv2D(4, 3, padding="same", name="conv")(image)
    x = keras.layers.Add(name="add")([x, keras.layers.Conv2D(4, 3, padding="same", name="matmul")(x)])
    made = keras.Model(image, keras.layers.Dense(3, "softmax", name="place")(keras.layers.Flatten()(x)))
    made.save(tmp_path / "made.keras")
    keras.backend.clear_session()
    model = keras.saving.load_model(tmp_path / "made.keras")
    found = noema.keras.find_activations(model)
    assert [name for name, *_ in found] == ["conv", "matmul", "place"]
    batch = np.random.default_rng(0).normal(size=(5, 6, 6, 1)).astype("float32")
    probe = keras.Model(model.inputs, [found[-1][2], *model.outputs])
    before, after = (keras.ops.convert_to_numpy(one) for one in probe(batch))
    shares = np.exp(before - before.max(1, keepdims=True))
    np.testing.assert_allclose(shares / shares.sum(1, keepdims=True), after, rtol=1e-5)


def test_a_fit_goes_back_to_its_initial_epoch(platform):
    data, model = make_data(), make_model()
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = data.read("training", np.arange(40))

    def fit(epochs, initial_epoch=0):
        watch = noema.keras.Watch(data, "back", graph=False)
        if epochs < 3:
            # As if the process were killed before the end of the fit.
            watch.on_train_end = lambda logs=None: abandon(watch._run)
        model.fit(x, y, epochs=epochs, initial_epoch=initial_epoch, verbose=0, callbacks=[watch])

    fit(2)
    fit(3, initial_epoch=1)
    assert kinds_of(platform) == RESUMED
