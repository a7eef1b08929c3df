"""The walk as a person scripts it in a notebook: Keras, numpy, faiss, umap-learn, scikit-learn.

Usage: python walk.py DIGITS EPOCHS, where DIGITS holds images.f32 [10000, 28, 28, 1] and labels.u8 [10000], training rows first (8,000).
Prints one JSON object: seconds per step and the figures that Noema prints too.
"""
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import faiss
import keras
import numpy as np
import umap
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.preprocessing import StandardScaler

folder, epochs = sys.argv[1], int(sys.argv[2])
keras.utils.set_random_seed(42)
x = np.fromfile(f"{folder}/images.f32", np.float32).reshape(-1, 28, 28, 1)
y = np.fromfile(f"{folder}/labels.u8", np.uint8)
train = 8000
seconds: dict[str, float] = {}


def timed(step, work):
    start = time.perf_counter()
    result = work()
    seconds[step] = seconds.get(step, 0.0) + time.perf_counter() - start
    return result


model = keras.Sequential([
    keras.layers.Input((28, 28, 1)),
    keras.layers.Conv2D(32, 3, activation="relu", name="conv1"),
    keras.layers.MaxPooling2D(),
    keras.layers.Conv2D(64, 3, activation="relu", name="conv2"),
    keras.layers.MaxPooling2D(),
    keras.layers.Flatten(),
    keras.layers.Dropout(0.4),
    keras.layers.Dense(128, activation="relu", name="dense1"),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(10, name="logits"),
])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
taps = keras.Model(model.inputs, [model.get_layer(n).output for n in ("conv1", "conv2", "dense1", "logits")])


def vectors():
    blocks = []
    for a in taps.predict(x, batch_size=256, verbose=0):
        r = a.mean((1, 2)) if a.ndim == 4 else a
        r = StandardScaler().fit_transform(r)
        blocks.append(r / np.sqrt(np.linalg.eigvalsh(np.cov(r.T))[-1]))
    return PCA(64, random_state=42).fit_transform(np.concatenate(blocks, 1)).astype(np.float32)


def neighbours(v, k):
    index = faiss.IndexFlatL2(v.shape[1])
    index.add(v)
    return index.search(v, k + 1)[1][:, 1:]


def agreement(points):
    return float((y[neighbours(np.ascontiguousarray(points, np.float32), 10)] == y[:, None]).mean())


maps = []
for epoch in range(epochs):
    timed("train", lambda: model.fit(x[:train], y[:train], batch_size=64, epochs=1, verbose=0))
    v = timed("vectors", vectors)
    m = timed("map", lambda: umap.UMAP(random_state=42).fit_transform(v))
    t = timed("trust", lambda: trustworthiness(v, m, n_neighbors=15))
    maps.append({"epoch": epoch + 1, "trustworthiness": float(t), "label_agreement_map": agreement(m), "label_agreement_vectors": agreement(v)})

probabilities = timed("evaluate", lambda: keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(x, batch_size=256, verbose=0))))
loss = -np.log(np.clip(probabilities[np.arange(len(y)), y], 1e-7, 1))
wrong = probabilities.argmax(1) != y
worst = int(np.argmax(np.where(wrong, loss, -1)))


def grad_cam():
    import tensorflow as tf
    head = keras.Model(model.inputs, [model.get_layer("conv2").output, model.outputs[0]])
    out = []
    for c in range(10):
        with tf.GradientTape() as tape:
            a, s = head(x[worst:worst + 1])
            score = s[:, c]
        g = tape.gradient(score, a)
        out.append(tf.nn.relu((a * tf.reduce_mean(g, (1, 2), keepdims=True))).numpy().sum(-1))
    return out


timed("analyze", grad_cam)
v = timed("vectors", vectors)
six = int(np.flatnonzero((y == 6) & ~wrong)[0])
near = timed("similar", lambda: neighbours(v, 24)[six])
print(json.dumps({
    "seconds": {k: round(s, 2) for k, s in seconds.items()} | {"total": round(sum(seconds.values()), 2)},
    "validation_accuracy": float(1 - wrong[train:].mean()), "maps": maps,
    "loss_ratio_misread": float(loss[wrong].mean() / loss[~wrong].mean()), "similar_same_label": int((y[near] == 6).sum()),
}))
