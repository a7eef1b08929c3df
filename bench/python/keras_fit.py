"""One epoch of the walk's network after another by Keras' fit; the first one warms up."""

import keras

from data import TRAINING_ROWS, images, labels
from network import network
from turns import side


def prepare(data, args):
    keras.utils.set_random_seed(7)
    x, y = images(data), labels(data)
    model = network()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])

    def work():
        model.fit(x[:TRAINING_ROWS], y[:TRAINING_ROWS], batch_size=64, epochs=1, verbose=0)

    work()

    def save(folder):
        rows = slice(TRAINING_ROWS, len(x))
        return {
            "validation accuracy": float(
                (model.predict(x[rows], batch_size=256, verbose=0).argmax(1) == y[rows]).mean()
            )
        }

    return work, save


side(prepare, ["keras", "tensorflow-cpu"])
