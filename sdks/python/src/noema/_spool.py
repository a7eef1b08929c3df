"""Append-only local files of records, from which they are sent.

A run has a folder: `run.json` describes it, `writer-<n>.frames` has the records of one writer that are not
yet acknowledged, `writer-<n>.ack` the last acknowledged number. A frame is the length and the CRC-32 of a
payload, both 32 bits little endian, then the payload, a serialized AppendRecordRequest. A torn or damaged
tail is cut off when the file is opened. Frames are written at once, so that they survive the end of the
process; `sync` is called at the end of every epoch, so that they survive a loss of power.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from noema._setting import read_bytes
from noema._wire.training.v1 import recording_service_pb2

_HEADER = struct.Struct("<II")
MAX_FRAME_BYTES = 64 << 20
DEFAULT_SPOOL_BYTES = 8 << 30


def spool_root() -> Path:
    """Returns the folder of all runs: NOEMA_SPOOL, else one of the user, else one in the temporary folder."""
    named = os.environ.get("NOEMA_SPOOL")
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir())
    else:
        state = os.environ.get("XDG_STATE_HOME")
        home = os.path.expanduser("~")
        base = Path(state) if state else Path(home) / ".local" / "state"
        if not state and not os.access(home, os.W_OK):
            base = Path(tempfile.gettempdir())
    return base / "noema" / "spool"


def spool_bytes() -> int:
    """Returns the limit of one writer's spool: NOEMA_SPOOL_BYTES, or 8 GiB. Raises NoemaError."""
    return read_bytes("NOEMA_SPOOL_BYTES", DEFAULT_SPOOL_BYTES)


def write_json(path: Path, value: Any) -> None:
    """Writes a file so that a reader sees the old or the new content, never a part."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(value), encoding="utf-8")
    os.replace(temporary, path)


def read_json(path: Path) -> dict[str, Any] | None:
    """Returns a JSON object, or None if there is no such file or it is damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


class SpoolLocked(Exception):
    """Another process writes or sends these records."""


class SpoolFull(OSError):
    """The spool has reached its limit."""


class Spool:
    """Records of one writer of one run. Numbers start at 1 and have no gaps.

    One thread may append while another one reads and acknowledges. Raises SpoolLocked if another process has
    the file open.
    """

    def __init__(self, folder: Path, writer: int, max_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.writer = writer
        self.max_bytes = max_bytes
        self._mutex = threading.Lock()
        self._lock = _lock_file(folder / f"writer-{writer}.lock")
        self._ack_path = folder / f"writer-{writer}.ack"
        self._file = open(folder / f"writer-{writer}.frames", "a+b", buffering=0)  # noqa: SIM115
        noted = read_json(self._ack_path) or {}
        self.acknowledged = int(noted.get("sequence", 0))
        #: Last epoch of which this file has, or had, the end; one before that of a rewind.
        self.ended_epoch = int(noted.get("epoch", 0))
        self._read_at = 0
        self._end, self.last = self._recover()

    def _recover(self) -> tuple[int, int]:
        end, last = 0, self.acknowledged
        for offset, payload in _frames(self._file):
            end = offset
            record = _parse(payload)
            last = max(last, record.sequence)
            self._note_epoch(record)
        if end < self._file.seek(0, os.SEEK_END):
            self._file.truncate(end)
        return end, last

    @property
    def unsent_bytes(self) -> int:
        """Number of bytes that are not yet acknowledged."""
        return self._end - self._read_at

    @property
    def is_drained(self) -> bool:
        """True if every record is acknowledged."""
        return self.acknowledged >= self.last

    def append(self, record: recording_service_pb2.AppendRecordRequest) -> int:
        """Numbers a record, writes it and returns its number.

        Raises OSError if the disk is full, and SpoolFull above the limit. Nothing is written then.
        """
        with self._mutex:
            record.writer = self.writer
            record.sequence = self.last + 1
            payload = record.SerializeToString()
            frame = _HEADER.pack(len(payload), zlib.crc32(payload)) + payload
            if self.unsent_bytes + len(frame) > self.max_bytes:
                raise SpoolFull(
                    f"the spool {self.folder} has {self.unsent_bytes} bytes that are not yet sent"
                )
            try:
                written = 0
                while written < len(frame):
                    written += self._file.write(memoryview(frame)[written:]) or 0
            except OSError:
                self._file.truncate(self._end)
                raise
            self._end += len(frame)
            self.last += 1
            self._note_epoch(record)
            return self.last

    def _note_epoch(self, record: recording_service_pb2.AppendRecordRequest) -> None:
        if record.HasField("epoch_end"):
            self.ended_epoch = max(self.ended_epoch, record.epoch)
        elif record.HasField("rewind"):
            self.ended_epoch = record.epoch - 1

    def sync(self) -> None:
        """Makes what was written survive a loss of power."""
        try:
            os.fsync(self._file.fileno())
        except OSError:
            pass

    def next(self) -> tuple[recording_service_pb2.AppendRecordRequest, int] | None:
        """Returns the oldest record that is not acknowledged, and the position behind it; None if there is
        none.
        """
        while True:
            with self._mutex:
                if self._read_at >= self._end:
                    return None
                self._file.seek(self._read_at)
                length, _ = _HEADER.unpack(self._file.read(_HEADER.size))
                payload = self._file.read(length)
                behind = self._read_at + _HEADER.size + length
                record = _parse(payload)
                if record.sequence > self.acknowledged:
                    return record, behind
                self._read_at = behind
                self._compact()

    def acknowledge(self, sequence: int, behind: int | None = None) -> None:
        """Notes that the platform has stored the records up to a number."""
        with self._mutex:
            self.acknowledged = max(self.acknowledged, sequence)
            self.last = max(self.last, sequence)
            if behind is not None:
                self._read_at = max(self._read_at, behind)
            try:
                write_json(self._ack_path, {"sequence": self.acknowledged, "epoch": self.ended_epoch})
            except OSError:
                pass  # A full disk: the platform ignores records that it has.
            self._compact()

    def _compact(self) -> None:
        if self._read_at >= self._end > 0 and self.acknowledged >= self.last:
            self._file.truncate(0)
            self._read_at = self._end = 0

    def close(self) -> None:
        """Closes the file and releases the lock."""
        with self._mutex:
            self._file.close()
            self._lock.close()


def _parse(payload: bytes) -> recording_service_pb2.AppendRecordRequest:
    return recording_service_pb2.AppendRecordRequest.FromString(payload)


def _frames(file: Any) -> Iterator[tuple[int, bytes]]:
    """Yields every whole frame, with the position behind it."""
    file.seek(0)
    at = 0
    while True:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        length, crc = _HEADER.unpack(header)
        if length > MAX_FRAME_BYTES:
            return
        payload = file.read(length)
        if len(payload) < length or zlib.crc32(payload) != crc:
            return
        at += _HEADER.size + length
        yield at, payload


def _lock_file(path: Path) -> Any:
    file = open(path, "a+b")  # noqa: SIM115
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if error.errno in (11, 13, 35, 36):
            raise SpoolLocked(str(path)) from None
        return open(os.devnull, "rb")
    return file
