"""PaCMAP by its authors' package, not seeded, which is its faster way. Argument: rows."""
import numpy as np
import pacmap

from data import vectors
from turns import side


def prepare(data, args):
    x, made = vectors(data, int(args[0])), {}

    def lay(points):
        return pacmap.PaCMAP(n_components=2).fit_transform(points)

    lay(x[:2_000])

    def work():
        made["map"] = lay(x)

    def save(folder):
        np.ascontiguousarray(made["map"], np.float32).tofile(f"{folder}/map.f32")

    return work, save


side(prepare, ["pacmap", "numba", "numpy", "faiss-cpu"])
