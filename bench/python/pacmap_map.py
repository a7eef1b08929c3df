"""PaCMAP by its authors' package, not seeded, which is its faster way. Argument: rows."""

import pacmap

from maps import map_side


def lay(points, args):
    return pacmap.PaCMAP(n_components=2).fit_transform(points)


map_side(lay, 2_000, ["pacmap", "numba", "numpy", "faiss-cpu"])
