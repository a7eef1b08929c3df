"""Takes records from a training loop without making it wait: a queue, a spool, and two threads.

The writer thread empties the queue into the spool, the sender thread the spool into the platform. What does
not fit is sacrificed in this order: activations of training rows, then all activations. Loss and predictions
stay.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

from noema._client import TRANSIENT, back_off
from noema._errors import NoemaError
from noema._graph import describe_missing, split_graph
from noema._records import Item, Samples, encode, merge, split_finite
from noema._setting import read_seconds
from noema._spool import Spool
from noema._staged import StagedCall
from noema._staged import build as build_calls
from noema._wire.training.v1 import recording_service_pb2

LOG = logging.getLogger("noema")
QUEUE_BYTES = 256 << 20
#: Rows are written together up to this size or age. Each write delays one or two steps of the training.
COLLECT_BYTES = 4 << 20
COLLECT_ROWS = 16384
COLLECT_S = 5.0
#: Records of samples are sent together, up to this size, or at this age, or with the end of their epoch. A
#: platform on the same machine takes processors from the training while it stores them.
SEND_BYTES = 4 << 20
SEND_S = 10.0
_RETRY_DISK_S = 0.5
_BREATH_S = 0.0005

Record = recording_service_pb2.AppendRecordRequest
#: Stores a record and returns the last number that the platform has. Raises NoemaError.
Send = Callable[[Record], int]
#: Prepares the run and returns how to send, and the last number that the platform has. Raises NoemaError.
Connect = Callable[[], tuple[Send, int]]


def send_seconds() -> float:
    """Returns how long records wait in the spool: NOEMA_SEND_S, or 10 s. Raises NoemaError."""
    return read_seconds("NOEMA_SEND_S", SEND_S)


class Recorder:
    """Queue, writer and sender of one writer of a run. No method but `close` waits for disk or network."""

    def __init__(
        self,
        spool: Spool,
        connect: Connect | None,
        queue_bytes: int = QUEUE_BYTES,
    ) -> None:
        self.spool = spool
        self._connect = connect
        self._queue_bytes = queue_bytes
        self._pid = os.getpid()
        lock = threading.RLock()
        self._changed = threading.Condition(lock)
        # The sender is not woken by what is only queued, because each wake takes time from the training loop.
        self._sendable = threading.Condition(lock)
        self._writable = threading.Condition(lock)
        #: Puts what waits elsewhere into the queue. The writer thread calls it before it writes.
        self.collect: Callable[[], None] = lambda: None
        self._is_woken = False
        self._queue: deque[Item] = deque()
        self._queued = 0
        #: What the queue has to be written.
        self._waiting_rows = self._waiting_bytes = self._waiting_records = 0
        self._closing = False
        self._abandoned = threading.Event()
        self._send_s = send_seconds()
        #: When the records of the spool are sent. Those of an earlier process are sent at once.
        self._send_at = time.monotonic()
        self._dropped: dict[int, int] = {}
        self.dropped_rows = 0
        #: Rows whose outputs and activations were left out because a number of them was not finite.
        self.not_finite_rows = 0
        #: What is wrong now, by where: `data`, `disk`, `network`.
        self.problems: dict[str, str] = {}
        self.is_final = False
        self.written_epochs = 0
        self._pending: list[Samples] = []
        self._pending_rows = self._pending_bytes = 0
        self._writer = threading.Thread(
            target=self._guard, args=(self._write_all,), name="noema-writer", daemon=True
        )
        self._sender = threading.Thread(
            target=self._guard, args=(self._send_all,), name="noema-sender", daemon=True
        )
        self._writer.start()
        self._sender.start()

    @property
    def is_foreign(self) -> bool:
        """True in a process that was forked from the recording one."""
        return os.getpid() != self._pid

    def put(self, item: Item) -> None:
        """Queues an item. Above the limit of the queue, activations are dropped and counted."""
        if self.is_foreign:
            return
        with self._changed:
            if self._closing:
                return
            was_due = self._is_due
            self._queue.append(item)
            self._queued += item.size
            self._waiting_rows += item.rows
            self._waiting_bytes += item.size
            self._waiting_records += item.record is not None
            for everywhere in (False, True):
                if self._queued > self._queue_bytes:
                    self._shed_queue(everywhere)
            # Each time the writer wakes, it takes the interpreter from the training loop.
            if self._is_due and not was_due:
                self._writable.notify()

    def wake_writer(self) -> None:
        """Lets the writer collect what waits."""
        with self._changed:
            self._is_woken = True
            self._writable.notify()

    @property
    def _is_due(self) -> bool:
        """True if the queue is written without waiting for more."""
        return (
            self._waiting_rows >= COLLECT_ROWS
            or self._waiting_bytes >= COLLECT_BYTES
            or self._waiting_records > 0
        )

    def _shed_queue(self, everywhere: bool) -> None:
        # The oldest first: the newest may still be copied from the device.
        for item in self._queue:
            if self._queued <= self._queue_bytes:
                return
            if item.activations > 0 and (everywhere or item.split == "training"):
                self._queued -= item.activations
                self._waiting_bytes -= item.activations
                item.size -= item.activations
                item.activations = 0
                item.without_activations = True
                self._count(item.epoch, item.rows)

    def _count(self, epoch: int, rows: int) -> None:
        self._dropped[epoch] = self._dropped.get(epoch, 0) + rows
        self.dropped_rows += rows

    # The writer thread

    def _write_all(self) -> None:
        while True:
            with self._changed:
                # Steps that were collected elsewhere are not announced one by one.
                if not self._closing and not self._is_due and not self._is_woken:
                    self._writable.wait(COLLECT_S)
                self._is_woken = False
            self.collect()
            with self._changed:
                items = self._take()
                ended = self._closing and not items
            for together in group_calls(items):
                self._breathe()
                self._write(together)
            self._flush()
            with self._changed:
                self._queued -= sum(item.size for item in items)
            if ended:
                self.spool.sync()
                return

    def _breathe(self) -> None:
        """Lets the training loop have the interpreter, for which it would wait up to 5 ms."""
        if not self._closing:
            time.sleep(_BREATH_S)

    def _take(self) -> list[Item]:
        """Removes items from the queue, as many as one record holds. The others can still be shed."""
        items: list[Item] = []
        rows = size = 0
        while self._queue and rows < COLLECT_ROWS and size < COLLECT_BYTES:
            item = self._queue.popleft()
            items.append(item)
            rows, size = rows + item.rows, size + item.size
        self._waiting_rows -= rows
        self._waiting_bytes -= size
        self._waiting_records -= sum(item.record is not None for item in items)
        return items

    def _write(self, items: list[Item]) -> None:
        first = items[0]
        if first.build is not None:
            self._write_rows(items)
        if first.record is not None:
            self._flush()
            if first.graph:
                self._write_graph(first, first.record)
            if first.finish is not None:
                first.finish(first.record)
            if first.record.WhichOneof("content") == "epoch_end":
                first.record.epoch_end.dropped_rows = self._dropped.pop(first.epoch, 0)
                self.written_epochs += 1
            self._append(first.record)
            self.spool.sync()

    def _write_rows(self, items: list[Item]) -> None:
        first = items[0]
        try:
            with np.errstate(all="ignore"):
                parts = self._build(items)
        except Exception as error:
            if len(items) > 1:
                # The others are kept.
                for item in items:
                    self._write_rows([item])
                return
            self._report("data", f"a batch of epoch {first.epoch} was left out: {error}")
            self._count(first.epoch, first.rows)
            return
        for part in parts:
            for finite in split_finite(part):
                self.not_finite_rows += len(finite.ids) if finite.is_reduced else 0
                self._collect(finite)

    def _build(self, items: list[Item]) -> list[Samples]:
        calls = [item.build for item in items if isinstance(item.build, StagedCall)]
        if len(calls) == len(items):
            return build_calls(calls, items[0].without_activations)
        (item,) = items
        return item.build(item.without_activations) if item.build is not None else []

    def _write_graph(self, item: Item, end: Record) -> None:
        """Writes the parts of the epoch's graph. On a full disk the epoch has none."""
        try:
            for part in split_graph(item.epoch, item.graph):
                self._spool(part)
        except OSError as error:
            self._report("disk", f"the spool cannot grow, the graph is left out: {error}")
            end.epoch_end.graph.CopyFrom(describe_missing(f"the local spool had no room for it: {error}"))

    def _collect(self, part: Samples) -> None:
        if self._pending and not self._pending[0].is_like(part):
            self._flush()
        self._pending.append(part)
        self._pending_rows += len(part.ids)
        self._pending_bytes += part.size
        if self._pending_bytes >= COLLECT_BYTES or self._pending_rows >= COLLECT_ROWS:
            self._flush()

    def _flush(self) -> None:
        parts, self._pending = self._pending, []
        self._pending_rows = self._pending_bytes = 0
        if not parts:
            return
        samples = merge(parts)
        for everywhere in (False, True):
            if self._try_samples(samples):
                return
            if samples.shed(everywhere):
                self._count(samples.epoch, len(samples.ids))
        for record in encode(samples):
            self._append(record)

    def _try_samples(self, samples: Samples) -> bool:
        """Writes the rows. On a full disk, keeps the rows that are not yet written and returns false."""
        written = 0
        try:
            for record in encode(samples):
                self._spool(record)
                written += len(record.samples.sample_ids)
            self.problems.pop("disk", None)
            return True
        except OSError as error:
            self._report("disk", f"the spool cannot grow, activations are left out: {error}")
            samples.ids = samples.ids[written:]
            samples.columns = {key: array[written:] for key, array in samples.columns.items()}
            return False

    def _append(self, record: Record) -> None:
        while True:
            try:
                self._spool(record)
                self.problems.pop("disk", None)
                return
            except OSError as error:
                self._report("disk", f"the spool cannot grow: {error}")
                if self._abandoned.wait(_RETRY_DISK_S):
                    self._count(record.epoch, len(record.samples.sample_ids))
                    return

    def _spool(self, record: Record) -> None:
        """Writes a record. Wakes the sender if there is enough to send, or an epoch or the run has ended."""
        is_part = record.WhichOneof("content") in ("samples", "graph_part")
        if is_part and self.spool.unsent_bytes == 0:
            self._send_at = time.monotonic() + self._send_s
        try:
            self.spool.append(record)
        except OSError:
            self._send_by(0.0)  # What is sent makes room.
            raise
        if not is_part or self.spool.unsent_bytes >= min(SEND_BYTES, self.spool.max_bytes // 8):
            self._send_by(0.0)
        else:
            # The sender may have seen an empty spool since, and wait for no time.
            self._notify()

    def _send_by(self, at: float) -> None:
        with self._changed:
            self._send_at = at
            self._notify()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()
            self._sendable.notify_all()
            if self._closing:
                self._writable.notify_all()

    # The sender thread

    def _send_all(self) -> None:
        if self._connect is None:
            return
        attempt = 0
        send: Send | None = None
        while not self._abandoned.is_set():
            try:
                if send is None:
                    send, sequence = self._connect()
                    self._require_no_gap(sequence)
                    self.spool.acknowledge(sequence)
                found = self.spool.next() if self._closing or time.monotonic() >= self._send_at else None
                if found is None:
                    with self._changed:
                        if self._closing and not self._writer.is_alive() and self.spool.is_drained:
                            return
                        self._wait_for_records()
                    continue
                record, behind = found
                self.spool.acknowledge(send(record), behind)
                attempt = 0
                self.problems.pop("network", None)
                self._notify()
            except NoemaError as error:
                if error.code not in TRANSIENT and error.reason not in ("PLATFORM_NOT_FOUND", "NOT_READY"):
                    self._report("network", f"the platform refused a record, nothing more is sent: {error}")
                    self.is_final = True
                    self._notify()
                    return
                if error.reason == "NOT_READY":
                    self._wait_until_described()
                    continue
                self._report("network", f"waiting for the platform: {error}")
                self._abandoned.wait(back_off(attempt))
                attempt += 1

    def _wait_for_records(self) -> None:
        if self._closing:
            self._sendable.wait(0.2 if self.spool.unsent_bytes == 0 else 0)
        elif self.spool.unsent_bytes == 0:
            self._sendable.wait()
        else:
            self._sendable.wait(max(0, self._send_at - time.monotonic()))

    def _wait_until_described(self) -> None:
        with self._changed:
            self._sendable.wait(0.2)

    def wake(self) -> None:
        """Wakes the sender, because the run is known now."""
        self._notify()

    def _require_no_gap(self, sequence: int) -> None:
        if sequence < self.spool.acknowledged and not self.spool.is_drained:
            raise NoemaError(
                f"the platform has {sequence} records of this run, but {self.spool.acknowledged} "
                "were acknowledged; "
                "it was restored to an earlier state",
                "RECORDS_LOST",
            )

    def _guard(self, body: Callable[[], None]) -> None:
        try:
            body()
        except Exception as error:
            LOG.exception("noema: the recording has stopped")
            self._report("data", f"the recording has stopped: {error}")
            self.is_final = True
            self._notify()

    def _report(self, where: str, problem: str) -> None:
        if where not in self.problems:
            LOG.warning("noema: %s", problem)
        self.problems[where] = problem

    # The end

    def close(self, timeout_s: float) -> bool:
        """Writes what is queued, sends what it can in `timeout_s`, and returns true if all was delivered."""
        if self.is_foreign:
            return False
        end = time.monotonic() + timeout_s
        with self._changed:
            self._closing = True
            self._notify()
        self._writer.join(max(1.0, timeout_s))
        if self._connect is not None:
            self._notify()
            with self._changed:
                while not (self.spool.is_drained and not self._writer.is_alive()) and not self.is_final:
                    left = end - time.monotonic()
                    if left <= 0:
                        break
                    self._changed.wait(min(left, 0.2))
        self._abandoned.set()
        self._notify()
        self._writer.join(2)
        delivered = self.spool.is_drained and not self._writer.is_alive()
        if self._sender.is_alive():
            self._sender.join(2)
        if not self._writer.is_alive() and not self._sender.is_alive():
            self.spool.close()
        return delivered and self._connect is not None


def count_steps(item: Item) -> int:
    """Returns how many steps like this one are written together."""
    rows = len(item.build.rows) if isinstance(item.build, StagedCall) else item.rows
    return int(min(COLLECT_ROWS / max(1, rows), COLLECT_BYTES / max(1, item.size)))


def group_calls(items: list[Item]) -> Iterator[list[Item]]:
    """Yields items in their order: neighbors that are calls of the same form together, others alone."""
    group: list[Item] = []
    for item in items:
        if group and not _is_alike(group[-1], item):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _is_alike(one: Item, other: Item) -> bool:
    return (
        isinstance(one.build, StagedCall)
        and isinstance(other.build, StagedCall)
        and one.without_activations == other.without_activations
        and one.build.form == other.build.form
    )
