"""Keras: one callback. `python keras_digits.py [epochs]`"""

import sys

import keras
import noema.keras
import numpy as np
from digits import split_digits

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
(x, y), (x_held, y_held) = split_digits()
x, x_held = (np.float32(part)[..., None] / 255 for part in (x, x_held))

model = keras.Sequential(
    [
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

data = noema.Dataset(training=(x, y), validation=(x_held, y_held))
model.fit(x, y, batch_size=64, epochs=epochs, verbose=0, callbacks=[noema.keras.Watch(data, "keras digits")])
