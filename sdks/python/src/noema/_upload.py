"""Sends a dataset in chunks. Only chunks that the platform lacks are sent."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np

from noema._arrays import Array
from noema._client import Client
from noema._dataset import Dataset, Split, split_number
from noema._errors import DatasetError, NoemaError
from noema._wait import poll
from noema._wire.datasets.v1 import integration_pb2, upload_pb2
from noema._wire.jobs.v1 import job_pb2

CHUNK_BYTES = 4 << 20
MAX_CHUNK_BYTES = 8 << 20
MAX_CHUNK_ROWS = 2048
#: Part of the digest, so that another form of the visuals makes another upload.
FORM = b"noema-upload-1"
_PROBED = 32
_TYPES = {"float32": 1, "uint8": 2, "int32": 3, "float16": 6}
_NUMBER, _STRING, _BOOLEAN = 1, 2, 3


class DatasetUpload:
    """Manifest and chunks of a dataset. The same data give the same bytes in every process."""

    def __init__(self, data: Dataset) -> None:
        if not data.inputs:
            raise DatasetError(
                "no column is an input; say which with inputs=, or give embeddings to noema.upload",
                "NO_INPUTS",
            )
        _require_truth(data)
        self._data = data
        self._splits = list(data.splits.values())
        self._types = [self._column_type(name) for name in data.metadata]
        self._shown = [part for part in data.inputs if part.media_type is not None]
        # float16 has NaN for samples without ground truth, and whole numbers up to 2048.
        labels = data.labels
        whole = labels is not None and labels.is_whole() and "unlabeled" not in data.splits
        small = labels is not None and labels.task != "regression" and labels.dims[0] > 1
        self._truth_type = ("uint8" if whole else "float16") if small else "float32"
        self.manifest = self._describe()

    @property
    def chunk_count(self) -> int:
        """Number of chunks."""
        return -(-self._data.population_size // self.manifest.chunk_rows)

    def _describe(self) -> upload_pb2.UploadManifest:
        data, labels = self._data, self._data.labels
        manifest = upload_pb2.UploadManifest()
        for split in self._splits:
            number: Any = split_number(split.name)
            manifest.splits.add(split=number, count=len(split.population))
        for part in data.inputs:
            sent = manifest.inputs.add(scale=0 if data.scale == 1 else data.scale)
            sent.spec.name = part.name
            sent.spec.data_type = _TYPES[part.dtype]  # type: ignore[assignment]
            sent.spec.dims.extend(part.stored_dims)
        if labels is not None:
            sent = manifest.ground_truths.add()
            sent.spec.name = data.label
            sent.spec.data_type = _TYPES[self._truth_type]  # type: ignore[assignment]
            sent.spec.dims.extend(labels.dims)
            manifest.class_names.extend(labels.class_names)
        for name, kind in zip(data.metadata, self._types):
            manifest.metadata_columns.add(name=name, type=kind)  # type: ignore[arg-type]
        for part in self._shown:
            manifest.visualizers.add(name=part.name, media_type=part.media_type)
        manifest.chunk_rows = self._choose_rows()
        manifest.digest = self._digest(manifest)
        return manifest

    def _column_type(self, name: str) -> int:
        value = None
        for split in self._splits:
            for value in split.columns[name].take(split.population[:_PROBED]):
                if value is not None:
                    break
            if value is not None:
                break
        if isinstance(value, (bool, np.bool_)) or (isinstance(value, np.ndarray) and value.dtype.kind == "b"):
            return _BOOLEAN
        return _NUMBER if isinstance(value, (int, float, np.number, np.ndarray)) else _STRING

    def _choose_rows(self) -> int:
        rows = min(_PROBED, len(self._splits[0].population))
        size = len(self._chunk(0, rows, visuals=True).SerializeToString()) / rows
        return int(max(1, min(MAX_CHUNK_ROWS, CHUNK_BYTES / 2 / max(1.0, size))))

    def _digest(self, manifest: upload_pb2.UploadManifest) -> str:
        digest = hashlib.sha256(FORM + manifest.SerializeToString(deterministic=True))
        for index in range(-(-self._data.population_size // manifest.chunk_rows)):
            chunk = self._chunk(index * manifest.chunk_rows, manifest.chunk_rows, visuals=False)
            digest.update(hashlib.sha256(chunk.SerializeToString(deterministic=True)).digest())
        return digest.hexdigest()

    def chunk(self, index: int) -> upload_pb2.UploadChunk:
        """Returns one chunk. Raises DatasetError if it is above the limit of the platform."""
        chunk = self._chunk(index * self.manifest.chunk_rows, self.manifest.chunk_rows, visuals=True)
        size = chunk.ByteSize()
        if size > MAX_CHUNK_BYTES:
            raise DatasetError(
                f"{len(chunk.sample_ids)} samples from row {index * self.manifest.chunk_rows} on have "
                f"{size >> 20} MiB; the platform takes {MAX_CHUNK_BYTES >> 20} MiB at a time. Use "
                "smaller inputs"
            )
        return chunk

    def _parts(self, first: int, count: int) -> Iterator[tuple[Split, Array]]:
        """Yields the rows of every split that a run of the population covers."""
        start = 0
        for split in self._splits:
            size = len(split.population)
            low, high = max(first - start, 0), min(first + count - start, size)
            if low < high:
                yield split, split.population[low:high]
            start += size

    def _chunk(self, first: int, count: int, *, visuals: bool) -> upload_pb2.UploadChunk:
        data = self._data
        chunk = upload_pb2.UploadChunk()
        parts = list(self._parts(first, count))
        for split, rows in parts:
            chunk.sample_ids.extend(split.ids[row] for row in rows.tolist())
        values = {
            part.name: np.concatenate([part.read(split.columns, rows) for split, rows in parts])
            for part in data.inputs
        }
        chunk.inputs.extend(_little(part.store(values[part.name]), part.dtype) for part in data.inputs)
        if data.labels is not None:
            self._add_truth(chunk, parts)
        for name, kind in zip(data.metadata, self._types):
            _add_cells(chunk.metadata.add(), kind, _gather(parts, name))
        if visuals:
            for part in self._shown:
                originals = (
                    _gather(parts, part.names[0]) if part.kind == "text" else [None] * len(chunk.sample_ids)
                )
                files = (part.show(value, original) for value, original in zip(values[part.name], originals))
                chunk.visuals.add().files.extend(files)
        return chunk

    def _add_truth(self, chunk: upload_pb2.UploadChunk, parts: list[tuple[Split, Array]]) -> None:
        labels = self._data.labels
        assert labels is not None
        pieces = []
        for split, rows in parts:
            values = labels.values.get(split.name)
            if values is None:
                values = (
                    np.full(len(split), -1)
                    if labels.has_classes
                    else np.full((len(split), *labels.dims), np.nan)
                )
            pieces.append(values[rows])
        encoded = np.concatenate(pieces)
        chunk.ground_truths.append(_little(labels.encode(encoded), self._truth_type))
        if labels.class_names:
            indexes = encoded if labels.has_classes else np.full(len(encoded), -1)
            chunk.class_indexes.extend(indexes.astype(np.int64).tolist())


def _require_truth(data: Dataset) -> None:
    """Raises DatasetError for samples without ground truth in a split other than `unlabeled`."""
    for name, split in data.splits.items():
        if data.labels is None or name == "unlabeled":
            continue
        values = data.labels.values.get(name)
        if values is None:
            raise DatasetError(
                f"the split {name} has no ground truth; give it as unlabeled=", "TRUTH_MISSING"
            )
        absent = values < 0 if data.labels.has_classes else np.isnan(values).any(axis=1)
        rows = np.flatnonzero(absent)
        if len(rows) > 0:
            raise DatasetError(
                f"{len(rows)} samples of the split {name} have no ground truth, the first has the id "
                f'"{split.ids[int(rows[0])]}"; move them to unlabeled=',
                "TRUTH_MISSING",
            )


def _little(values: Array, dtype: str) -> bytes:
    return np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<")).tobytes()


def _gather(parts: list[tuple[Split, Array]], name: str) -> list[Any]:
    return [value for split, rows in parts for value in split.columns[name].take(rows)]


def _add_cells(cells: upload_pb2.UploadedCells, kind: int, values: list[Any]) -> None:
    if kind == _NUMBER:
        cells.numbers.extend(float("nan") if value is None else float(value) for value in values)
        return
    gaps = [value is None or (isinstance(value, float) and value != value) for value in values]
    if kind == _BOOLEAN:
        cells.booleans.extend(not gap and bool(value) for gap, value in zip(gaps, values))
    else:
        cells.texts.extend("" if gap else _text(value) for gap, value in zip(gaps, values))
    cells.missing.extend(i for i, gap in enumerate(gaps) if gap)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


#: Called with the number of chunks that are done, and of all.
Progress = Callable[[int, int], None]


class UploadSource(Protocol):
    """An upload in memory or on disk."""

    manifest: upload_pb2.UploadManifest

    @property
    def chunk_count(self) -> int: ...

    def chunk(self, index: int) -> upload_pb2.UploadChunk:
        """Returns one chunk."""
        ...


def send_missing(client: Client, sent: upload_pb2.Upload, upload: UploadSource, progress: Progress) -> None:
    """Sends the chunks that the platform lacks. One is sent while the next one is encoded."""
    received = set(sent.received_chunks)
    sending: Future[None] | None = None
    with ThreadPoolExecutor(1, "noema-upload") as sender:
        for index in range(upload.chunk_count):
            chunk = upload.chunk(index) if index not in received else None
            if sending is not None:
                sending.result()
            progress(index, upload.chunk_count)
            sending = None if chunk is None else sender.submit(client.send_chunk, sent.id, index, chunk)
        if sending is not None:
            sending.result()
    progress(upload.chunk_count, upload.chunk_count)


def ensure_version(
    client: Client,
    project_id: str,
    upload: UploadSource,
    name: str,
    progress: Progress,
    timeout_s: float = 3600,
) -> str:
    """Returns the id of the dataset version of the data; sends and stores them first if need be. Raises
    NoemaError.
    """
    sent = client.send_upload(project_id, upload.manifest)
    version_id = sent.dataset_version_id
    if not version_id:
        try:
            send_missing(client, sent, upload, progress)
            version_id = _create_version(client, project_id, sent.id, name)
        except NoemaError as error:
            if error.reason != "UPLOAD_CONSUMED":
                raise
            # Another training with the same data was faster.
            version_id = client.send_upload(project_id, upload.manifest).dataset_version_id
    return wait_for_version(client, version_id, timeout_s)


def _create_version(client: Client, project_id: str, upload_id: str, name: str) -> str:
    """Returns the id of the version of an upload. Trainings that begin at once with the same data get the
    same one, which has the name of the first.
    """
    request_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"noema:{upload_id}"))
    try:
        integration = client.integration.create_integration(
            project_id=project_id, display_name=name, source={"upload_id": upload_id}, request_id=request_id
        ).integration
    except NoemaError as error:
        if error.reason != "REQUEST_ID_REUSED":
            raise
        integration = _find_integration(client, project_id, upload_id)
    return client.dataset.create_dataset_version(
        project_id=project_id,
        integration_id=integration.id,
        display_name=integration.display_name,
        request_id=request_id,
    ).dataset_version.id


def _find_integration(client: Client, project_id: str, upload_id: str) -> integration_pb2.Integration:
    token = ""
    while True:
        page = client.integration.list_integrations(project_id=project_id, page_size=1000, page_token=token)
        found = [one for one in page.integrations if one.source.upload_id == upload_id]
        if found:
            return found[0]
        token = page.next_page_token
        if not token:
            raise NoemaError(
                f"the integration of the upload {upload_id} was deleted; change the data, or start the run "
                "later",
                "INTEGRATION_NOT_FOUND",
            )


def wait_for_version(client: Client, version_id: str, timeout_s: float) -> str:
    """Waits until a dataset version is ready and returns its id. Raises NoemaError with the reason of a
    failure.
    """

    def look() -> str | None:
        version = client.dataset.get_dataset_version(dataset_version_id=version_id).dataset_version
        state = job_pb2.JobState.Name(version.state)
        if state in ("JOB_STATE_FAILED", "JOB_STATE_CANCELLED"):
            raise NoemaError(
                f"the platform could not store the dataset: {version.fault.message or 'cancelled'}",
                version.fault.reason or "DATASET_FAILED",
            )
        return version.id if state == "JOB_STATE_SUCCEEDED" else None

    def late(_: NoemaError | None) -> NoemaError:
        return NoemaError(
            f"the dataset {version_id} is not ready after {timeout_s:.0f} s", "DATASET_NOT_READY"
        )

    # The caller decides what follows if the platform does not answer.
    return poll(look, timeout_s, late, is_patient=False)
