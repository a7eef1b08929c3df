"""The graph of the 15 nearest neighbours by pynndescent, as it comes. Argument: rows."""

from pynndescent import NNDescent

from data import vectors
from neighbor_graph import save_graph
from turns import side

K = 15
THREADS = 2


def prepare(data, args):
    x, made = vectors(data, int(args[0])), {}
    NNDescent(x[:5_000], n_neighbors=K + 1, n_jobs=THREADS)

    def work():
        made["rows"] = NNDescent(x, n_neighbors=K + 1, n_jobs=THREADS).neighbor_graph[0]

    def save(folder):
        save_graph(made["rows"], K, folder)

    return work, save


side(prepare, ["pynndescent", "numba", "numpy"])
