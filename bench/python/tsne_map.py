"""t-SNE by openTSNE, interpolated by FFT, seeded, on all cores. Argument: rows."""

import os

from openTSNE import TSNE

from maps import map_side


def lay(points, args):
    return TSNE(
        negative_gradient_method="fft", random_state=42, n_jobs=int(os.environ["OMP_NUM_THREADS"])
    ).fit(points)


map_side(lay, 2_000, ["opentsne", "numpy", "scikit-learn"])
