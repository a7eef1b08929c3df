"""Measures what all sides of a row made by one measure. Usage: judge.py KIND DATA ARGUMENT FOLDER…;
prints one JSON object with the figures of each folder."""

import json
import sys

import numpy as np

K, LABEL_K, EXACT_ROWS, QUERIES = 15, 10, 20_000, 2_500


def squares(x, rows):
    """Squared distances of some rows to all, float64; infinite to themselves."""
    x = x.astype(np.float64)
    d = (x[rows] ** 2).sum(1)[:, None] + (x**2).sum(1)[None] - 2 * x[rows] @ x.T
    d[np.arange(len(rows)), rows] = np.inf
    return d


def nearest(d, k):
    part = np.argpartition(d, k, 1)[:, :k]
    return np.take_along_axis(part, np.take_along_axis(d, part, 1).argsort(1), 1)


def maps(data, rows, folders):
    """Trustworthiness and neighbour overlap at 15, label agreement at 10 in the map;
    of a seeded sample of the rows above 20,000."""
    n = int(rows)
    x = np.fromfile(f"{data}/vectors-{n}.f32", np.float32).reshape(n, -1)
    y = np.fromfile(f"{data}/labels.u8", np.uint8)[:n]
    queries = np.arange(n) if n <= EXACT_ROWS else np.random.default_rng(5).choice(n, QUERIES, replace=False)
    laid = {folder: np.fromfile(f"{folder}/map.f32", np.float32).reshape(n, -1) for folder in folders}
    sums = {folder: np.zeros(3) for folder in folders}
    for at in range(0, len(queries), 500):
        part = queries[at : at + 500]
        true = squares(x, part)
        near = nearest(true, K)
        for folder, points in laid.items():
            shown = nearest(squares(points, part), K)
            ranks = np.stack(
                [(true < np.take_along_axis(true, shown[:, j : j + 1], 1)).sum(1) + 1 for j in range(K)], 1
            )
            same = y[shown[:, :LABEL_K]] == y[part][:, None]
            sums[folder] += [
                np.maximum(0, ranks - K).sum(),
                (shown[:, :, None] == near[:, None]).any(2).sum(),
                same.sum(),
            ]
    q = len(queries)
    return {
        f: {
            "trustworthiness": 1 - 2 / (q * K * (2 * n - 3 * K - 1)) * s[0],
            "overlap": s[1] / (q * K),
            "label agreement": s[2] / (q * LABEL_K),
        }
        for f, s in sums.items()
    }


def neighbors(data, rows, folders):
    """Share of the true 15 nearest of a seeded sample, by distance,
    so that ties do not look like mistakes."""
    n = int(rows)
    x = np.fromfile(f"{data}/vectors-{n}.f32", np.float32).reshape(n, -1)
    queries = np.random.default_rng(5).choice(n, QUERIES, replace=False)
    hits = {folder: 0 for folder in folders}
    step = 500 if n <= 100_000 else 100  # so that distances take 800 MB
    for at in range(0, QUERIES, step):
        part = queries[at : at + step]
        true = squares(x, part)
        limit = np.partition(true, K - 1, 1)[:, K - 1] * (1 + 1e-6)
        for folder in folders:
            found = np.fromfile(f"{folder}/neighbors.i32", np.int32).reshape(n, K)[part]
            hits[folder] += int((np.take_along_axis(true, found, 1) <= limit[:, None]).sum())
    return {folder: {"recall": count / (QUERIES * K)} for folder, count in hits.items()}


def responses(data, _, folders):
    """Largest difference from the last of the folders: responses and predictions."""

    def read(folder):
        return [np.fromfile(f"{folder}/{name}.f32", np.float32) for name in ("mean", "max", "predictions")]

    reference = read(folders[-1])
    return {
        f: {"largest difference": float(max(np.abs(a - b).max() for a, b in zip(read(f), reference)))}
        for f in folders
    }


def perception(data, _, folders):
    """Largest difference of a coordinate from the last of the folders, signs of components made alike,
    as a share of the largest coordinate."""

    def read(folder):
        return np.fromfile(f"{folder}/vectors.f32", np.float32).reshape(100_000, -1)

    reference = read(folders[-1])
    figures = {}
    for f in folders:
        made = read(f)
        signs = np.sign((made * reference).sum(0))
        largest = np.abs(made * signs - reference).max() / np.abs(reference).max()
        figures[f] = {"largest difference": float(largest)}
    return figures


def heat_maps(data, _, folders):
    """Mean cosine with the maps of the last of the folders."""

    def read(folder):
        return np.fromfile(f"{folder}/maps.f32", np.float32).reshape(-1, 28 * 28)

    reference = read(folders[-1])
    figures = {}
    for f in folders:
        made = read(f)
        sizes = np.linalg.norm(made, axis=1) * np.linalg.norm(reference, axis=1)
        figures[f] = {"cosine": float(((made * reference).sum(1)[sizes > 0] / sizes[sizes > 0]).mean())}
    return figures


def completeness(data, _, folders):
    """Mean gap between the sum of the attributions and the difference of the scores, as a share of it;
    and the cosine."""
    from data import images, labels
    from network import trained
    import keras

    model = trained(data)
    head = keras.Model(model.inputs, model.get_layer("digit").output)
    figures = heat_maps(data, _, folders)
    for f in folders:
        made = np.fromfile(f"{f}/maps.f32", np.float32).reshape(-1, 28 * 28)
        x, y = images(data)[: len(made)], labels(data)[: len(made)]
        differences = np.asarray(head(x)) - np.asarray(head(x * 0))
        difference = np.take_along_axis(differences, y[:, None].astype(int), 1)[:, 0]
        figures[f]["completeness gap"] = float((np.abs(made.sum(1) - difference) / np.abs(difference)).mean())
    return figures


KINDS = {
    "maps": maps,
    "neighbors": neighbors,
    "responses": responses,
    "perception": perception,
    "heat-maps": heat_maps,
    "completeness": completeness,
}
kind, data_folder, argument, *made_by = sys.argv[1:]
print(json.dumps(KINDS[kind](data_folder, argument, made_by)))
