"""Steps that are kept by the training thread and read together."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import logits_of, make_data

import noema
import noema._recorder


def record(platform, calls, data=None):
    """Records one epoch of calls `(ids, things)`; returns rows by id and the metrics of the epoch."""
    with noema.run("steps", data or make_data(), progress=False) as run:
        run.start_epoch()
        for ids, things in calls:
            run.log(ids, **things)
        run.end_epoch()
        health = run.health
    records = [record for stored in platform.records.values() for record in stored]
    found = {}
    for stored in records:
        for at, sample in enumerate(stored.samples.sample_ids):
            output = stored.samples.columns[0]
            numbers = np.frombuffer(output.data, "<f4").reshape(len(stored.samples.sample_ids), -1)
            found.setdefault((stored.samples.split, sample), []).append(numbers[at].tolist())
    metrics = {m.name: m.value for r in records for m in r.epoch_end.metrics}
    return found, metrics, health


def calls_of(split, batch=4, rows=40):
    start = 40 if split == "validation" else 0
    for at in range(start, start + rows, batch):
        ids = list(range(at, at + batch))
        yield ids, {"logits": logits_of(split, ids, 1), "split": split}


@pytest.fixture
def unique():
    """Ids that no two splits share."""
    numbers = np.random.default_rng(1)
    x, y = numbers.random((50, 6), dtype=np.float32), numbers.integers(0, 3, 50)
    return noema.Dataset(
        training={"x": x[:40], "y": y[:40], "id": np.arange(40)},
        validation={"x": x[40:], "y": y[40:], "id": np.arange(40, 50)},
        classes=["a", "b", "c"],
    )


def test_a_few_calls_of_the_steps_are_read_by_the_training_thread(platform, monkeypatch):
    import threading

    from noema._batch import BatchReader

    threads, read = [], BatchReader.read_rows
    monkeypatch.setattr(
        BatchReader,
        "read_rows",
        lambda *args: (threads.append((threading.current_thread().name, len(args[3]))), read(*args))[1],
    )
    found, _, _ = record(platform, calls_of("training"))
    assert len(found) == 40
    # The first call alone, the nine others at once.
    assert [rows for _, rows in threads] == [4, 36]


def test_arrays_may_be_overwritten_after_the_call(platform):
    buffer = np.zeros((4, 3), np.float32)
    ids = [0, 0, 0, 0]

    def calls():
        for at in range(0, 40, 4):
            ids[:] = range(at, at + 4)
            buffer[:] = logits_of("training", ids, 1)
            yield ids, {"logits": buffer, "split": "training"}

    found, _, _ = record(platform, calls())
    for row in range(40):
        expected = logits_of("training", [row], 1)[0]
        (numbers,) = found[(1, str(row))]
        powers = np.exp(expected - expected.max())
        np.testing.assert_allclose(numbers, powers / powers.sum(), rtol=1e-5)


def test_steps_of_two_splits_are_kept_apart(platform, unique):
    """Without split= the ids say it, for each call."""
    calls = [
        (list(range(at, at + 2)), {"logits": logits_of("training", range(2), at)}) for at in range(0, 50, 2)
    ]
    order = [calls[i] for i in np.random.default_rng(3).permutation(len(calls))]
    found, _, health = record(platform, order, unique)
    assert health == "well"
    assert {key for key in found if key[0] == 1} == {(1, str(row)) for row in range(40)}
    assert {key for key in found if key[0] == 2} == {(2, str(row)) for row in range(40, 50)}


def test_numbers_of_steps_are_averaged(platform):
    calls = [
        (ids, {**things, "loss": float(at), "speed": np.float32(2 * at)})
        for at, (ids, things) in enumerate(calls_of("training"))
    ]
    _, metrics, _ = record(platform, calls)
    assert metrics["running_loss"] == pytest.approx(4.5)
    assert metrics["speed"] == pytest.approx(9.0)


@pytest.mark.parametrize("wrong", ["unknown id", "too few outputs", "other width"])
def test_a_wrong_step_is_left_out_alone(platform, wrong):
    calls = list(calls_of("training"))
    ids, things = calls[5]
    if wrong == "unknown id":
        calls[5] = ([*ids[:-1], 777], things)
    elif wrong == "too few outputs":
        # Together with its neighbor it would have the right number of rows.
        calls[5] = (ids, {**things, "logits": things["logits"][:3]})
        calls[6] = (calls[6][0][:3], calls[6][1])
    else:
        calls[5] = (ids, {**things, "logits": np.zeros((4, 2), np.float32)})
    found, _, health = record(platform, calls)
    assert "a batch was left out" in health
    # Where it was called, though it was read later.
    assert wrong != "unknown id" or __file__ in health
    left_out = {
        (1, str(row)) for at in ((5, 6) if wrong == "too few outputs" else (5,)) for row in calls_of_ids(at)
    }
    assert left_out.isdisjoint(found) and len(found) == 40 - len(left_out)


def calls_of_ids(at):
    return range(4 * at, 4 * at + 4)


def test_more_steps_than_may_wait_are_read_at_once(platform, monkeypatch):
    """With a writer that never wakes, memory stays bounded and nothing is lost."""
    from noema._steps import StepLog

    monkeypatch.setattr(noema._recorder, "COLLECT_ROWS", 8)
    monkeypatch.setattr(noema._recorder, "COLLECT_S", 1000.0)
    waiting, add = [], StepLog.add
    monkeypatch.setattr(
        StepLog, "add", lambda self, *args: (add(self, *args), waiting.append(len(self._steps)))[0]
    )
    found, _, _ = record(platform, calls_of("training", batch=1))
    assert len(found) == 40 and max(waiting) <= 64


def test_the_lock_of_the_steps_is_kept_by_no_call(platform):
    """Calls of many forms in turn: each is read in its order, none twice."""
    calls = []
    for at, (ids, things) in enumerate(calls_of("training")):
        more = {} if at % 3 else {"speed": float(at)}
        calls.append((ids, {**things, **more}))
    found, metrics, health = record(platform, calls)
    assert health == "well" and len(found) == 40
    assert all(len(numbers) == 1 for numbers in found.values())
    assert metrics["speed"] == pytest.approx(4.5)
