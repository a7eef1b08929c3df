"""Sends what a run has left in the local spool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from noema._client import Client
from noema._delivery import Delivery
from noema._errors import NoemaError
from noema._kept import KeptDataset
from noema._platform import find_platform
from noema._recorder import Recorder
from noema._spool import Spool, SpoolLocked, read_json, spool_bytes, spool_root
from noema._upload import ensure_version

Write = Callable[[str], object]


def _waiting() -> Iterator[tuple[Path, int]]:
    for path in sorted(spool_root().glob("*/writer-*.frames")):
        yield path.parent, int(path.stem.rsplit("-", 1)[1])


def _name(folder: Path, writer: int) -> str:
    return str((read_json(folder / f"writer-{writer}.json") or {}).get("name", folder.name))


def list_waiting(write: Write) -> int:
    """Writes a line for each writer of each run in the spool, and returns 0."""
    count = 0
    for folder, writer in _waiting():
        count += 1
        size = (folder / f"writer-{writer}.frames").stat().st_size
        dataset = KeptDataset(folder).size if writer == 0 else 0
        more = f", and its dataset, {dataset} bytes," if dataset else ""
        write(f"{_name(folder, writer)}, writer {writer}: {size} bytes{more} in {folder}\n")
    if count == 0:
        write(f"nothing waits in {spool_root()}\n")
    return 0


def send_waiting(timeout_s: float, write: Write) -> int:
    """Sends every run in the spool, and returns 1 if one could not be sent, else 0. Raises NoemaError."""
    waiting = list(_waiting())
    if not waiting:
        return list_waiting(write)
    platform = find_platform(start=False)
    failed = 0
    for folder, writer in waiting:
        name = _name(folder, writer)
        try:
            spool = Spool(folder, writer, spool_bytes())
        except SpoolLocked:
            write(f"{name}, writer {writer}: a running process sends it\n")
            continue
        delivery = Delivery(
            folder, writer, lambda: Client(platform, retry_s=0), _stored_version(folder, name)
        )
        if not delivery.is_described and spool.last == 0:
            spool.close()
            delivery.finish(True)
            continue
        recorder = Recorder(spool, delivery.connect)
        delivered = recorder.close(timeout_s)
        delivery.finish(delivered)
        failed += not delivered
        state = "delivered" if delivered else "; ".join(recorder.problems.values()) or "not delivered in time"
        write(f"{name}, writer {writer}: {state}. {delivery.link}".rstrip() + "\n")
    return 1 if failed else 0


def _stored_version(folder: Path, name: str) -> Callable[[Client, str], str]:
    def find(opened: Client, project_id: str) -> str:
        kept = KeptDataset(folder)
        if not kept.is_whole:
            for path in folder.glob("writer-*.json"):
                sent = (read_json(path) or {}).get("dataset_version_id")
                if sent:
                    return str(sent)  # Another writer of the same run has sent it.
            raise NoemaError(
                f"the dataset of {name} was never sent and is not in {folder}; start the training with "
                "resume=True, which sends it",
                "DATASET_LOST",
            )
        return ensure_version(opened, project_id, kept.open(), name, lambda _done, _all: None)

    return find
