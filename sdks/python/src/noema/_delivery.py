"""Brings the records of a run to the platform: its description, its place in the spool, its connection."""

from __future__ import annotations

import base64
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from noema._client import Client
from noema._errors import NoemaError
from noema._kept import KeptDataset
from noema._objective import TASK_NUMBERS
from noema._recorder import Record, Send
from noema._responses import Layer
from noema._spool import read_json, write_json
from noema._wire.training.v1 import recording_service_pb2

#: Finds a platform, without starting one.
Connect = Callable[[], Client]


class Delivery:
    """One writer's way from the spool to a recorded run.

    `run.json` in the folder has all that another process needs to go on: the request that creates the run,
    and its id once there is one. `dataset` gives the id of the dataset version, or raises NoemaError
    NOT_READY. `kept` is the dataset in the folder, while the platform has not taken it.
    """

    def __init__(
        self, folder: Path, writer: int, open_client: Connect, dataset: Callable[[Client, str], str]
    ) -> None:
        self.folder = folder
        self.writer = writer
        self._open = open_client
        self._dataset = dataset
        self._client: Client | None = None
        self._mutex = threading.Lock()
        self.kept = KeptDataset(folder)
        self._path = folder / f"writer-{writer}.json"
        self.state: dict[str, Any] = read_json(self._path) or {}

    @property
    def run_id(self) -> str:
        """Id of the run; empty until it exists."""
        return str(self.state.get("run_id", ""))

    @property
    def project_id(self) -> str:
        """Id of the project; empty until the run exists."""
        return str(self.state.get("project_id") or "")

    def note_rewind(self, epoch: int) -> None:
        """Notes that what is recorded from here on is a new branch, which begins with `epoch`."""
        self.state["rewinds"] = [*self.state.get("rewinds", []), epoch]
        self._save()

    def find_branch(self, epoch: int) -> int:
        """Returns the branch that an epoch of the run belongs to: 0 for one that was recorded once."""
        starts: list[int] = self.state.get("rewinds", [])
        return max((branch for branch, start in enumerate(starts, 1) if start <= epoch), default=0)

    @property
    def is_described(self) -> bool:
        """True once output and layers are known."""
        return "request" in self.state

    def start(self, request: recording_service_pb2.CreateRecordingRequest, **more: Any) -> None:
        """Notes what is known of the run before its first batch."""
        self._request = request
        self.state.update(more)
        self._save()

    def describe(
        self,
        dims: tuple[int, ...],
        layers: list[Layer],
        task: str,
        framework: str,
        parameters: int,
        layers_note: str = "",
    ) -> None:
        """Notes output and layers, with which the run can be created. Later calls change nothing."""
        if self.is_described:
            return
        request = self._request
        request.output_dims.extend(dims)
        request.task = TASK_NUMBERS.get(task, 0)  # type: ignore[assignment]
        request.framework = framework
        request.parameter_count = parameters
        request.layers_note = layers_note
        for layer in layers:
            request.layers.add(
                name=layer.name, kind=layer.kind, unit_count=layer.units, position_dims=list(layer.positions)
            )
        self.state["request"] = base64.b64encode(request.SerializeToString()).decode()
        self._save()

    def _save(self) -> None:
        # The training loop and the sender each note something.
        with self._mutex:
            try:
                write_json(self._path, dict(self.state))
            except OSError:
                pass  # A full disk: only another process would need it.

    def connect(self) -> tuple[Send, int]:
        """Creates the run if there is none; returns how to send, and the last number that is stored there."""
        if not self.is_described:
            raise NoemaError("nothing was logged yet", "NOT_READY")
        if self._client is not None:
            self._client.close()
        client = self._client = self._open()
        if not self.run_id:
            self._create(client)
        recording = client.recording.get_recording(run_id=self.run_id).recording
        writers = [w for w in recording.writers if w.writer == self.writer]
        return self._send, int(writers[0].sequence) if writers else 0

    def _create(self, client: Client) -> None:
        request = recording_service_pb2.CreateRecordingRequest.FromString(
            base64.b64decode(self.state["request"])
        )
        project_id = self.state.get("project_id") or client.find_project(self.state.get("project") or None)
        version_id = self.state.get("dataset_version_id") or self._dataset(client, project_id)
        request.project_id, request.dataset_version_id = project_id, version_id
        run = client.send_recording(request)
        self.state.update(project_id=project_id, dataset_version_id=version_id, run_id=run.id)
        self._save()
        if request.writers == 1:
            self.kept.remove()  # Other writers may need it.

    def open_client(self) -> Client:
        """Returns a new client of the platform, which repeats calls while the platform does not answer."""
        with self._open() as found:
            return Client(found.platform)

    def _send(self, record: Record) -> int:
        assert self._client is not None
        record.run_id = self.run_id
        return self._client.append(record)

    @property
    def link(self) -> str:
        """Address of the run's page; empty if it is unknown."""
        url = self._client.platform.url if self._client is not None else ""
        project_id = self.state.get("project_id")
        if not (url and project_id and self.run_id):
            return ""
        return f"{url.rstrip('/')}/projects/{project_id}/runs/{self.run_id}"

    def finish(self, delivered: bool) -> None:
        """Closes the connection, and removes this writer's files once all is delivered."""
        if self._client is not None:
            self._client.close()
        if not delivered:
            self.state["ended"] = True
            self._save()
            return
        for path in self.folder.glob(f"writer-{self.writer}.*"):
            path.unlink(missing_ok=True)
        if not any(self.folder.glob("writer-*.frames")):
            shutil.rmtree(self.folder, ignore_errors=True)
