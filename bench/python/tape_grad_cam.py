"""Grad-CAM of ten classes for each of 200 digits by GradientTape, all samples in one batch;
in the size of the picture. Argument: `eager` as people write it, or `compiled`."""

import keras
import numpy as np
import tensorflow as tf

from data import images
from network import trained
from turns import side

SAMPLES, CLASSES = 200, 10


def prepare(data, args):
    model, x, made = trained(data), images(data)[:SAMPLES], {}
    head = keras.Model(model.inputs, [model.get_layer("conv2").output, model.get_layer("digit").output])

    def maps(rows):
        with tf.GradientTape(persistent=True) as tape:
            activation, scores = head(rows, training=False)
            by_class = tf.unstack(scores, CLASSES, axis=1)
        found = []
        for score in by_class:
            weights = tf.reduce_mean(tape.gradient(score, activation), (1, 2), keepdims=True)
            found.append(tf.nn.relu(tf.reduce_sum(activation * weights, 3)))
        return tf.stack(found, 1)

    if args[0] == "compiled":
        maps = tf.function(maps)

    def work():
        small = maps(tf.constant(x))
        rows = tf.reshape(small, (-1, *small.shape[2:], 1))
        made["maps"] = tf.image.resize(rows, (28, 28)).numpy().reshape(len(x), CLASSES, 28, 28)

    work()

    def save(folder):
        np.ascontiguousarray(made["maps"], np.float32).tofile(f"{folder}/maps.f32")

    return work, save


side(prepare, ["keras", "tensorflow-cpu"])
