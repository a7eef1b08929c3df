"""Published scores of outliers on made samples: the last four of 64, for bench/src/insights/ood/references.spec.ts.

Run: python bench/reference/outliers.py (numpy, scipy, scikit-learn)
"""

import numpy as np
from scipy.special import logsumexp, softmax
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

TRAINING = 60
row = np.arange(64)[:, None]
features = np.abs(np.sin((row + 1) * np.array([[1.0, 2.0, 3.0, 5.0]]))).astype(np.float32)
logits = (3 * np.cos((row + 2) * np.array([[1.0, 2.5, 4.0]]))).astype(np.float32)
labels = np.arange(TRAINING) % 3
probabilities = softmax(logits.astype(float), axis=1).astype(np.float32).astype(float)
features, logits = features.astype(float), logits.astype(float)
train = features[:TRAINING]


def show(name, values):
    print(f"{name}: [{', '.join(f'{value:.6f}' for value in values[-4:])}],")


show("MSP", 1 - probabilities.max(axis=1))
show("energy", -logsumexp(logits, axis=1))
show("GEN", ((probabilities * (1 - probabilities)) ** 0.1).sum(axis=1))
unit = features / np.linalg.norm(features, axis=1, keepdims=True)
show("kNN", NearestNeighbors(n_neighbors=2).fit(unit[:TRAINING]).kneighbors(unit)[0][:, -1])
means = np.stack([train[labels == c].mean(axis=0) for c in range(3)])
tied = EmpiricalCovariance(assume_centered=True).fit(train - means[labels])
precision = np.linalg.pinv(tied.covariance_, rcond=1e-10)
gaps = features[:, None] - means[None]
show("Mahalanobis", np.einsum("nci,ij,ncj->nc", gaps, precision, gaps).min(axis=1))
pca = PCA(n_components=2).fit(train)
residual = np.linalg.norm(features - pca.inverse_transform(pca.transform(features)), axis=1)
alpha = logits[:TRAINING].max(axis=1).mean() / residual[:TRAINING].mean()
show("ViM", alpha * residual - logsumexp(logits, axis=1))
z = (features - train.mean(axis=0)) / train.std(axis=0)
squashed = 1 / (1 + np.exp(-z))
covered = np.zeros(64)
for column in squashed.T:
    counts, edges = np.histogram(column[:TRAINING], bins=50, range=(0, 1))
    covered += np.minimum(1, counts[np.minimum(49, np.digitize(column, edges) - 1)] / (0.05 * TRAINING)) / 4
show("NAC", 1 - covered)
