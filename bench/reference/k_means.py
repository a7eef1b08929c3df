"""Writes libs/manifold/test/fixtures/k-means.json: the least inertia that scikit-learn's k-means finds over
seeds 0 to 19, of ten starts each, on scikit-learn's tables and digits and on emoji. The points are whole
numbers, so that both sides have the same: principal components, scaled to a byte.

Needs scikit-learn and Pillow, and npm's emoji-datasource-twitter unpacked. From the repository root:
python bench/reference/k_means.py FOLDER/img/twitter/64
"""

import base64
import json
import sys
from pathlib import Path
import numpy as np
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.decomposition import PCA

ROWS, DIMS, SEEDS, STARTS = 600, 12, 20, 10


def emoji(folder):
    """Pictures on white, averaged to 8 by 8."""

    def picture(path):
        image = Image.open(path).convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return np.asarray(
            Image.alpha_composite(white, image).convert("RGB").resize((8, 8), Image.Resampling.BOX), float
        ).ravel()

    return np.stack([picture(path) for path in sorted(Path(folder).glob("*.png"))])


def standardised(data):
    return (data - data.mean(0)) / data.std(0)


def bytes_of(data):
    """[rows, dims] of whole numbers from -127 to 127."""
    data = data[:: -(-len(data) // ROWS)]
    parts = PCA(min(DIMS, data.shape[1]), svd_solver="full").fit_transform(data)
    return np.int8(np.round(parts * (127 / np.abs(parts).max())))


cases = [
    ("digits", load_digits().data, [10]),
    ("emoji", emoji(sys.argv[1]), [9]),
    ("breast cancer", standardised(load_breast_cancer().data), [2]),
    ("wine", standardised(load_wine().data), [3]),
    ("iris", load_iris().data, [3]),
    ("diabetes", standardised(load_diabetes().data), [10]),
]
out = []
for name, data, counts in cases:
    points = bytes_of(data)
    least = {
        k: min(
            KMeans(k, n_init=STARTS, random_state=seed).fit(points.astype(float)).inertia_
            for seed in range(SEEDS)
        )
        for k in counts
    }
    out.append(
        {
            "name": name,
            "d": points.shape[1],
            "points": base64.b64encode(points.tobytes()).decode(),
            "inertia": [[k, round(value, 3)] for k, value in least.items()],
        }
    )
Path("libs/manifold/test/fixtures/k-means.json").write_text(json.dumps(out))
