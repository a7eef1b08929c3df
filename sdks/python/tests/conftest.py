from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
# The package says so before it imports gRPC; the fake platform imports it earlier.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"

from fake_platform import FakePlatform

import noema


@pytest.fixture
def platform(tmp_path, monkeypatch):
    fake = FakePlatform()
    monkeypatch.setenv("NOEMA_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("NOEMA_URL", f"grpc://127.0.0.1:{fake.port}")
    monkeypatch.setenv("NOEMA_API_KEY", "key")
    monkeypatch.delenv("NOEMA_GRPC", raising=False)
    monkeypatch.chdir(tmp_path)
    yield fake
    fake.stop()


def make_data(training=40, validation=10, **more):
    numbers = np.random.default_rng(1)
    x = numbers.random((training + validation, 6, 6, 1), dtype=np.float32)
    y = numbers.integers(0, 3, training + validation)
    return noema.Dataset(
        training=(x[:training], y[:training]),
        validation=(x[training:], y[training:]),
        classes=["a", "b", "c"],
        **more,
    )


@pytest.fixture
def data():
    return make_data()


def logits_of(split, rows, epoch):
    """Numbers that only this split, row and epoch have."""
    base = {"training": 0.0, "validation": 0.5}[split]
    rows = np.asarray(rows, dtype=np.float32)
    return np.stack([rows * 0.01 + base, rows * 0 + epoch, rows * 0], axis=1).astype(np.float32)


def abandon(run):
    """Leaves a run as a killed process does: delivered so far, but not ended, with its files in the spool."""
    run._close_steps()
    run._recorder.close(20)
    atexit.unregister(run._at_exit)
    run._watch.close()
    run._ended = True


#: Records of a fit of three epochs that was killed after two and went on from the first.
RESUMED = [
    ("epoch_end", 1),
    ("epoch_end", 2),
    ("rewind", 2),
    ("epoch_end", 2),
    ("epoch_end", 3),
    ("run_end", 3),
]


def kinds_of(platform):
    """Returns the records of a run that are no samples."""
    return [
        (record.WhichOneof("content"), record.epoch)
        for record in platform.all_records()
        if record.WhichOneof("content") in ("epoch_end", "rewind", "run_end")
    ]
