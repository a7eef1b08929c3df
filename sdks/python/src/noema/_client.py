"""Calls of the platform's API by gRPC."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

# A forked child, such as a worker that loads data, must not touch the connections of its parent. gRPC's own
# handlers crash it if a call is in progress.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

import grpc
from google.protobuf.message import Message

from noema._errors import NoemaError
from noema._platform import Platform, default_project, find_platform
from noema._wire.datasets.v1 import upload_pb2, upload_service_pb2
from noema._wire.services import Services
from noema._wire.training.v1 import recording_service_pb2, run_pb2

if TYPE_CHECKING:
    from noema._insights import Insights

M = TypeVar("M", bound=Message)

DEADLINE_S = 30.0
#: Largest message in either direction. Downloads of vectors are larger than gRPC's default of 4 MiB.
MAX_MESSAGE_BYTES = 256 << 20
#: Codes of calls that may succeed later. A platform that stops cancels its calls, and a broken connection can
#: look like an internal fault.
TRANSIENT = frozenset(
    {"UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED", "CANCELLED", "UNKNOWN", "INTERNAL"}
)
_REPEATABLE = ("Get", "List", "Query", "Search", "Find", "Add", "Append", "Submit", "CreateUpload")
_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 2),
    ("grpc.initial_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    # Without it a channel to the loopback interface goes through a proxy of the environment.
    ("grpc.enable_http_proxy", 0),
)


class GrpcTransport:
    """Sends calls over one channel, with the API key. Repeats calls that may be repeated for `retry_s`."""

    def __init__(self, platform: Platform, retry_s: float = 30.0) -> None:
        self._retry_s = retry_s
        self._metadata = (("authorization", f"Bearer {platform.api_key}"),)
        self._mutex = threading.Lock()
        self.platform = platform.reread()
        self._channel = _open_channel(self.platform)

    def _follow(self) -> bool:
        """Opens a channel to a platform that was started again at another address. Returns false if it was
        not.
        """
        with self._mutex:
            now = self.platform.reread()
            if now.address == self.platform.address:
                return False
            # Calls of other threads may still use the old channel; it ends with the last one.
            self.platform, self._channel = now, _open_channel(now)
            return True

    def unary(self, path: str, request: Message, response: type[M], timeout_s: float | None) -> M:
        """Sends a request and returns its response. Raises NoemaError."""
        repeatable = path.rsplit("/", 1)[1].startswith(_REPEATABLE) or _make_repeatable(request)
        end = time.monotonic() + self._retry_s
        attempt = 0
        while True:
            call = self._channel.unary_unary(
                path,
                request_serializer=serialize,
                response_deserializer=response.FromString,
            )
            try:
                result: M = call(request, timeout=timeout_s or DEADLINE_S, metadata=self._metadata)
                return result
            except grpc.RpcError as error:
                failure = to_error(error)
                # Something else may answer at the old address, with any code.
                if self._follow() and repeatable:
                    continue
                if not repeatable or failure.code not in TRANSIENT:
                    raise failure from None
                wait = back_off(attempt)
                if time.monotonic() + wait > end:
                    raise failure from None
                time.sleep(wait)
                attempt += 1

    def stream(self, path: str, request: Message, response: type[M], timeout_s: float | None) -> Iterator[M]:
        """Sends a request and yields its responses as they arrive. Raises NoemaError."""
        call = self._channel.unary_stream(
            path,
            request_serializer=serialize,
            response_deserializer=response.FromString,
        )
        try:
            yield from call(request, timeout=timeout_s, metadata=self._metadata)
        except grpc.RpcError as error:
            self._follow()
            raise to_error(error) from None

    def close(self) -> None:
        """Closes the channel."""
        self._channel.close()


def _open_channel(platform: Platform) -> Any:
    if platform.secure:
        options = tuple(option for option in _OPTIONS if option[0] != "grpc.enable_http_proxy")
        return grpc.secure_channel(platform.address, grpc.ssl_channel_credentials(), options)
    return grpc.insecure_channel(platform.address, _OPTIONS)


def serialize(message: Message) -> bytes:
    """Returns the bytes of a message."""
    return message.SerializeToString()


def back_off(attempt: int, first_s: float = 0.2, longest_s: float = 15.0) -> float:
    """Returns how long to wait before the next attempt: doubled each time, and spread at random by half."""
    return float(min(longest_s, first_s * 2.0 ** min(attempt, 20)) * random.uniform(0.5, 1.0))


def _make_repeatable(request: Any) -> bool:
    """Gives a request an idempotency key if it has a place for one."""
    if "request_id" not in request.DESCRIPTOR.fields_by_name:
        return False
    if request.request_id == "":
        request.request_id = str(uuid.uuid4())
    return True


def to_error(error: grpc.RpcError) -> NoemaError:
    """Returns the error of a call with the reason that the platform gave."""
    call: Any = error
    code = call.code().name if callable(getattr(call, "code", None)) else "UNKNOWN"
    details = call.details() if callable(getattr(call, "details", None)) else str(error)
    metadata = call.trailing_metadata() if callable(getattr(call, "trailing_metadata", None)) else None
    reason = ""
    for key, value in metadata or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            reason = _find_reason(value)
    return NoemaError(str(details), reason or code, code)


def _find_reason(status: bytes) -> str:
    """Returns ErrorInfo.reason of a serialized google.rpc.Status, or an empty text."""
    try:
        for detail in (value for number, value in _fields(status) if number == 3):
            parts = dict(_fields(detail))
            if parts.get(1, b"").endswith(b"google.rpc.ErrorInfo"):
                return dict(_fields(parts[2]))[1].decode()
    except (IndexError, KeyError, ValueError):
        pass
    return ""


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields the length-delimited fields of a serialized message."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == 2:
            size, at = _varint(data, at)
            yield tag >> 3, data[at : at + size]
            at += size
        elif tag & 7 == 0:
            _, at = _varint(data, at)
        else:
            at += 8 if tag & 7 == 1 else 4


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


class Client(Services):
    """Every service of a platform, typed: `client.run.list_runs(project_id=…)`.

    Nested messages may be mappings. Calls raise NoemaError with the reason of the platform. Calls that may be
    repeated are repeated for 30 s while the platform does not answer.
    """

    def __init__(self, platform: Platform, retry_s: float = 30.0) -> None:
        self._grpc = GrpcTransport(platform, retry_s)
        super().__init__(self._grpc)

    @property
    def platform(self) -> Platform:
        """Where the platform is, as far as it is known."""
        return self._grpc.platform

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._grpc.close()

    def find_project(self, name: str | None = None) -> str:
        """Returns the id of a project: the named one, else the only one, else `default`.

        Raises NoemaError PROJECT_NOT_FOUND, which lists the projects.
        """
        projects = self.project.list_projects(page_size=1000).projects
        wanted = name or (projects[0].id if len(projects) == 1 else "default")
        found = [p for p in projects if wanted in (p.display_name, p.id)]
        if len(found) != 1:
            known = ", ".join(p.display_name for p in projects) or "none"
            raise NoemaError(f'there is no project "{wanted}"; projects: {known}', "PROJECT_NOT_FOUND")
        return found[0].id

    def find_run(self, project_id: str, name: str) -> run_pb2.Run:
        """Returns a run of a project by its id or name; of several runs with the same name, the newest.

        Raises NoemaError RUN_NOT_FOUND, which lists runs.
        """
        runs: list[run_pb2.Run] = []
        token = ""
        while True:
            page = self.run.list_runs(project_id=project_id, page_size=1000, page_token=token)
            runs += page.runs
            token = page.next_page_token
            if not token:
                break
        found = next((one for one in runs if name in (one.id, one.display_name)), None)
        if found is None:
            known = ", ".join(dict.fromkeys(one.display_name for one in runs[:20])) or "none"
            raise NoemaError(f'there is no run "{name}"; runs: {known}', "RUN_NOT_FOUND")
        return found

    def insights(
        self,
        run: str,
        *,
        project: str | None = None,
        filter: str = "",
        hints: bool = False,
        outdated: bool = False,
        output: str = "",
    ) -> Insights:
        """Returns the insights of a run, given by its name or id, the most severe first.

        `.search()` of the result searches for them. `project`, `filter`, `hints`, `outdated`, `output`: see
        `open_run` and `Run.insights`. Raises NoemaError.
        """
        from noema._insights import list_insights

        found = self.find_run(self.find_project(project or default_project()), run)
        platform = self.platform
        place = (found.project_id, found.id)
        return list_insights(
            lambda: Client(platform), place, filter=filter, hints=hints, outdated=outdated, output=output
        )

    def send_recording(self, request: recording_service_pb2.CreateRecordingRequest) -> run_pb2.Run:
        """Creates a recorded run out of a whole request."""
        path = "/noema.training.v1.RecordingService/CreateRecording"
        return self._grpc.unary(path, request, recording_service_pb2.CreateRecordingResponse, None).run

    def append(self, record: recording_service_pb2.AppendRecordRequest) -> int:
        """Sends one record once, and returns the last number of its writer that is stored."""
        path = "/noema.training.v1.RecordingService/AppendRecord"
        return int(self._grpc.unary(path, record, recording_service_pb2.AppendRecordResponse, None).sequence)

    def send_upload(self, project_id: str, manifest: upload_pb2.UploadManifest) -> upload_pb2.Upload:
        """Starts an upload out of a whole manifest, or returns the one that has it."""
        request = upload_service_pb2.CreateUploadRequest(project_id=project_id, manifest=manifest)
        path = "/noema.datasets.v1.UploadService/CreateUpload"
        return self._grpc.unary(path, request, upload_service_pb2.CreateUploadResponse, None).upload

    def send_chunk(self, upload_id: str, index: int, chunk: upload_pb2.UploadChunk) -> None:
        """Sends one chunk of an upload."""
        request = upload_service_pb2.AddUploadChunkRequest(upload_id=upload_id, index=index, chunk=chunk)
        path = "/noema.datasets.v1.UploadService/AddUploadChunk"
        self._grpc.unary(path, request, upload_service_pb2.AddUploadChunkResponse, None)


def client(
    url: str | None = None, api_key: str | None = None, *, start: bool = True, folder: Path | None = None
) -> Client:
    """Returns a client of the platform that `find_platform` finds.

    `url` and `api_key` default to NOEMA_URL and NOEMA_API_KEY, then to the platform of the directory. With
    `start` a platform is started if there is none. Raises NoemaError.
    """
    return Client(find_platform(url, api_key, start=start, folder=folder))
