"""The walk as a person scripts it in a notebook: Keras, numpy, faiss, umap-learn, scikit-learn.
Argument: epochs, each followed by a map of all digits."""

import faiss
import keras
import numpy as np
import tensorflow as tf
import umap
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.preprocessing import StandardScaler

from data import TRAINING_ROWS, images, labels
from network import LEARNED, network
from turns import side


def vectors(taps, x):
    blocks = []
    for a in taps.predict(x, batch_size=256, verbose=0):
        r = StandardScaler().fit_transform(a.mean((1, 2)) if a.ndim == 4 else a)
        blocks.append(r / np.sqrt(np.linalg.eigvalsh(np.cov(r.T))[-1]))
    return PCA(64, random_state=42).fit_transform(np.concatenate(blocks, 1)).astype(np.float32)


def neighbours(v, k):
    index = faiss.IndexFlatL2(v.shape[1])
    index.add(v)
    return index.search(v, k + 1)[1][:, 1:]


def grad_cam(model, sample):
    head = keras.Model(model.inputs, [model.get_layer("conv2").output, model.get_layer("digit").output])
    maps = []
    for c in range(10):
        with tf.GradientTape() as tape:
            activation, scores = head(sample)
            score = scores[:, c]
        gradient = tape.gradient(score, activation)
        maps.append(
            tf.nn.relu((activation * tf.reduce_mean(gradient, (1, 2), keepdims=True))).numpy().sum(-1)
        )
    return maps


def walk(x, y, epochs):
    keras.utils.set_random_seed(7)
    model = network()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    taps = keras.Model(model.inputs, [model.get_layer(name).output for name in LEARNED])
    train = min(TRAINING_ROWS, len(x))
    for _ in range(epochs):
        model.fit(x[:train], y[:train], batch_size=64, epochs=1, verbose=0)
        v = vectors(taps, x)
        m = umap.UMAP(random_state=42).fit_transform(v)
        trust = trustworthiness(v, m, n_neighbors=15)
        agreement = float((y[neighbours(np.ascontiguousarray(m, np.float32), 10)] == y[:, None]).mean())
    probabilities = model.predict(x, batch_size=256, verbose=0)
    loss = -np.log(np.clip(probabilities[np.arange(len(y)), y], 1e-7, 1))
    wrong = probabilities.argmax(1) != y
    worst = int(np.argmax(np.where(wrong, loss, -1)))
    grad_cam(model, x[worst : worst + 1])
    neighbours(v, 24)[int(np.flatnonzero((y == 6) & ~wrong)[0])]
    return {
        "validation accuracy": float(1 - wrong[train:].mean()) if train < len(x) else 0.0,
        "maps": epochs,
        "trustworthiness": float(trust),
        "label agreement": agreement,
    }


def prepare(data, args):
    x, y, made = images(data), labels(data)[:10_000], {}
    walk(x[:4_500], y[:4_500], 1)  # everything is compiled once

    def work():
        made.update(walk(x, y, int(args[0])))

    return work, lambda folder: made


side(prepare, ["keras", "tensorflow-cpu", "umap-learn", "scikit-learn", "faiss-cpu", "numpy"])
