from __future__ import annotations

import errno
import random
import threading

import numpy as np
import pytest

from noema._errors import NoemaError
from noema._recorder import Recorder
from noema._records import LOSS, RESPONSE_MEAN, Item, Samples
from noema._spool import Spool, SpoolFull, SpoolLocked
from noema._wire.training.v1 import recording_service_pb2

Record = recording_service_pb2.AppendRecordRequest


def make_record(epoch, size=10):
    record = Record(epoch=epoch)
    record.samples.sample_ids.append("x" * size)
    return record


def read_all(spool):
    found = []
    while (entry := spool.next()) is not None:
        found.append(entry[0])
        spool.acknowledge(entry[0].sequence, entry[1])
    return found


def test_records_come_back_in_order_with_numbers_from_one(tmp_path):
    spool = Spool(tmp_path, 3, 1 << 30)
    assert [spool.append(make_record(epoch)) for epoch in (1, 1, 2)] == [1, 2, 3]
    assert [(r.writer, r.sequence, r.epoch) for r in read_all(spool)] == [(3, 1, 1), (3, 2, 1), (3, 3, 2)]
    assert spool.is_drained and (tmp_path / "writer-3.frames").stat().st_size == 0
    assert spool.append(make_record(4)) == 4


@pytest.mark.parametrize("seed", range(20))
def test_a_torn_tail_is_cut_off_and_numbers_go_on(tmp_path, seed):
    numbers = random.Random(seed)
    spool = Spool(tmp_path, 0, 1 << 30)
    for _ in range(10):
        spool.append(make_record(1, numbers.randrange(1, 200)))
    spool.close()
    path = tmp_path / "writer-0.frames"
    whole = path.read_bytes()
    cut = numbers.randrange(len(whole))
    if seed % 2:
        path.write_bytes(whole[:cut])
    else:
        path.write_bytes(whole[:cut] + bytes([whole[cut] ^ 0x55]) + whole[cut + 1 :])
    again = Spool(tmp_path, 0, 1 << 30)
    kept = again.last
    assert 0 <= kept < 10
    assert again.append(make_record(2)) == kept + 1
    records = read_all(again)
    assert [r.sequence for r in records] == list(range(1, kept + 2))
    assert records[-1].epoch == 2


def test_a_spool_is_reopened_after_what_was_acknowledged(tmp_path):
    spool = Spool(tmp_path, 0, 1 << 30)
    for _ in range(3):
        spool.append(make_record(1))
    first = spool.next()
    spool.acknowledge(1, first[1])
    spool.close()
    again = Spool(tmp_path, 0, 1 << 30)
    assert [r.sequence for r in read_all(again)] == [2, 3]


def test_one_process_at_a_time(tmp_path):
    spool = Spool(tmp_path, 0, 1 << 30)
    with pytest.raises(SpoolLocked):
        Spool(tmp_path, 0, 1 << 30)
    spool.close()
    Spool(tmp_path, 0, 1 << 30).close()


def test_above_its_limit_nothing_is_written(tmp_path):
    spool = Spool(tmp_path, 0, 100)
    spool.append(make_record(1))
    with pytest.raises(SpoolFull):
        spool.append(make_record(1, 200))
    assert [r.sequence for r in read_all(spool)] == [1]


class Sink:
    """Stores records as the platform does."""

    def __init__(self):
        self.records = []
        self.open = threading.Event()
        self.open.set()

    def connect(self):
        if not self.open.is_set():
            raise NoemaError("closed", "UNAVAILABLE", "UNAVAILABLE")
        return self.send, len(self.records)

    def send(self, record):
        if not self.open.is_set():
            raise NoemaError("closed", "UNAVAILABLE", "UNAVAILABLE")
        if record.sequence == len(self.records) + 1:
            self.records.append(record)
        return len(self.records)


def samples(epoch, split, first, count, units=64):
    columns = {(LOSS, ""): np.arange(first, first + count, dtype=np.float32)}
    columns[(RESPONSE_MEAN, "a")] = np.ones((count, units), np.float32)
    return Samples(epoch, split, [str(i) for i in range(first, first + count)], False, columns)


def put(recorder, epoch, split, first, count=16, units=64):
    part = samples(epoch, split, first, count, units)
    activations = count * units * 4

    def build(without):
        if without:
            part.shed(True)
        return [part]

    recorder.put(Item(epoch, count, split, part.size, activations, build))


def end(recorder, epoch):
    record = Record(epoch=epoch)
    record.epoch_end.seconds = 1
    recorder.put(Item(epoch, record=record))


def rows_with(records, content):
    return {
        (r.samples.split, i)
        for r in records
        for c in r.samples.columns
        if c.content == content
        for i in r.samples.sample_ids
    }


def test_a_full_disk_drops_activations_and_no_loss(tmp_path, monkeypatch):
    spool, sink = Spool(tmp_path, 0, 1 << 30), Sink()
    append = spool.append
    full = True

    def limited(record):
        if full and record.ByteSize() > 2000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return append(record)

    monkeypatch.setattr(spool, "append", limited)
    recorder = Recorder(spool, sink.connect)
    put(recorder, 1, "training", 0)
    put(recorder, 1, "validation", 0)
    end(recorder, 1)
    while not any(r.WhichOneof("content") == "epoch_end" for r in list(sink.records)):
        threading.Event().wait(0.01)
    full = False
    put(recorder, 2, "training", 0)
    end(recorder, 2)
    assert recorder.close(10)
    first = [r for r in sink.records if r.epoch == 1]
    assert len(rows_with(first, LOSS)) == 32 and rows_with(first, RESPONSE_MEAN) == set()
    assert [r.epoch_end.dropped_rows for r in sink.records if r.WhichOneof("content") == "epoch_end"] == [
        32,
        0,
    ]
    assert len(rows_with([r for r in sink.records if r.epoch == 2], RESPONSE_MEAN)) == 16
    assert recorder.dropped_rows == 32


def test_a_full_queue_drops_activations_of_training_rows_first(tmp_path):
    spool, sink = Spool(tmp_path, 0, 1 << 30), Sink()
    recorder = Recorder(spool, sink.connect, queue_bytes=100_000)
    gate = threading.Event()

    def blocked(_):
        gate.wait(20)
        return []

    recorder.put(Item(1, build=blocked))
    for i in range(10):
        put(recorder, 1, "training", i * 16)
        put(recorder, 1, "validation", i * 16)
    gate.set()
    end(recorder, 1)
    assert recorder.close(20)
    assert len(rows_with(sink.records, LOSS)) == 320
    kept = rows_with(sink.records, RESPONSE_MEAN)
    # 20 items of 4.5 KB fit but for the last ones: only activations of training rows are gone.
    assert sum(split == 2 for split, _ in kept) == 160
    assert sum(split == 1 for split, _ in kept) == 160 - recorder.dropped_rows


def test_a_slow_network_keeps_everything_on_disk_within_the_limit(tmp_path):
    spool, sink = Spool(tmp_path, 0, 30_000), Sink()
    sink.open.clear()
    recorder = Recorder(spool, sink.connect)
    for i in range(20):
        put(recorder, 1, "training", i * 16)
        end(recorder, 1)
    while "disk" not in recorder.problems:
        threading.Event().wait(0.01)
    assert spool.unsent_bytes <= 30_000
    sink.open.set()
    assert recorder.close(60)
    assert len(rows_with(sink.records, LOSS)) == 320
    assert [r.sequence for r in sink.records] == list(range(1, len(sink.records) + 1))


def test_an_error_while_a_batch_is_built_leaves_it_out(tmp_path):
    spool, sink = Spool(tmp_path, 0, 1 << 30), Sink()
    recorder = Recorder(spool, sink.connect)

    def broken(_):
        raise RuntimeError("device lost")

    recorder.put(Item(1, 4, "training", build=broken))
    put(recorder, 1, "training", 0)
    end(recorder, 1)
    assert recorder.close(10)
    assert "device lost" in recorder.problems["data"]
    assert len(rows_with(sink.records, LOSS)) == 16
