"""Calls that the writer thread builds together give what each of them gives alone."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from conftest import make_data

import noema
from noema._batch import BatchReader
from noema._epoch import Epoch
from noema._recorder import group_calls
from noema._records import LOSS, OUTPUT, RESPONSE_MEAN, merge
from noema._staged import build


def stage(reader, epoch, ids, split="training", **things):
    return reader.read(epoch, ids, split, None, things, [])


def calls(data, epoch, task=None, **make):
    reader = BatchReader(data, task)
    return [
        stage(reader, epoch, list(range(start, start + 8)), **{k: f(start) for k, f in make.items()})
        for start in (0, 8, 24)
    ]


NUMBERS = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
FORMS = {
    "logits": {"logits": lambda at: NUMBERS[at : at + 8]},
    "probabilities and loss": {
        "probabilities": lambda at: np.abs(NUMBERS[at : at + 8]),
        "loss": lambda at: NUMBERS[at : at + 8, 0],
    },
    "target and activation": {
        "logits": lambda at: NUMBERS[at : at + 8],
        "target": lambda at: np.arange(8) % 3,
        "activation": lambda at: {"hidden": NUMBERS[at : at + 8, :2]},
    },
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", [40, 20])
def test_calls_of_one_form_give_the_same_together_as_alone(form, rows):
    data = make_data(training_rows=rows)
    together, alone = Epoch(1), Epoch(1)
    joined = build([item.build for item in calls(data, together, **FORMS[form])], False)
    single = [part for item in calls(data, alone, **FORMS[form]) for part in item.build(False)]
    (found,), expected = joined, merge(single)
    assert found.ids == expected.ids
    assert found.columns.keys() == expected.columns.keys()
    for key, values in expected.columns.items():
        np.testing.assert_array_equal(found.columns[key], values)
    assert together.metrics() == pytest.approx(alone.metrics(), rel=1e-6)
    assert {OUTPUT, LOSS} <= {content for content, _ in found.columns}


def test_only_neighbours_of_one_form_are_together():
    data, epoch = make_data(), Epoch(1)
    reader = BatchReader(data, None)
    logits = {"logits": NUMBERS[:4]}
    items = [
        stage(reader, epoch, [0, 1, 2, 3], **logits),
        stage(reader, epoch, [4, 5, 6, 7], **logits),
        stage(reader, epoch, [0, 1, 2, 3], "validation", **logits),
        stage(reader, epoch, [8, 9, 10, 11], **logits),
        stage(reader, Epoch(2), [8, 9, 10, 11], **logits),
        stage(reader, epoch, [12, 13, 14, 15], loss=NUMBERS[:4, 0], **logits),
    ]
    assert [len(group) for group in group_calls(items)] == [2, 1, 1, 1, 1]


def test_a_call_that_cannot_be_built_does_not_take_its_neighbours_along(platform):
    data = make_data()
    with noema.run("broken", data, progress=False) as run:
        run.start_epoch()
        for start in range(0, 40, 8):
            # Shapes are checked at once, numbers are not.
            values = NUMBERS[start : start + 8].astype(object)
            if start == 16:
                values[0, 0] = "no number"
            run.log(list(range(start, start + 8)), split="training", probabilities=values)
    assert "no number" in run.health
    found = {int(key) for _, key in platform.rows(1, OUTPUT)}
    assert found == set(range(40)) - set(range(16, 24))


def test_a_changed_batch_of_ids_is_found_by_its_ids(platform):
    data = make_data()
    other = make_data()
    with noema.run("ids", data, progress=False) as run:
        run.start_epoch()
        for ids, _, _ in data.batches("training", 20):
            ids.reverse()
            embedding = np.asarray(ids, dtype=np.float32)[:, None]
            run.log(ids, embedding=embedding)
        for ids, _, _ in other.batches("validation", 10, shuffle=True, seed=2):
            run.log(ids, embedding=np.asarray(ids, dtype=np.float32)[:, None])
    rows = platform.rows(1, RESPONSE_MEAN, layer="embedding")
    assert len(rows) == 50
    assert all(float(values[0][0]) == int(key) for (_, key), values in rows.items())


def test_ids_are_pickled_without_the_samples():
    (ids, _, _), *_ = make_data().batches("training", 20)
    copied = pickle.loads(pickle.dumps(ids))
    assert (list(copied), copied.split) == (list(ids), "training")
    assert len(pickle.dumps(ids)) < 500


def test_small_calls_are_one_record(platform):
    data = make_data(training=400)
    with noema.run("small", data, progress=False) as run:
        run.start_epoch()
        for ids, _, _ in data.batches("training", 4):
            run.log(ids, logits=np.zeros((len(ids), 3), np.float32))
    records = [one for one in platform.all_records() if one.HasField("samples")]
    assert sum(len(one.samples.sample_ids) for one in records) == 400
    # One, or a few where the machine was busy: without collecting there are 100.
    assert len(records) < 10
