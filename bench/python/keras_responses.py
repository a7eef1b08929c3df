"""Mean and maximum of every unit for 10,000 digits, and predictions, by Keras.
Argument: `numpy` as people write it, or `compiled` with the reductions in the model."""

import keras
import numpy as np

from data import images
from network import LEARNED, trained
from turns import side


def prepare(data, args):
    model, x, made = trained(data), images(data), {}
    taps = [model.get_layer(name).output for name in LEARNED]
    if args[0] == "compiled":
        means = keras.layers.Concatenate()(
            [keras.layers.GlobalAveragePooling2D()(t) if len(t.shape) == 4 else t for t in taps]
        )
        maxima = keras.layers.Concatenate()(
            [keras.layers.GlobalMaxPooling2D()(t) if len(t.shape) == 4 else t for t in taps]
        )
        asked = keras.Model(model.inputs, [means, maxima, model.outputs[0]])
    else:
        asked = keras.Model(model.inputs, [*taps, model.outputs[0]])

    def take(rows):
        if args[0] == "compiled":
            made["mean"], made["max"], made["predictions"] = asked.predict(rows, batch_size=256, verbose=0)
            return
        *maps, made["predictions"] = asked.predict(rows, batch_size=256, verbose=0)
        made["mean"] = np.concatenate([m.mean((1, 2)) if m.ndim == 4 else m for m in maps], 1)
        made["max"] = np.concatenate([m.max((1, 2)) if m.ndim == 4 else m for m in maps], 1)

    take(x[:1_024])

    def save(folder):
        for name in ("mean", "max", "predictions"):
            np.ascontiguousarray(made[name], np.float32).tofile(f"{folder}/{name}.f32")

    return lambda: take(x), save


side(prepare, ["keras", "tensorflow-cpu", "numpy"])
