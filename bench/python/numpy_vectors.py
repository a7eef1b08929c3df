"""Perception vectors of 100,000 samples from their responses by numpy and scikit-learn:
standardised units, layers balanced, PCA to 64 dimensions."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from data import layers
from turns import side


def prepare(data, args):
    widths, made = [units for _, units in layers(data)], {}
    responses = np.fromfile(f"{data}/responses.f32", np.float32).reshape(-1, sum(widths))

    def make(rows):
        blocks, at = [], 0
        for width in widths:
            block = rows[:, at : at + width]
            block = StandardScaler().fit_transform(block[:, block.std(0) > 1e-8])
            blocks.append(block / np.sqrt(np.linalg.eigvalsh(np.cov(block.T))[-1]))
            at += width
        made["pca"] = PCA(64, random_state=42)
        made["vectors"] = made["pca"].fit_transform(np.concatenate(blocks, 1))

    make(responses[:4_000])

    def save(folder):
        np.ascontiguousarray(made["vectors"], np.float32).tofile(f"{folder}/vectors.f32")
        return {"variance kept": float(made["pca"].explained_variance_ratio_.sum())}

    return lambda: make(responses), save


side(prepare, ["numpy", "scikit-learn"])
