"""t-SNE by openTSNE, interpolated by FFT, seeded, on all cores. Argument: rows."""
import os

import numpy as np
from openTSNE import TSNE

from data import vectors
from turns import side


def prepare(data, args):
    x, made = vectors(data, int(args[0])), {}

    def lay(points):
        return TSNE(negative_gradient_method="fft", random_state=42, n_jobs=int(os.environ["OMP_NUM_THREADS"])).fit(points)

    lay(x[:2_000])

    def work():
        made["map"] = lay(x)

    def save(folder):
        np.ascontiguousarray(made["map"], np.float32).tofile(f"{folder}/map.f32")

    return work, save


side(prepare, ["opentsne", "numpy", "scikit-learn"])
