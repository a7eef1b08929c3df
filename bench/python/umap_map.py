"""UMAP by umap-learn. Arguments: rows, epochs, `seeded` or `parallel`."""

import umap

from maps import map_side


def lay(points, args):
    epochs, how = int(args[1]), args[2]
    return umap.UMAP(
        n_epochs=epochs, **({"random_state": 42} if how == "seeded" else {"n_jobs": -1})
    ).fit_transform(points)


# Above 4,096 points it searches neighbours as it does for many.
map_side(lay, 5_000, ["umap-learn", "pynndescent", "numba", "numpy", "scikit-learn"])
