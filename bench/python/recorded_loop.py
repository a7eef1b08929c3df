"""A training loop of the walk's network in Keras, as people write it. Arguments: `bare`, or how the platform is
reached: then the loop is recorded with the default watch. One turn is the steps of one epoch; of a recorded loop
also those of an epoch without `log`, before or after it by turns. The first epoch, before the turns, is recorded
whole; those of the turns have no activations, which no step takes by default."""

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
SENT_S = 60


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

    run = None
    turns = 0
    times = {}

    def steps(log):
        """Milliseconds of each step of an epoch."""
        taken = []
        started = time.perf_counter()
        for ids, inputs, truth in source.batches("training", BATCH, shuffle=True, seed=1):
            probabilities, losses = train(inputs, truth)
            if log is not None:
                log(ids, probabilities=probabilities, loss=losses)
            now = time.perf_counter()
            taken.append(1000 * (now - started))
            started = now
        return taken

    def end_epoch():
        """Ends the epoch and waits until it is written, and sent where a platform is."""
        started = time.perf_counter()
        run.end_epoch()
        taken, recorder = time.perf_counter() - started, run._recorder
        while recorder.written_epochs < run.epoch or (args[0] != "away" and not recorder.spool.is_drained):
            if time.perf_counter() - started > SENT_S:
                raise TimeoutError(f"epoch {run.epoch} was not sent within {SENT_S} s: {run.health}")
            time.sleep(0.01)
        return taken

    steps(None)  # everything is compiled once
    taken = 0.0
    if args[0] != "bare":
        run = noema.run("bench", source, watch=model, output="probabilities", progress=False, every=10**9)
        run.start_epoch()
        steps(run.log)
        taken = end_epoch()
        if args[0] != "away":
            run.map()

    def log_epoch():
        run.start_epoch()
        times[""] = steps(run.log)
        end_epoch()

    def skip_log():
        times["" if run is None else " without log"] = steps(None)

    def work():
        nonlocal turns
        turns += 1
        parts = [skip_log] if run is None else [log_epoch, skip_log]
        for part in parts if turns % 2 else parts[::-1]:
            part()

    def save(folder):
        figures = {} if run is None else {"end of the first epoch s": taken}
        for name, steps_ms in times.items():
            figures[f"step ms{name}"] = float(np.median(steps_ms))
            figures[f"slowest percentile ms{name}"] = float(np.percentile(steps_ms, 99))
        return figures

    return work, save


side(prepare, ["keras", "tensorflow-cpu", "numpy", "grpcio"])
