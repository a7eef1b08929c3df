import numpy as np
import noema
x, y = (np.load("digits.npz")[name] for name in "xy")
data = noema.Dataset(training=(x, y))
w, v = np.random.default_rng(0).normal(size=(784, 64)) / 28, np.zeros((64, 10))
with noema.run("first", data, epochs=1) as run:
    for epoch in run.epochs():
        for ids, a, b in data.batches("training", 100):
            h = np.maximum(a @ w, 0)
            run.log(ids, logits=h @ v, activation={"hidden": h})
            v += 0.001 * h.T @ (np.eye(10)[b] - h @ v)
    print(len(run.map().to_numpy()))
