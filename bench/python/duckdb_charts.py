"""Refreshes of a dashboard of 12 charts over 1,000,000 rows by DuckDB, from a table in memory whose
bins are computed and whose texts are an ENUM; bench/src/table/sides/charts.side.ts is the same."""

import time

import duckdb
import numpy as np

from data import labels
from turns import side

REPEATS, CLASSES, FILTERS = 10, 10, 10
MEAN = "count(*), avg({0}), stddev_samp({0})"
# Groups, aggregates.
CHARTS = [
    ([], MEAN.format("correct")),
    ([], MEAN.format("loss")),
    (["truth"], MEAN.format("correct")),
    (["truth"], MEAN.format("loss")),
    (["predicted"], "count(*)"),
    (["predicted", "truth"], "count(*)"),
    (["split"], MEAN.format("correct")),
    (["first_bin"], MEAN.format("loss")),
    (["second_bin"], MEAN.format("correct")),
    (["loss_bin"], "count(*)"),
    (["truth", "split"], MEAN.format("correct")),
    (["truth", "split"], MEAN.format("loss")),
]


def bins(values, count):
    edges = np.unique(np.quantile(values, np.arange(1, count) / count))
    return np.searchsorted(edges, values, side="right").astype(np.int8)


def prepare(data, args):
    truth = labels(data).astype(np.int8)
    responses = np.fromfile(f"{data}/responses.f32", np.float32).reshape(len(truth), -1)
    logits = responses[:, -CLASSES:].astype(np.float64)
    largest = logits.max(1)
    own = logits[np.arange(len(truth)), truth]
    loss = (largest + np.log(np.exp(logits - largest[:, None]).sum(1)) - own).astype(np.float32)
    predicted = logits.argmax(1).astype(np.int8)
    first, second, third = (np.tile(responses[:, i], REPEATS) for i in range(3))
    truth, loss, predicted = (np.tile(values, REPEATS) for values in (truth, loss, predicted))
    columns = {
        "truth": truth,
        "predicted": predicted,
        "loss": loss,
        "correct": (truth == predicted).astype(np.int8),
        "split": np.array(["training", "validation", "test"])[np.arange(len(truth)) % 3],
        "first_bin": bins(first, 10),
        "second_bin": bins(second, 10),
        "loss_bin": bins(loss, 20),
        "third": third,
    }
    database = duckdb.connect(config={"threads": 2})
    database.execute("CREATE TYPE split AS ENUM ('training', 'validation', 'test')")
    database.execute("CREATE TABLE samples AS SELECT * REPLACE (split::split AS split) FROM columns")
    limits = np.sort(third)[[int(len(third) * (0.3 + 0.05 * i)) for i in range(FILTERS)]]
    state = {"turn": 0, "times": [], "found": []}

    def refresh(limit):
        state["found"] = []
        for groups, values in CHARTS:
            by = ", ".join(groups)
            state["found"].append(
                database.execute(
                    f"SELECT {by}{', ' if groups else ''}{values} FROM samples WHERE third < ? "
                    f"{'GROUP BY ' + by if groups else ''}",
                    [float(limit)],
                ).fetchall()
            )

    refresh(limits[-1] + 1)

    def work():
        state["turn"] += 1
        for limit in limits:
            start = time.perf_counter()
            refresh(limit + state["turn"] * 1e-6)
            state["times"].append(time.perf_counter() - start)

    def save(folder):
        found = [
            (row, len(groups), values)
            for (groups, values), rows in zip(CHARTS, state["found"])
            for row in rows
        ]
        return {
            "refresh ms": 1000 * float(np.median(state["times"])),
            "groups": len(found),
            "sum": float(sum(row[at] if values == "count(*)" else row[at + 1] for row, at, values in found)),
        }

    return work, save


side(prepare, ["duckdb", "numpy"])
