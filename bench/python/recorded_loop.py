"""A training loop of the walk's network in Keras, as people write it. Arguments: `bare`, or how the platform is
reached: then the loop is recorded with the default watch. One turn is the steps of one epoch."""

import sys
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sdks" / "python" / "src"))
import noema  # noqa: E402
import noema.keras  # noqa: E402

from data import TRAINING_ROWS, images, labels  # noqa: E402
from network import network  # noqa: E402
from turns import side  # noqa: E402

ROWS = 10_000
BATCH = 32


def prepare(data, args):
    keras.utils.set_random_seed(7)
    x, y = images(data)[:ROWS], labels(data)[:ROWS].astype(np.int64)
    held = slice(TRAINING_ROWS, ROWS)
    source = noema.Dataset(training=(x[:TRAINING_ROWS], y[:TRAINING_ROWS]), validation=(x[held], y[held]))
    model, optimizer = network(), keras.optimizers.Adam()
    objective = keras.losses.SparseCategoricalCrossentropy(reduction=None)

    @tf.function
    def train(inputs, truth):
        with tf.GradientTape() as tape:
            probabilities = model(inputs, training=True)
            losses = objective(truth, probabilities)
            mean = tf.reduce_mean(losses)
        optimizer.apply_gradients(zip(tape.gradient(mean, model.trainable_variables), model.trainable_variables))
        return probabilities, losses

    run, times = None, []

    def steps(log):
        times.clear()
        started = time.perf_counter()
        for ids, inputs, truth in source.batches("training", BATCH, shuffle=True, seed=1):
            probabilities, losses = train(inputs, truth)
            if log is not None:
                log(ids, probabilities=probabilities, loss=losses)
            now = time.perf_counter()
            times.append(1000 * (now - started))
            started = now

    steps(None)  # everything is compiled once
    if args[0] != "bare":
        run = noema.run("bench", source, watch=model, output="probabilities", progress=False)

    def work():
        if run is not None:
            run.start_epoch()
        steps(None if run is None else run.log)

    def save(folder):
        figures = {
            "step ms": float(np.median(times)),
            "slowest percentile ms": float(np.percentile(times, 99)),
        }
        if run is not None:
            started = time.perf_counter()
            run.end_epoch()
            figures["end of the epoch s"] = time.perf_counter() - started
            if args[0] != "away":
                run.map()
        return figures

    return work, save


side(prepare, ["keras", "tensorflow-cpu", "numpy", "grpcio"])
