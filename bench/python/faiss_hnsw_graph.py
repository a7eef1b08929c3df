"""The graph of the 15 nearest neighbours from an HNSW index of faiss, made and searched. Argument: rows."""

import faiss

from data import vectors
from neighbor_graph import save_graph
from turns import side

K = 15
LINKS, BUILD, SEARCH = 16, 40, 64


def prepare(data, args):
    x, made = vectors(data, int(args[0])), {}

    def graph(points):
        index = faiss.IndexHNSWFlat(points.shape[1], LINKS)
        index.hnsw.efConstruction = BUILD
        index.hnsw.efSearch = SEARCH
        index.add(points)
        return index.search(points, K + 1)[1]

    graph(x[:5_000])

    def work():
        made["rows"] = graph(x)

    def save(folder):
        save_graph(made["rows"], K, folder)

    return work, save


side(prepare, ["faiss-cpu", "numpy"])
