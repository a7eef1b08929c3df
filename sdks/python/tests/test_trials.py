"""Seeded trials of everything that happens to a training at once. NOEMA_TRIALS sets their number."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import logits_of

from noema._arrays import softmax
from noema._records import OUTPUT

TRIALS = int(os.environ.get("NOEMA_TRIALS") or 6)
EPOCHS = 4

CODE = """
import os, random, signal, sys, threading
sys.path.insert(0, {tests!r})
from conftest import logits_of, make_data
import noema
seed, resume = {seed}, {resume}
numbers = random.Random(seed * 2 + resume)
data = make_data()
dies_at = numbers.randrange(20, 80) if not resume else -1
steps = 0
with noema.run("trial", data, resume=resume) as run:
    for epoch in run.epochs({epochs}):
        for split in data.splits:
            for ids, _, _ in data.batches(split, 4, shuffle=True, seed=seed):
                run.log(ids, logits=logits_of(split, ids, epoch))
                threading.Event().wait(numbers.random() * 0.02)
                steps += 1
                if steps == dies_at:
                    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("seed", range(TRIALS))
def test_every_ended_epoch_is_exact(platform, seed):
    numbers = random.Random(seed)
    platform.random.seed(seed)
    platform.lose_requests = platform.lose_responses = numbers.choice([0.0, 0.1, 0.3])
    done = threading.Event()

    def trouble():
        while not done.wait(numbers.random() * 2):
            platform.stop()
            done.wait(numbers.random())
            platform.start()

    process = None
    thread = threading.Thread(target=trouble)
    thread.start()
    try:
        for resume in (False, True):
            code = CODE.format(tests=os.path.dirname(__file__), seed=seed, resume=resume, epochs=EPOCHS)
            # Half of the trials send in mid-epoch, the others at its end.
            env = {**os.environ, "NOEMA_EXIT_S": "60", "NOEMA_SEND_S": "0" if seed % 2 else "10"}
            process = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, timeout=600, env=env
            )
            if process.returncode == 0:
                break
            assert process.returncode == -signal.SIGKILL, process.stderr
    finally:
        done.set()
        thread.join()
    assert process.returncode == 0, process.stderr
    # What could not be delivered before the process ended is sent by hand, once the network is whole again.
    platform.lose_requests = platform.lose_responses = 0.0
    sync = subprocess.run(
        [sys.executable, "-m", "noema", "sync"], capture_output=True, text=True, timeout=600
    )
    assert sync.returncode == 0, f"{process.stderr}\n{sync.stdout}\n{sync.stderr}"
    assert platform.gaps == 0
    records = platform.all_records()
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))
    assert [end.epoch for end in platform.ends()] == list(range(1, EPOCHS + 1))
    for epoch in range(1, EPOCHS + 1):
        rows = platform.rows(epoch, OUTPUT)
        assert len(rows) == 50
        for (split, key), values in rows.items():
            expected = softmax(logits_of(split, [int(key)], epoch))[0]
            # An epoch in which the trainer was killed has some rows twice, with equal numbers.
            assert all(np.array_equal(value, expected) for value in values)
