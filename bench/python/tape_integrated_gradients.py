"""Integrated gradients of the label for each of 50 digits, 32 steps from black,
by GradientTape in one batch of 1,600. Argument: `eager` as people write it, or `compiled`."""

import keras
import numpy as np
import tensorflow as tf

from data import images, labels
from network import trained
from turns import side

SAMPLES, STEPS = 50, 32


def prepare(data, args):
    model, x, y, made = trained(data), images(data)[:SAMPLES], labels(data)[:SAMPLES], {}
    head = keras.Model(model.inputs, model.get_layer("digit").output)
    parts = ((np.arange(STEPS) + 0.5) / STEPS).astype(np.float32)[None, :, None, None, None]

    def gradients(rows, classes):
        with tf.GradientTape() as tape:
            tape.watch(rows)
            score = tf.gather(head(rows, training=False), classes, axis=1, batch_dims=1)
        return tape.gradient(score, rows)

    if args[0] == "compiled":
        gradients = tf.function(gradients)

    def work():
        path = (x[:, None] * parts).reshape(-1, 28, 28, 1)
        found = gradients(tf.constant(path), tf.constant(np.repeat(y, STEPS).astype(np.int32))).numpy()
        made["maps"] = found.reshape(SAMPLES, STEPS, 28, 28).mean(1) * x[..., 0]

    work()

    def save(folder):
        np.ascontiguousarray(made["maps"], np.float32).tofile(f"{folder}/maps.f32")

    return work, save


side(prepare, ["keras", "tensorflow-cpu", "numpy"])
