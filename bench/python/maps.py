"""The side of a row that lays vectors out as a map."""

import numpy as np

from data import vectors
from turns import side


def map_side(lay, warm_rows, packages):
    """`lay(points, args)` gives the map of points [n, d];
    the first `warm_rows` of them are laid out once to warm up. The first argument is the number of rows."""

    def prepare(data, args):
        x, made = vectors(data, int(args[0])), {}
        lay(x[:warm_rows], args)

        def work():
            made["map"] = lay(x, args)

        def save(folder):
            np.ascontiguousarray(made["map"], np.float32).tofile(f"{folder}/map.f32")

        return work, save

    side(prepare, packages)
