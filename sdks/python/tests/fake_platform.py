"""The recording and upload services in memory, for the law of spool, numbers and retries alone."""

from __future__ import annotations

import random
import threading
from concurrent import futures

import grpc
import numpy as np
from fake_insights import FakeInsights
from fake_results import FakeResults

from noema._platform import Platform
from noema._wire.datasets.v1 import dataset_service_pb2 as datasets
from noema._wire.datasets.v1 import integration_service_pb2 as integrations
from noema._wire.datasets.v1 import upload_pb2
from noema._wire.datasets.v1 import upload_service_pb2 as uploads
from noema._wire.training.v1 import recording_service_pb2 as recordings
from noema._wire.workspace.v1 import project_service_pb2 as projects

SPLITS = {1: "training", 2: "validation", 3: "test", 4: "unlabeled"}


def read_column(column, rows):
    """Returns the numbers of a column as the platform reads them, `[rows, width]`."""
    if column.data_type == 2:
        low, steps = np.array(column.steps, dtype=np.float32).reshape(2, -1)
        return low + steps * np.frombuffer(column.data, "u1").reshape(rows, -1)
    return np.frombuffer(column.data, "<f2" if column.data_type == 6 else "<f4").reshape(rows, -1)


def find_fault(request, stored):
    """Returns why the platform would refuse a record; empty if it takes it."""
    ended = 0
    for record in stored:
        if record.HasField("epoch_end"):
            ended = record.epoch
        elif record.HasField("rewind"):
            ended = record.epoch - 1
    if request.HasField("rewind"):
        return "" if request.epoch <= ended + 1 else f"epoch {request.epoch} was not recorded"
    if any(r.HasField("run_end") for r in stored):
        return "the run has ended"
    if not request.HasField("run_end") and request.epoch <= ended:
        return f"epoch {request.epoch} has ended"
    if request.HasField("samples"):
        if not request.samples.columns or not request.samples.sample_ids:
            return "an empty record"
        for column in request.samples.columns:
            values = read_column(column, len(request.samples.sample_ids))
            if column.content != 2 and not np.isfinite(values).all():
                return "a number that is not finite"
    return ""


def with_reason(reason):
    """Returns a google.rpc.Status with a reason in its ErrorInfo; each part has fewer than 128 bytes."""

    def field(number, content):
        return bytes([number << 3 | 2, len(content)]) + content

    kind = b"type.googleapis.com/google.rpc.ErrorInfo"
    return field(3, field(1, kind) + field(2, field(1, reason)))


class FakePlatform:
    """State survives `stop` and `start`, as that of a platform survives its process."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.mutex = threading.Lock()
        self.manifests: dict[str, upload_pb2.UploadManifest] = {}
        self.chunks: dict[str, dict[int, upload_pb2.UploadChunk]] = {}
        self.versions: dict[str, str] = {}
        self.integrations: dict[str, integrations.CreateIntegrationRequest] = {}
        self.runs: dict[str, recordings.CreateRecordingRequest] = {}
        self.records: dict[tuple[str, int], list[recordings.AppendRecordRequest]] = {}
        self.gaps = 0
        self.calls = 0
        self.lose_requests = self.lose_responses = 0.0
        self.delay_s = 0.0
        self.refuse_records = False
        self.results = FakeResults(self)
        self.insights = FakeInsights()
        self.port = 0
        self.server: grpc.Server | None = None
        self.start()

    # Process

    def start(self) -> None:
        self.server = grpc.server(futures.ThreadPoolExecutor(8), options=(("grpc.so_reuseport", 0),))
        self.server.add_generic_rpc_handlers((self._handlers(),))
        for _ in range(100):
            try:
                port = self.server.add_insecure_port(f"127.0.0.1:{self.port}")
            except RuntimeError:
                port = 0
            if port:
                break
            threading.Event().wait(0.05)
        self.port = port
        self.server.start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop(None).wait()

    @property
    def platform(self) -> Platform:
        return Platform(f"127.0.0.1:{self.port}", False, "key", f"http://127.0.0.1:{self.port}")

    def _handlers(self) -> grpc.GenericRpcHandler:
        table = {
            "/noema.workspace.v1.ProjectService/ListProjects": (
                projects.ListProjectsRequest,
                self._list_projects,
            ),
            "/noema.datasets.v1.UploadService/CreateUpload": (
                uploads.CreateUploadRequest,
                self._create_upload,
            ),
            "/noema.datasets.v1.UploadService/AddUploadChunk": (
                uploads.AddUploadChunkRequest,
                self._add_chunk,
            ),
            "/noema.datasets.v1.IntegrationService/CreateIntegration": (
                integrations.CreateIntegrationRequest,
                self._create_integration,
            ),
            "/noema.datasets.v1.IntegrationService/ListIntegrations": (
                integrations.ListIntegrationsRequest,
                self._list_integrations,
            ),
            "/noema.datasets.v1.DatasetService/CreateDatasetVersion": (
                datasets.CreateDatasetVersionRequest,
                self._create_version,
            ),
            "/noema.datasets.v1.DatasetService/GetDatasetVersion": (
                datasets.GetDatasetVersionRequest,
                self._get_version,
            ),
            "/noema.training.v1.RecordingService/CreateRecording": (
                recordings.CreateRecordingRequest,
                self._create_recording,
            ),
            "/noema.training.v1.RecordingService/GetRecording": (
                recordings.GetRecordingRequest,
                self._get_recording,
            ),
            "/noema.training.v1.RecordingService/AppendRecord": (
                recordings.AppendRecordRequest,
                self._append,
            ),
            **self.results.table(),
            **self.insights.table(),
        }

        streams = self.results.streams()

        class Handlers(grpc.GenericRpcHandler):
            def service(self, details):
                if details.method in streams:
                    request, method = streams[details.method]
                    return grpc.unary_stream_rpc_method_handler(
                        method,
                        request_deserializer=request.FromString,
                        response_serializer=lambda m: m.SerializeToString(),
                    )
                if details.method not in table:
                    return None
                request, method = table[details.method]
                return grpc.unary_unary_rpc_method_handler(
                    faulty(method),
                    request_deserializer=request.FromString,
                    response_serializer=lambda m: m.SerializeToString(),
                )

        def faulty(method):
            def call(request, context):
                with self.mutex:
                    self.calls += 1
                    lost_before = self.random.random() < self.lose_requests
                    lost_after = self.random.random() < self.lose_responses
                if self.delay_s:
                    threading.Event().wait(self.delay_s)
                if lost_before:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "the request was lost")
                with self.mutex:
                    response, failure = method(request)
                if failure is not None:
                    code, why, *reason = failure
                    if reason:
                        context.set_trailing_metadata((("grpc-status-details-bin", with_reason(*reason)),))
                    context.abort(code, why)
                if lost_after:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "the response was lost")
                return response

            return call

        return Handlers()

    # Services

    def _list_projects(self, _):
        response = projects.ListProjectsResponse()
        response.projects.add(id="p", display_name="default")
        return response, None

    def _create_upload(self, request):
        upload_id = f"upload-{request.manifest.digest[:12]}"
        self.manifests[upload_id] = request.manifest
        stored = self.chunks.setdefault(upload_id, {})
        response = uploads.CreateUploadResponse()
        response.upload.id = upload_id
        response.upload.received_chunks.extend(sorted(stored))
        response.upload.dataset_version_id = self.versions.get(upload_id, "")
        return response, None

    def _add_chunk(self, request):
        stored = self.chunks[request.upload_id]
        known = stored.get(request.index)
        if known is not None and known != request.chunk:
            return None, (grpc.StatusCode.ALREADY_EXISTS, "another content")
        stored[request.index] = request.chunk
        return uploads.AddUploadChunkResponse(), None

    def _create_integration(self, request):
        response = integrations.CreateIntegrationResponse()
        known = self.integrations.setdefault(request.request_id, request)
        if known != request:
            return self._reused(request)
        objects = request.source.objects
        response.integration.id = request.source.upload_id or f"{objects.run_id}-{objects.epoch}"
        response.integration.display_name = request.display_name
        return response, None

    def _reused(self, request):
        why = f'request_id "{request.request_id}" was already used with another body'
        return None, (grpc.StatusCode.ALREADY_EXISTS, why, b"REQUEST_ID_REUSED")

    def _list_integrations(self, _):
        response = integrations.ListIntegrationsResponse()
        for one in self.integrations.values():
            response.integrations.add(
                id=one.source.upload_id, display_name=one.display_name, source=one.source
            )
        return response, None

    def _create_version(self, request):
        if request.integration_id not in self.manifests:
            response = datasets.CreateDatasetVersionResponse()
            response.dataset_version.id = f"objects of {request.integration_id}"
            return response, None
        manifest, stored = self.manifests[request.integration_id], self.chunks[request.integration_id]
        rows = sum(split.count for split in manifest.splits)
        if sum(len(chunk.sample_ids) for chunk in stored.values()) != rows:
            return None, (grpc.StatusCode.FAILED_PRECONDITION, "chunks are missing")
        self.versions[request.integration_id] = f"version-{request.integration_id}"
        response = datasets.CreateDatasetVersionResponse()
        response.dataset_version.id = self.versions[request.integration_id]
        return response, None

    def _get_version(self, request):
        response = datasets.GetDatasetVersionResponse()
        response.dataset_version.id = request.dataset_version_id
        response.dataset_version.state = 5
        return response, None

    def _create_recording(self, request):
        response = recordings.CreateRecordingResponse()
        response.run.id = f"run-{request.request_id}"
        known = self.runs.get(response.run.id)
        if known is not None and known != request:
            return None, (grpc.StatusCode.INVALID_ARGUMENT, "another body with the same request id")
        self.runs[response.run.id] = request
        return response, None

    def _get_recording(self, request):
        response = recordings.GetRecordingResponse()
        for writer in range(max(1, self.runs[request.run_id].writers)):
            response.recording.writers.add(
                writer=writer, sequence=len(self.records.get((request.run_id, writer), []))
            )
        return response, None

    def _append(self, request):
        if self.refuse_records:
            return None, (grpc.StatusCode.INVALID_ARGUMENT, "refused")
        stored = self.records.setdefault((request.run_id, request.writer), [])
        if request.sequence > len(stored) + 1:
            self.gaps += 1
            return None, (grpc.StatusCode.FAILED_PRECONDITION, f"{request.sequence} follows {len(stored)}")
        if request.sequence == len(stored) + 1:
            wrong = find_fault(request, stored)
            if wrong:
                return None, (grpc.StatusCode.FAILED_PRECONDITION, wrong)
            stored.append(request)
        return recordings.AppendRecordResponse(sequence=len(stored)), None

    # What a test looks at

    def only_run(self) -> str:
        (run_id,) = self.runs
        return run_id

    def all_records(self, writer: int = 0):
        return self.records.get((self.only_run(), writer), [])

    def rows(self, epoch: int, content: int, writer: int = 0, layer: str = ""):
        """Returns the logged rows of an epoch by (split, id), as arrays, in the order in which they came."""
        found: dict[tuple[str, str], list[np.ndarray]] = {}
        for record in self.all_records(writer):
            if record.WhichOneof("content") != "samples" or record.epoch != epoch:
                continue
            for column in record.samples.columns:
                if column.content != content or column.layer != layer:
                    continue
                values = read_column(column, len(record.samples.sample_ids))
                for key, row in zip(record.samples.sample_ids, values):
                    found.setdefault((SPLITS[record.samples.split], key), []).append(row)
        return found

    def ends(self, writer: int = 0):
        return [r for r in self.all_records(writer) if r.WhichOneof("content") == "epoch_end"]

    def run_end(self, writer: int = 0):
        found = [r.run_end for r in self.all_records(writer) if r.WhichOneof("content") == "run_end"]
        return found[0] if found else None
