"""What a platform has computed of a run: maps, samples, similar samples and heat maps."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from noema._analysis import Analysis, await_analysis
from noema._client import Client, client
from noema._dataset import split_number
from noema._errors import NoemaError
from noema._ids import list_ids
from noema._insights import Insights, list_insights
from noema._map import Map, Open, await_map
from noema._platform import default_project
from noema._progress import Progress
from noema._serve import ModelServer, Serving, serve_until_interrupted, start_server
from noema._similar import Similar, find_similar
from noema._table import Samples, describe_evaluation, name_split
from noema._upload import wait_for_version
from noema._wire.training.v1 import run_pb2

#: How long a map or an analysis is waited for, in seconds.
TIMEOUT_S = 600.0
MAX_SIMILAR = 1000
_PAGE = 1000
_SPLITS = ("training", "validation", "test", "unlabeled")


class Place(NamedTuple):
    """Where the results of an epoch are."""

    project_id: str
    run_id: str
    epoch: int
    #: The lowest branch whose results are taken: that of an epoch that was recorded again.
    branch: int = 0


class Results(ABC):
    """Results of a run, for a script or a notebook."""

    name: str

    @abstractmethod
    def _open_client(self) -> Client:
        """Returns a new connection to the platform of the run."""

    @abstractmethod
    def _place(self, epoch: int | None, timeout_s: float, progress: Progress) -> Place:
        """Returns where an epoch is, by default the last one; waits until the platform has it."""

    @abstractmethod
    def _find_samples(self, ids: Any, split: str | None) -> list[tuple[str, str]]:
        """Returns split and id of each sample. `ids` may be one id."""

    def map(self, epoch: int | None = None, *, timeout_s: float = TIMEOUT_S) -> Map:
        """Returns the map of an epoch, by default of the last one that ended. Waits until the platform has
        it.

        Raises NoemaError MAP_TIMEOUT after `timeout_s` seconds; EPOCH_UNKNOWN, EPOCH_PARTIAL or
        EPOCH_WITHOUT_ACTIVATIONS if there will be no map; NOT_DELIVERED if the run has ended and the platform
        does not have it; and the fault of a computation that failed.
        """
        started = time.monotonic()
        progress = Progress(self.name)
        try:
            at = self._place(epoch, timeout_s, progress)
            left = max(0.0, timeout_s - (time.monotonic() - started))
            found = await_map(self._open_client, at, left, progress)
        finally:
            progress.clear()
        return Map(found, self._open_client)

    def similar(
        self,
        ids: Any,
        k: int | None = None,
        *,
        split: str | None = None,
        output: str = "",
        epoch: int | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Similar:
        """Returns the `k` samples that the model perceives as most similar to some samples, nearest first.

        `ids` is one id or several, which are searched by the mean of their vectors. `split` may be left out
        where an id is in one split only. `k` is 1 to 1,000, by default the platform's. `output` names the
        output whose predictions the table has, as in `samples`. The epoch is that of `map`, which is waited
        for. Raises NoemaError for an id that is not in the population, and as `map` does.
        """
        if k is not None and not 1 <= k <= MAX_SIMILAR:
            raise NoemaError(f"k is {k}; it must be 1 to {MAX_SIMILAR}", "K_INVALID")
        queries = self._find_samples(ids, split)
        found = self.map(epoch, timeout_s=timeout_s).exploration
        return find_similar(
            self._open_client,
            found.dataset_version_id,
            found.run_id,
            found.epoch,
            found.activation_set_id,
            queries,
            k,
            output,
        )

    def samples(
        self,
        n: int = 20,
        *,
        filter: str = "",
        order_by: str = "loss desc",
        output: str = "",
        epoch: int | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Samples:
        """Returns the first `n` samples of an epoch, by default those with the highest loss.

        `filter` is a condition over `split`, `sample_id`, `row`, `loss`, `correct`, `predicted_class`,
        `true_class`, `residual`, `label`, `class_name` and `metadata.<name>`, such as `split =
        SPLIT_VALIDATION AND correct = false`. `order_by` is `loss desc`, `loss` or `row`. `output` names
        the output whose labels, predictions and own losses these are. Default: the first one, with the losses
        of all outputs. Raises NoemaError, OUTPUT_NOT_FOUND with the outputs that the model has.
        """
        if n < 1:
            raise NoemaError(f"n is {n}; it must be 1 or more", "COUNT_INVALID")
        progress = Progress(self.name)
        try:
            at = self._place(epoch, timeout_s, progress)
        finally:
            progress.clear()
        rows: list[dict[str, Any]] = []
        token = ""
        with self._open_client() as opened:
            version_id = opened.run.get_run(run_id=at.run_id).run.dataset_version_id
            while True:
                page = opened.evaluation.list_sample_evaluations(
                    run_id=at.run_id,
                    epoch=at.epoch,
                    page_size=min(_PAGE, n - len(rows)),
                    page_token=token,
                    filter=filter,
                    order_by=order_by,
                    output=output,
                )
                for one in page.evaluations:
                    sample = {"split": name_split(one.sample), "id": one.sample.sample_id}
                    rows.append({**sample, **describe_evaluation(one)})
                token = page.next_page_token
                if not token or len(rows) >= n:
                    break
        return Samples(rows, page.total_size, at.epoch, version_id, self._open_client)

    def objects(self, epoch: int | None = None, *, name: str = "", timeout_s: float = TIMEOUT_S) -> str:
        """Makes a dataset version of the objects of a detection, and returns its id when it is ready.

        Its samples are the objects of the ground truth, and the predicted objects that are not true
        positives, each cut out of its picture in the size that the model takes. The epoch is by default the
        last one. `name` is the display name, by default the name of the run with a number. Raises NoemaError
        RUN_NOT_DETECTION, PICTURES_MISSING, OBJECTS_MISSING, and DATASET_NOT_READY after `timeout_s` seconds.
        """
        progress = Progress(self.name)
        try:
            at = self._place(epoch, timeout_s, progress)
        finally:
            progress.clear()
        with self._open_client() as opened:
            source = {"objects": {"run_id": at.run_id, "epoch": at.epoch}}
            integration = opened.integration.create_integration(
                project_id=at.project_id, display_name=name, source=source
            ).integration
            created = opened.dataset.create_dataset_version(
                project_id=at.project_id, integration_id=integration.id, display_name=name
            ).dataset_version
            return wait_for_version(opened, created.id, timeout_s)

    def insights(
        self,
        *,
        filter: str = "",
        hints: bool = False,
        outdated: bool = False,
        output: str = "",
        timeout_s: float = TIMEOUT_S,
    ) -> Insights:
        """Returns the insights of the run, the most severe first; `.search()` searches for them.

        `filter` is a condition such as `kind = "mislabelled" AND severity >= 2`. `hints` adds those that no
        held-out sample has confirmed, `outdated` those that a later search replaced. `output` names one of
        several outputs of the model. Default: all. Raises NoemaError OUTPUT_NOT_FOUND.
        """
        progress = Progress(self.name)
        try:
            at = self._place(None, timeout_s, progress)
        finally:
            progress.clear()
        place = (at.project_id, at.run_id)
        return list_insights(
            self._open_client, place, filter=filter, hints=hints, outdated=outdated, output=output
        )

    def analyze(
        self,
        sample_id: Any,
        *,
        split: str | None = None,
        epoch: int | None = None,
        methods: Sequence[str] = (),
        classes: Sequence[int] = (),
        layer: str = "",
        output: str = "",
        timeout_s: float = TIMEOUT_S,
    ) -> Analysis:
        """Returns heat maps of one sample and the units that matter for it. Waits until they are computed.

        - `methods`: keys such as `grad-cam` or `integrated-gradients`. Default: those of the platform.
        - `classes`: indices of the classes to explain. Default: the predicted and the true one, and the loss.
        - `layer`: the layer of the Grad-CAM methods. Default: the last one with positions.
        - `output`: name of the output to explain. Default: the first one, with the losses of all outputs.

        Raises NoemaError ANALYSIS_TIMEOUT after `timeout_s` seconds, MODEL_HAS_NO_GRAPH for a run whose model
        the platform cannot run, and the fault of a computation that failed.
        """
        found = self._find_samples(sample_id, split)
        if len(found) != 1:
            raise NoemaError(f"{len(found)} samples were given; an analysis is of one", "SAMPLE_NOT_SINGLE")
        started = time.monotonic()
        progress = Progress(self.name)
        try:
            at = self._place(epoch, timeout_s, progress)
            left = max(0.0, timeout_s - (time.monotonic() - started))
            asked = {"methods": list(methods), "classes": list(classes), "layer": layer, "output": output}
            settings = {name: value for name, value in asked.items() if value} or None
            done = await_analysis(
                self._open_client, at.project_id, at.run_id, at.epoch, found[0], settings, left, progress
            )
        finally:
            progress.clear()
        return Analysis(done, self._open_client)

    def serve(
        self,
        model: Any,
        *,
        epoch: int | None = None,
        prepare: Callable[[Any], Any] | None = None,
        progress: bool = True,
        timeout_s: float = TIMEOUT_S,
    ) -> Serving:
        """Serves a model in a thread: this process computes the heat maps of an epoch without a graph.

        - `model`: the torch module or Keras 3 model that was recorded, with the weights of the epoch.
        - `epoch`: default: the last one that ended.
        - `prepare`: function from inputs to what the model takes. Default: the `prepare` of the run in the
          process that has recorded it, otherwise none.

        Use it in a `with` block, or call `stop`. The model must not be trained meanwhile. Raises NoemaError
        SERVED_MODEL_DIFFERS for a model that does not give the recorded outputs, SERVED_LAYERS_DIFFER,
        EPOCH_HAS_GRAPH, MODEL_NOT_RUNNABLE.
        """
        return Serving(self._start_server(model, epoch, prepare, progress, timeout_s))

    def _start_server(
        self,
        model: Any,
        epoch: int | None,
        prepare: Callable[[Any], Any] | None,
        wants_progress: bool,
        timeout_s: float,
    ) -> ModelServer:
        progress = Progress(self.name, wants_progress)
        at = self._place(epoch, timeout_s, progress)
        used = prepare if prepare is not None else self._prepare
        return start_server(self._open_client, at.run_id, at.epoch, model, used, progress)

    @property
    def _prepare(self) -> Callable[[Any], Any] | None:
        return None


class StoredRun(Results):
    """A run that a platform has, recorded or trained there. `noema.open_run` returns it."""

    def __init__(self, run: run_pb2.Run, open_client: Open) -> None:
        self.name = run.display_name
        self.id = run.id
        self._project_id = run.project_id
        self._version_id = run.dataset_version_id
        self._open = open_client

    def __repr__(self) -> str:
        return f'StoredRun("{self.name}", {self.id})'

    def _open_client(self) -> Client:
        return self._open()

    def _place(self, epoch: int | None, timeout_s: float, progress: Progress) -> Place:
        with self._open() as opened:
            done = opened.run.get_run(run_id=self.id).run.epochs_done
        number = done if epoch is None else int(epoch)
        if number < 1:
            raise NoemaError("no epoch has ended yet", "EPOCH_UNKNOWN")
        return Place(self._project_id, self.id, number)

    def _find_samples(self, ids: Any, split: str | None) -> list[tuple[str, str]]:
        texts = list_ids(ids)
        if not texts:
            raise NoemaError("there are no ids; give at least one", "SAMPLE_ID_MISSING")
        if split is not None:
            if split not in _SPLITS:
                raise NoemaError(
                    f'there is no split "{split}"; splits: {", ".join(_SPLITS)}', "SPLIT_UNKNOWN"
                )
            return [(split, text) for text in texts]
        with self._open() as opened:
            return [(self._find_split(opened, text), text) for text in texts]

    def _find_split(self, opened: Client, text: str) -> str:
        found = [name for name in _SPLITS if self._has_sample(opened, name, text)]
        if not found:
            raise NoemaError(f'no split has the id "{text}"', "SAMPLE_ID_UNKNOWN")
        if len(found) > 1:
            raise NoemaError(
                f'the id "{text}" is in the splits {" and ".join(found)}; say which with split=',
                "SPLIT_AMBIGUOUS",
            )
        return found[0]

    def _has_sample(self, opened: Client, split: str, text: str) -> bool:
        try:
            opened.sample.get_sample(
                dataset_version_id=self._version_id, split=split_number(split), sample_id=text
            )
        except NoemaError as error:
            if error.code != "NOT_FOUND":
                raise
            return False
        return True


def open_run(
    name: str,
    *,
    project: str | None = None,
    url: str | None = None,
    api_key: str | None = None,
    start: bool = True,
) -> StoredRun:
    """Returns a run of the platform by its id or name; of several runs with the same name, the newest.

    `project` is the name or id of the project; default: NOEMA_PROJECT, else the only one, else `default`.
    `url`, `api_key`, `start`: see `client`. Raises NoemaError RUN_NOT_FOUND, which lists runs.
    """
    first = client(url, api_key, start=start)
    platform = first.platform
    with first:
        found = first.find_run(first.find_project(project or default_project()), name)
    return StoredRun(found, lambda: Client(platform))


def serve(
    model: Any,
    run: Results | str,
    *,
    epoch: int | None = None,
    prepare: Callable[[Any], Any] | None = None,
    project: str | None = None,
    url: str | None = None,
    api_key: str | None = None,
    start: bool = True,
    progress: bool = True,
) -> None:
    """Serves a model until Ctrl+C: this process computes the heat maps of an epoch without a graph.

    `run` is a run, or the name or id of one; `project`, `url`, `api_key` and `start` find it as in
    `open_run`. `epoch`, `prepare` and errors: see `Run.serve`, which does the same in a thread.
    """
    if isinstance(run, str):
        found: Results = open_run(run, project=project, url=url, api_key=api_key, start=start)
    else:
        found = run
    serve_until_interrupted(found._start_server(model, epoch, prepare, progress, TIMEOUT_S))
