"""The map of an epoch: coordinates and evaluation of every sample of a run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from noema._arrays import Array
from noema._client import Client
from noema._dataset import split_name
from noema._errors import NoemaError
from noema._map_html import MAX_DOTS, draw_map
from noema._progress import Progress
from noema._wait import poll
from noema._wire.activations.v1 import activation_set_pb2
from noema._wire.jobs.v1 import job_pb2
from noema._wire.projection.v1 import exploration_pb2, point_pb2
from noema._wire.training.v1 import run_pb2

#: Opens a connection to the platform of a run.
Open = Callable[[], Client]

_PAGE = 1000
_ENDED_JOB = (job_pb2.JOB_STATE_CANCELLED, job_pb2.JOB_STATE_FAILED)
_ENDED_RUN = (run_pb2.RUN_STATE_STOPPED, run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED)
#: Columns of a table in their order, and the names that the platform has for them by the kind of model.
_COLUMNS = {
    "label": ("true_class", "target"),
    "predicted": ("predicted_class", "prediction"),
    "loss": ("loss",),
    "correct": ("correct",),
}


class Map:
    """The map of all samples of a run after one epoch. Row i is row i of the dataset version.

    A notebook shows it as a picture. `exploration` is the platform's message, with the measures of
    faithfulness in `exploration.trust`.
    """

    def __init__(self, exploration: exploration_pb2.Exploration, open_client: Open) -> None:
        self.exploration = exploration
        self._open = open_client
        self._names: dict[str, list[str]] = {}
        self._columns: dict[str, Array] = {}
        self._samples: tuple[Array, Array] | None = None
        self._xy = np.empty((exploration.point_count, 2), dtype=np.float32)
        self._read_points()

    @property
    def epoch(self) -> int:
        """Number of the epoch, starting at 1."""
        return self.exploration.epoch

    def __len__(self) -> int:
        return len(self._xy)

    def __repr__(self) -> str:
        trust = self.exploration.trust.trustworthiness
        return f"Map(epoch {self.epoch}, {len(self):,} samples, trustworthiness {trust:.3f})"

    def to_numpy(self) -> Array:
        """Returns the coordinates `[n, 2]` float32, rows in the order of the dataset version."""
        return self._xy.copy()

    def to_columns(self, output: str = "") -> dict[str, Array]:
        """Returns columns `[n]` by name: split, id, label, predicted, loss, correct, x, y.

        A column that the model does not have, such as the loss of data without ground truth, is left out.
        Missing values are NaN in numbers and None elsewhere. The ids are fetched in pages of 1,000. `output`
        names the output that the columns are of, with its own loss. Default: the first one, with the losses
        of all outputs. Raises NoemaError OUTPUT_NOT_FOUND, and if the platform does not answer.
        """
        known = self._find_sources(output)
        if self._samples is None:
            self._samples = self._read_samples()
        split, sample_id = self._samples
        columns = {"split": split, "id": sample_id}
        columns |= {name: self._values(source, name == "correct") for name, source in known.items()}
        return {**columns, "x": self._xy[:, 0].copy(), "y": self._xy[:, 1].copy()}

    def to_pandas(self, output: str = "") -> Any:
        """Returns the columns of `to_columns` as a pandas.DataFrame. Raises NoemaError PANDAS_MISSING."""
        return to_frame(self.to_columns(output))

    def to_html(self, color: str | None = None, dots: int = MAX_DOTS, *, output: str = "") -> str:
        """Returns the map as HTML with an inline SVG, without scripts and external resources.

        `color` is `label`, `predicted`, `correct`, `split` or `loss`, of the `output` as in `to_columns`.
        Default: the labels if they are classes, else the loss, else one color. Above `dots` samples, a
        random subset of that size with seed 0 is drawn, and the text reports it. Raises NoemaError
        COLUMN_UNKNOWN, OUTPUT_NOT_FOUND.
        """
        known = self._find_sources(output)
        if "split" in self._columns:
            known["split"] = "split"
        if color is not None and color not in known:
            raise NoemaError(
                f'color is "{color}"; this map has {", ".join(known) or "no colors"}', "COLUMN_UNKNOWN"
            )
        if color is None:
            has_classes = known.get("label", "") in self._names
            color = "label" if has_classes else "loss" if "loss" in known else None
        source = "" if color is None else known[color]
        return draw_map(
            self._xy,
            title=f"Epoch {self.epoch}, {len(self):,} samples" + (f", output {output}" if output else ""),
            color=color or "",
            values=self._columns.get(source),
            names=self._names.get(source),
            dots=dots,
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def _find_sources(self, output: str) -> dict[str, str]:
        """Returns the platform's name of each column of an output. Raises NoemaError OUTPUT_NOT_FOUND."""
        outputs = self._read_outputs() if output else []
        if output and output not in outputs:
            raise NoemaError(
                f'the model has no output "{output}"; it has {", ".join(outputs) or "one without a name"}',
                "OUTPUT_NOT_FOUND",
            )
        # Columns of the first output have no prefix, except its own loss.
        prefixes = [""] if output in ("", *outputs[:1]) else []
        if output:
            prefixes.append(f"outputs.{output}.")
        return {
            name: prefix + source
            for prefix in prefixes
            for name, sources in _COLUMNS.items()
            for source in reversed(sources)
            if prefix + source in self._columns
        }

    def _read_outputs(self) -> list[str]:
        with self._open() as client:
            run = client.run.get_run(run_id=self.exploration.run_id).run
        return [one.output for one in run.objectives]

    def _values(self, source: str, is_truth: bool) -> Array:
        """Returns numbers as they are, and codes as names."""
        values = self._columns[source]
        if source not in self._names:
            return values.copy()
        names: list[Any] = [*self._names[source], None]
        if is_truth:
            names = [None if name is None else name == "true" for name in names]
        return np.array(names, dtype=object)[values]

    def _read_points(self) -> None:
        with self._open() as client:
            # `*` because a regression has other columns than a classification, and unknown ones are refused.
            for message in client.exploration.stream_points(
                exploration_id=self.exploration.id, columns=["*"]
            ):
                chunk = message.chunk
                rows = slice(chunk.first_row, chunk.first_row + chunk.point_count)
                self._xy[rows, 0] = np.frombuffer(chunk.x, "<f4")
                self._xy[rows, 1] = np.frombuffer(chunk.y, "<f4")
                for column in chunk.columns:
                    self._read_column(column, rows)

    def _read_column(self, column: point_pb2.PointColumn, rows: slice) -> None:
        is_code = column.type == point_pb2.POINT_COLUMN_TYPE_CODE
        known = self._columns.get(column.name)
        if known is None:
            known = np.empty(len(self._xy), dtype=np.int32 if is_code else np.float32)
            self._columns[column.name] = known
            if is_code:
                self._names[column.name] = list(column.names)
        values = np.frombuffer(column.values, "<i4" if is_code else "<f4").copy()
        if column.missing:
            values[np.frombuffer(column.missing, np.uint8) == 1] = -1 if is_code else np.nan
        known[rows] = values

    def _read_samples(self) -> tuple[Array, Array]:
        splits = np.empty(len(self), dtype=object)
        ids = np.empty(len(self), dtype=object)
        token = ""
        with self._open() as client:
            while True:
                page = client.sample.list_samples(
                    dataset_version_id=self.exploration.dataset_version_id, page_size=_PAGE, page_token=token
                )
                for sample in page.samples:
                    splits[sample.row] = split_name(sample.ref.split)
                    ids[sample.row] = sample.ref.sample_id
                token = page.next_page_token
                if not token:
                    return splits, ids


def to_frame(columns: dict[str, Array]) -> Any:
    """Returns a pandas.DataFrame. Raises NoemaError PANDAS_MISSING."""
    try:
        import pandas
    except ImportError:
        raise NoemaError(
            "pandas is not installed; `pip install pandas`, or use to_columns()", "PANDAS_MISSING"
        ) from None
    return pandas.DataFrame(columns)


class MapPlace(Protocol):
    """Which map is meant."""

    @property
    def project_id(self) -> str:
        """Id of the project."""
        ...

    @property
    def run_id(self) -> str:
        """Id of the run."""
        ...

    @property
    def epoch(self) -> int:
        """Number of the epoch, starting at 1."""
        ...

    @property
    def branch(self) -> int:
        """The lowest branch of the run whose epoch is meant."""
        ...


def await_map(
    open_client: Open, at: MapPlace, timeout_s: float, progress: Progress
) -> exploration_pb2.Exploration:
    """Returns the map that the platform computes by itself of an epoch, and waits for it.

    Raises NoemaError MAP_TIMEOUT after `timeout_s`, EPOCH_UNKNOWN, EPOCH_PARTIAL or EPOCH_WITHOUT_ACTIVATIONS
    if there will be no map, and the fault of a computation that failed.
    """
    started = time.monotonic()
    state = "the epoch"
    epoch = at.epoch

    def name_state(problem: NoemaError | None) -> str:
        return state if problem is None else f"the platform, which does not answer ({problem})"

    def look() -> exploration_pb2.Exploration | None:
        nonlocal state
        found, state = _find_map(client, at)
        return found

    def late(problem: NoemaError | None) -> NoemaError:
        return NoemaError(
            f"epoch {epoch} has no map after {timeout_s:g} s; the run waits for {name_state(problem)}. Call "
            "again, or give a longer timeout_s",
            "MAP_TIMEOUT",
        )

    def show(passed_s: float, problem: NoemaError | None) -> None:
        progress.update(f"map of epoch {epoch}: waits for {name_state(problem)}, {passed_s:.0f} s")

    with open_client() as client:
        found = poll(look, timeout_s, late, show=show)
    progress.clear(f"map of epoch {epoch}, after {time.monotonic() - started:.0f} s")
    return found


def _find_map(client: Client, at: MapPlace) -> tuple[exploration_pb2.Exploration | None, str]:
    """Returns the map, or what it waits for."""
    project_id, run_id, epoch = at.project_id, at.run_id, at.epoch
    explorations = client.exploration.list_explorations(
        project_id=project_id, run_id=run_id, epoch=epoch, filter="automatic = true AND dimensions = 2"
    ).explorations
    found = list(explorations)
    if at.branch > 0:
        # Results of the epoch before it was recorded again are on their way out.
        version = client.epoch.get_epoch(run_id=run_id, epoch=epoch).epoch.model_version_id
        current = {one.id for one in _list_sets(client, at) if one.model_version_id == version}
        found = [one for one in explorations if one.activation_set_id in current]
    for exploration in found:
        if exploration.state == job_pb2.JOB_STATE_SUCCEEDED:
            return exploration, ""
    if found:
        _require_running(found, "map", epoch)
        return None, "the layout"
    sets = _list_sets(client, at)
    if sets:
        _require_running(sets, "activation set", epoch)
        ready = any(one.state == job_pb2.JOB_STATE_SUCCEEDED for one in sets)
        return None, "the neighbors" if ready else "the activations"
    return None, _require_epoch(client, run_id, epoch)


def _list_sets(client: Client, at: MapPlace) -> list[activation_set_pb2.ActivationSet]:
    return list(
        client.activation_set.list_activation_sets(
            project_id=at.project_id, run_id=at.run_id, epoch=at.epoch
        ).activation_sets
    )


def _require_running(found: Any, what: str, epoch: int) -> None:
    if all(one.state in _ENDED_JOB for one in found):
        fault = found[0].fault
        raise NoemaError(
            f"the {what} of epoch {epoch} failed: {fault.message or 'it was cancelled'}",
            fault.reason or "JOB_CANCELLED",
        )


def is_epoch_stored(client: Client, run_id: str, epoch: int) -> bool:
    """True once the platform has an epoch. Raises NoemaError EPOCH_UNKNOWN if the run ended without it."""
    run = client.run.get_run(run_id=run_id).run
    if run.epochs_done < epoch and run.state in _ENDED_RUN:
        raise NoemaError(
            f"the run has ended with {run.epochs_done} epochs; there is no epoch {epoch}", "EPOCH_UNKNOWN"
        )
    return run.epochs_done >= epoch


def _require_epoch(client: Client, run_id: str, epoch: int) -> str:
    """Returns what an epoch without activations waits for. Raises NoemaError if none will come."""
    if not is_epoch_stored(client, run_id, epoch):
        return "its records"
    stored = client.epoch.get_epoch(run_id=run_id, epoch=epoch).epoch
    if stored.partial_reason:
        raise NoemaError(
            f"epoch {epoch} is partial, so it has no map: {stored.partial_reason}", "EPOCH_PARTIAL"
        )
    if not stored.HasField("recorded_responses"):
        raise NoemaError(
            f"epoch {epoch} has no activations, so it has no map; choose another epoch, or record "
            "activations by watch=, embedding= or activation=",
            "EPOCH_WITHOUT_ACTIVATIONS",
        )
    return "the activations"
