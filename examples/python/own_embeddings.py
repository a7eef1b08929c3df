"""No model at all: predictions and embeddings that you have already. `python own_embeddings.py`"""

import noema
import numpy as np
from digits import split_digits

(x, y), (x_held, y_held) = split_digits()

# Stands for the embedding of your own system: the 32 principal components of the pixels.
mean = x.reshape(len(x), -1).mean(axis=0)
_, _, components = np.linalg.svd(x[:2000].reshape(2000, -1) - mean, full_matrices=False)
embeddings = (x_held.reshape(len(x_held), -1) - mean) @ components[:32].T / 255
centers = np.stack(
    [((x[y == c].reshape(-1, 784) - mean) @ components[:32].T / 255).mean(axis=0) for c in range(10)]
)
distances = ((embeddings[:, None] - centers) ** 2).sum(axis=2)

data = noema.Dataset(validation={"image": x_held, "y": y_held})
noema.upload("nearest center", data, logits=-distances, embeddings=embeddings)
