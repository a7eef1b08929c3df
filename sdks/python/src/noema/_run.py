"""Recorded runs: what a training loop calls."""

from __future__ import annotations

import atexit
import math
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from html import escape
from types import TracebackType
from typing import Any, Callable, Protocol

from noema._batch import BatchReader
from noema._client import Client
from noema._dataset import Dataset
from noema._delivery import Delivery
from noema._epoch import Epoch
from noema._errors import DatasetError, LogError, NoemaError
from noema._graph import Graph, describe, describe_failure, describe_missing, export_graph
from noema._map import is_epoch_stored
from noema._map_html import STYLE
from noema._progress import Progress
from noema._ranks import Rank
from noema._recorder import LOG, Record, Recorder, count_steps
from noema._records import Item
from noema._responses import Layer, Response
from noema._results import Place, Results
from noema._setting import read_seconds
from noema._steps import StepLog
from noema._wait import poll

EXIT_S = 60.0
WAITING_BYTES = 64 << 20
#: Metrics in the line of an epoch.
_SHOWN_METRICS = 4


def exit_seconds() -> float:
    """Returns how long the end of a run waits: NOEMA_EXIT_S, or 60 s. Raises NoemaError."""
    return read_seconds("NOEMA_EXIT_S", EXIT_S)


class Watch(Protocol):
    """Hooks of a model. `is_training` is None if the framework does not say it.

    Activations are taken while `enabled`, and in training mode only if `takes_training`.
    """

    enabled: bool
    takes_training: bool

    @property
    def is_training(self) -> bool | None: ...

    @property
    def parameter_count(self) -> int: ...

    def layers(self) -> list[Layer]:
        """Returns the layers, as far as they are known without a forward pass."""
        ...

    @property
    def has_responses(self) -> bool:
        """True if `take` would return some."""
        ...

    def take(self) -> list[Response]:
        """Returns the responses of the last forward pass, once."""
        ...

    def restrict(self, names: frozenset[str]) -> None:
        """Takes only these layers from now on."""
        ...

    def inference(self) -> AbstractContextManager[Callable[[Any], Any]]:
        """Puts the model into inference mode, and gives a function from inputs to outputs."""
        ...

    def export(self, x: Any, names: Sequence[str], prepare: Callable[[Any], Any] | None) -> Graph:
        """Exports the model as an ONNX file. Raises GraphMissing."""
        ...

    def close(self) -> None:
        """Removes the hooks."""
        ...


@dataclass
class RunOptions:
    """Options of a run, as `noema.run` documents them."""

    epochs: int = 0
    every: int = 1
    sweep: bool = True
    sweep_batch: int = 256
    output: str | None = None
    task: str | None = None
    prepare: Callable[[Any], Any] | None = None
    takes_all_layers: bool = False
    rank: Rank = field(default_factory=lambda: Rank(0, 1))
    progress: bool = True
    graph: bool | str = True


class Run(Results):
    """A training that is being recorded. `noema.run` creates it.

    As a context manager it ends with its block; an exception, KeyboardInterrupt too, ends it with that error.
    Epochs start at 1. In a process that was forked from the recording one, its methods do nothing.
    """

    def __init__(
        self,
        name: str,
        data: Dataset,
        recorder: Recorder,
        delivery: Delivery,
        options: RunOptions,
        watch: Watch | None = None,
        first_epoch: int = 1,
    ) -> None:
        self.name = name
        self.data = data
        self._recorder = recorder
        self._delivery = delivery
        self._options = options
        self._watch = watch
        self._reader = BatchReader(data, options.task, options.takes_all_layers)
        self._steps = StepLog(self._reader, recorder.put, recorder.wake_writer, self._warn)
        recorder.collect = self._steps.read
        self._last = first_epoch - 1
        self._epoch: Epoch | None = None
        self._correct_calls: set[tuple[Any, ...]] = set()
        self._sweep_s = self._graph_s = 0.0
        self._graph_reason = self._graph_failure = ""
        self._graph_bytes = 0
        self._note = ""
        self._ended = False
        self._end_state = ""
        self._exit_s = exit_seconds()
        self._progress = Progress(name, options.progress and options.rank.number == 0)
        atexit.register(self._at_exit)

    @property
    def epoch(self) -> int:
        """Number of the epoch that is being recorded, else of the last one; 0 before the first."""
        return self._epoch.number if self._epoch is not None else self._last

    @property
    def id(self) -> str:
        """Id of the run on the platform; empty until it exists there."""
        return self._delivery.run_id

    def __repr__(self) -> str:
        return f'Run("{self.name}", {self.state}, {self._count_epochs()})'

    def _repr_html_(self) -> str:
        lines = [f"<b>{escape(self.name)}</b>: {escape(self.state)}, {self._count_epochs()}"]
        if self.health != "well":
            lines.append(escape(self.health))
        link = self._delivery.link
        if link.startswith(("http://", "https://")):
            lines.append(f'<a href="{escape(link)}">{escape(link)}</a>')
        return f'<div class="noema">{STYLE}{"<br>".join(lines)}</div>'

    def _count_epochs(self) -> str:
        planned = self._options.epochs
        count = f"{self._last} of {planned}" if planned else str(self._last)
        return f"{count} {'epoch' if count == '1' else 'epochs'}"

    # Epochs

    def epochs(self, n: int | None = None) -> Iterator[int]:
        """Yields the numbers of the epochs up to `n`, and ends each one after its loop body.

        Default of `n`: the `epochs` of the run. A resumed run yields what is left.
        """
        last = n if n is not None else self._options.epochs
        if last < 1:
            raise LogError("epochs() needs a number, here or as epochs= of the run")
        for number in range(self._last + 1, last + 1):
            self.start_epoch(number)
            yield number
            self.end_epoch()

    def start_epoch(self, number: int | None = None) -> None:
        """Starts an epoch, by default the next one. Raises LogError for an epoch that has ended already."""
        if number is not None and number <= self._last:
            raise LogError(
                f"epoch {number} has ended already; the next one is {self._last + 1}. "
                f"Call run.rewind({number}) to record it again",
                "EPOCH_ENDED",
            )
        self._close_steps()
        self._epoch = Epoch(self._last + 1 if number is None else int(number))
        if self._watch is not None:
            self._watch.enabled = self._takes_activations(self._epoch.number)

    def rewind(self, epoch: int) -> None:
        """Goes back to an epoch that has ended, because the training goes on from an earlier checkpoint.

        What is logged from here on replaces `epoch` and all later epochs. The old ones stay visible until the
        new `epoch` has ended; then it replaces the old one, and the later ones are deleted, at once. With
        several ranks, all of them go back to the same epoch. What was logged of an open epoch is left out.
        Raises LogError for an epoch after the next one.
        """
        if self._is_inert:
            return
        if not 1 <= epoch <= self._last + 1:
            raise LogError(
                f"the run cannot go back to epoch {epoch}; it has ended {self._last}, "
                f"give 1 to {self._last + 1}",
                "REWIND_INVALID",
            )
        self._close_steps()
        self._epoch = None
        if not self._delivery.is_described and self._options.rank.count == 1:
            return  # Nothing was recorded; another rank may have recorded something.
        self._last = epoch - 1
        self._delivery.note_rewind(epoch)
        record = Record(epoch=epoch)
        record.rewind.SetInParent()
        self._recorder.put(Item(epoch, record=record))

    def _takes_activations(self, number: int) -> bool:
        return (number - 1) % self._options.every == 0 or number == self._options.epochs

    def end_epoch(self, **metrics: float) -> None:
        """Ends the epoch. A watched model is first run over the samples that have no record of inference
        mode.

        `metrics` are numbers of the epoch by name, such as `learning_rate=0.001`.
        """
        epoch = self._epoch
        if epoch is None or self._is_inert:
            return
        seconds = time.monotonic() - epoch.started
        self._close_steps()
        self._sweep(epoch)
        graph = self._export(epoch)
        for name, value in metrics.items():
            epoch.add_metric(name, value)
        self._end(epoch, seconds, graph)

    def _end(self, epoch: Epoch, training_s: float, graph: Graph | None = None) -> None:
        self._close_steps()

        # The platform takes finite metrics only.
        def finish(record: Record) -> None:
            for name, value in epoch.metrics().items():
                if math.isfinite(value):
                    record.epoch_end.metrics.add(name=name, value=value)
            # The writer thread shows it, because the metrics wait for the device.
            metrics = record.epoch_end.metrics[:_SHOWN_METRICS]
            shown = ", ".join(f"{metric.name} {metric.value:.4g}" for metric in metrics)
            text = f"{self._name_epoch(epoch.number)} in {record.epoch_end.seconds:.1f} s"
            self._progress.keep(f"{text}: {shown}" if shown else text)

        record = Record(epoch=epoch.number)
        record.epoch_end.seconds = time.monotonic() - epoch.started
        record.epoch_end.samples_per_second = epoch.training_rows / training_s if training_s > 0 else 0.0
        item = Item(epoch.number, record=record, finish=finish)
        if graph is not None:
            item.graph, item.size = graph.content, len(graph.content)
            record.epoch_end.graph.CopyFrom(describe(graph, self._find_activation()))
        elif self._graph_reason:
            record.epoch_end.graph.CopyFrom(describe_missing(self._graph_reason))
        self._recorder.put(item)
        self._describe(even_without_output=True)
        self._last, self._epoch = epoch.number, None

    # Logging

    def log(self, ids: Any, *, split: str | None = None, epoch: int | None = None, **things: Any) -> None:
        """Logs what the model says of some samples. The first axis of every array counts the ids.

        - `logits`, `probabilities` or `prediction` (numbers of a regression): `[n, outputs]`.
        - `loss`: `[n]`. Default: cross-entropy, binary cross-entropy or squared error, where the ground truth
          is known. A loss of one number is a metric.
        - `target`: ground truth if the dataset has none: classes `[n]`, else `[n, outputs]`.
        - `embedding`: `[n, units]`. `activation`: by the name of the layer, `[n, units]`, or with positions:
          `[n, units, …]` for torch tensors with more than three axes, otherwise `[n, …, units]`.
        - Any other name is a metric of the epoch: one number, or one for each id. The name of a split other
          than training goes before it, as in `validation_loss`.

        `split` may be left out where the ids are in one split only, come from `Dataset.batches`, or where the
        mode of the watched model says it. `epoch` may be left out after `start_epoch` or in `epochs`. Raises
        LogError with file, line and shapes for a wrong call until a call of the same form was right; after
        that, and for anything else that fails, `health` has the reason.
        """
        if self._is_inert:
            return
        if self._log_step(ids, split, epoch, things):
            return
        form = (split, *sorted(things))
        try:
            self._log(ids, split, epoch, things)
            self._correct_calls.add(form)
        except (LogError, DatasetError, TypeError, ValueError) as error:
            if form not in self._correct_calls:
                raise error if isinstance(error, LogError) else LogError(str(error)) from error
            self._warn(f"a batch was left out: {error}")
        except Exception as error:
            self._warn(f"a batch was left out: {error}")

    def log_metrics(self, **metrics: float) -> None:
        """Adds numbers to the metrics of the epoch; its metric is their mean. Without an epoch nothing
        happens.
        """
        if self._epoch is not None and not self._is_inert:
            for name, value in metrics.items():
                self._epoch.add_metric(name, value)

    def _log_step(self, ids: Any, split: str | None, epoch: int | None, things: dict[str, Any]) -> bool:
        """Keeps a call of a form that was right. Returns false if it has to be read now."""
        current, watch = self._epoch, self._watch
        if current is None or (epoch is not None and epoch != current.number):
            return False
        if watch is not None and watch.has_responses:
            return False
        try:
            kept = self._steps.add(current, ids, split, None if watch is None else watch.is_training, things)
        except Exception:
            return False  # Read now, it says what is wrong.
        if kept:
            self._show_rows(current)
        return kept

    def _close_steps(self) -> None:
        self._steps.read()
        self._steps.shut()

    def _log(self, ids: Any, split: str | None, epoch: int | None, things: dict[str, Any]) -> None:
        if epoch is not None and (self._epoch is None or epoch != self._epoch.number):
            if self._epoch is not None:
                self.end_epoch()
            self.start_epoch(epoch)
        if self._epoch is None:
            self.start_epoch()
        watched = self._watch.take() if self._watch is not None else []
        mode = self._watch.is_training if self._watch is not None else None
        assert self._epoch is not None
        with self._steps.lock:
            self._close_steps()
            item = self._reader.read(self._epoch, ids, split, mode, things, watched)
            if item is None:
                return
            self._recorder.put(item)
            self._describe()
            if not watched:
                due = count_steps(item)
                self._steps.open(self._epoch, split, mode, tuple(things), due)
        self._show_rows(self._epoch)

    def _name_epoch(self, number: int) -> str:
        return f"epoch {number} of {self._options.epochs}" if self._options.epochs else f"epoch {number}"

    def _show_rows(self, epoch: Epoch, task: str = "") -> None:
        if self._progress.is_due:
            # Another thread marks the rows of steps.
            marks = list((epoch.inference if task else epoch.rows).values())
            done = sum(int(rows.sum()) for rows in marks)
            total = self.data.population_size if task else len(self.data)
            self._progress.update(f"{self._name_epoch(epoch.number)}{task}: {done:,} of {total:,} samples")

    def _describe(self, even_without_output: bool = False) -> None:
        """Lets the platform create the run, once a batch has shown output and layers."""
        reader = self._reader
        if self._delivery.is_described or (reader.output_dims is None and not even_without_output):
            return
        parameters = 0
        if self._watch is not None:
            parameters = self._watch.parameter_count
            reader.add_layers(self._watch.layers())
            if reader.choice is not None:
                self._watch.restrict(reader.choice.names)
            # The end of the epoch replaces what was recorded in training mode: its activations are not taken.
            self._watch.takes_training = not self._options.sweep
        reader.is_closed = True
        note = reader.choice.note if reader.choice is not None else ""
        self._delivery.describe(
            reader.output_dims or (),
            list(reader.layers.values()),
            reader.task,
            find_framework(),
            parameters,
            note,
        )
        if note and self._options.rank.number == 0:
            print(f'noema: {self.name}: {note}; layers="all" records all in 16 bits', flush=True)
        self._recorder.wake()

    # The end of an epoch

    def _sweep(self, epoch: Epoch) -> None:
        """Runs the watched model in inference mode, so that all rows of the epoch are at one state of the
        weights.
        """
        if self._watch is None or not self._options.sweep or not self._takes_activations(epoch.number):
            return
        started = time.monotonic()
        try:
            if not self.data.inputs:
                raise NoemaError("the dataset has no inputs", "NO_INPUTS")
            with self._watch.inference() as predict:
                self._predict_rest(epoch, predict)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self._warn(
                f"the model could not be run at the end of epoch {epoch.number}: {error} "
                f"({where.filename}:{where.lineno})"
            )
        self._sweep_s += time.monotonic() - started

    def _predict_rest(self, epoch: Epoch, predict: Callable[[Any], Any]) -> None:
        rank, size = self._options.rank, self._options.sweep_batch
        assert self._watch is not None
        for name, split in self.data.splits.items():
            rows = epoch.without_inference(name, split.population)[rank.number :: rank.count]
            for start in range(0, len(rows), size):
                part = rows[start : start + size]
                x, _ = self.data.read(name, part)
                output = predict(x if self._options.prepare is None else self._options.prepare(x))
                kind = self._options.output or (
                    "prediction" if self._reader.task == "regression" else "logits"
                )
                ids = [split.ids[row] for row in part.tolist()]
                item = self._reader.read(epoch, ids, name, False, {kind: output}, self._watch.take())
                if item is not None:
                    self._recorder.put(item)
                    self._describe()
                self._show_rows(epoch, ", runs the model at its end")

    def _export(self, epoch: Epoch) -> Graph | None:
        """Returns the model at the end of the epoch as a file; None, with the reason noted, without one."""
        graph, wanted = None, self._options.graph
        if self._watch is None or self._options.rank.number != 0:
            return None
        if not wanted or (wanted == "last" and epoch.number != self._options.epochs):
            self._graph_reason = f"the run was started with graph={wanted!r}"
            return None
        if not self._takes_activations(epoch.number):
            self._graph_reason = f"the run was started with every={self._options.every}"
            return None
        started = time.monotonic()
        try:
            graph = export_graph(self._watch, self.data, self._reader.layers, self._options.prepare)
            self._graph_reason = self._graph_failure = ""
            self._graph_bytes = len(graph.content)
        except Exception as error:
            reason = describe_failure(error)
            if not self._graph_failure:
                LOG.warning("noema: there are no heat maps, because the model has no graph: %s", reason)
            self._graph_reason = self._graph_failure = reason
        self._graph_s += time.monotonic() - started
        return graph

    def _find_activation(self) -> str:
        """Returns what `to_output` does to the numbers of the watched model."""
        task, dims = self._reader.task, self._reader.output_dims or (1,)
        if self._options.output not in (None, "logits") or task == "regression":
            return ""
        return "softmax" if task == "multi_class" and dims[-1] > 1 else "sigmoid"

    def _warn(self, text: str) -> None:
        if not self._note:
            LOG.warning("noema: %s", text)
        self._note = text

    # State and end

    @property
    def state(self) -> str:
        """What the run does: `recording`, or how it ended and whether all was delivered."""
        return self._end_state or "recording"

    @property
    def health(self) -> str:
        """Sentence on the recording: `well`, or what is wrong, what was dropped, and what took time."""
        if not self._is_inert:
            self._steps.read()
        recorder = self._recorder
        parts = [*recorder.problems.values(), self._note]
        if recorder.dropped_rows:
            parts.append(f"activations of {recorder.dropped_rows} rows were dropped")
        if recorder.not_finite_rows:
            parts.append(f"outputs of {recorder.not_finite_rows} rows were not finite and left out")
        if recorder.spool.unsent_bytes > WAITING_BYTES:
            parts.append(f"{recorder.spool.unsent_bytes >> 20} MiB wait in the spool")
        if self._sweep_s:
            parts.append(f"running the model at the ends of epochs took {self._sweep_s:.1f} s")
        if self._graph_bytes:
            size = f"{self._graph_bytes / 2**20:.1f} MiB each"
            parts.append(f"exporting its graphs ({size}) took {self._graph_s:.1f} s")
        if self._graph_failure:
            parts.append(f"no heat maps: {self._graph_failure}")
        return "; ".join(part for part in parts if part) or "well"

    @property
    def _is_inert(self) -> bool:
        return self._ended or self._recorder.is_foreign

    def finish(self, error: str = "", timeout_s: float | None = None) -> bool:
        """Ends the run, and waits until all is delivered, at most `timeout_s` (default: NOEMA_EXIT_S, or 60
        s).

        Returns true if all was delivered. The rest stays in the spool, from where `python -m noema sync`
        sends it. An epoch that an `error` interrupted ends as it is, and the platform shows it as partial.
        """
        if self._is_inert:
            return False
        if self._epoch is not None and self._epoch.rows:
            if error:
                self._end(self._epoch, time.monotonic() - self._epoch.started)
            else:
                self.end_epoch()
        self._ended = True
        atexit.unregister(self._at_exit)
        forget(self)
        if self._watch is not None:
            self._watch.close()
        if not self._delivery.is_described and self._last == 0:
            # Nothing was recorded, so there is no run.
            self._recorder.close(0)
            self._delivery.finish(True)
            self._end_state = "ended without records"
            self._progress.clear()
            return True
        self._describe(even_without_output=True)
        record = Record(epoch=max(1, self._last))
        record.run_end.error = error
        self._recorder.put(Item(self._last, record=record))
        delivered = self._recorder.close(self._exit_s if timeout_s is None else timeout_s)
        self._delivery.finish(delivered)
        self._end_state = f"ended{f' by {error}' if error else ''}, " + (
            "all delivered" if delivered else "not all delivered"
        )
        self._progress.clear()
        self._say(delivered)
        return delivered

    def _say(self, delivered: bool) -> None:
        epochs = self._recorder.written_epochs
        count = f"{epochs} {'epoch' if epochs == 1 else 'epochs'}"
        if delivered:
            print(f"noema: {self.name}: {count} delivered. {self._delivery.link}".rstrip(), flush=True)
            return
        reason = "; ".join(self._recorder.problems.values())
        text = (
            f"noema: {self.name}: {count} recorded, not all delivered; `python -m noema sync` sends the rest"
        )
        print(f"{text} ({reason})" if reason else text, file=sys.stderr, flush=True)

    # Results

    def _open_client(self) -> Client:
        return self._delivery.open_client()

    @property
    def _prepare(self) -> Callable[[Any], Any] | None:
        return self._options.prepare

    def _place(self, epoch: int | None, timeout_s: float, progress: Progress) -> Place:
        number = self._last if epoch is None else int(epoch)
        if number < 1:
            raise NoemaError("no epoch has ended yet; results need one", "EPOCH_UNKNOWN")
        if number > self._last:
            raise NoemaError(f"epoch {number} has not ended; the last one is {self._last}", "EPOCH_UNKNOWN")

        branch = self._delivery.find_branch(number)

        def look() -> Place | None:
            if self.id and self._is_stored(number, branch):
                return Place(self._delivery.project_id, self.id, number, branch)
            if self._ended and not self.id:
                raise NoemaError(
                    "the platform does not have this run; `python -m noema sync` sends it", "NOT_DELIVERED"
                )
            return None

        def late(_: NoemaError | None) -> NoemaError:
            return NoemaError(
                f"epoch {number} has no results after {timeout_s:g} s; the run waits for the platform. "
                f"Health: {self.health}",
                "MAP_TIMEOUT",
            )

        def show(passed_s: float, _: NoemaError | None) -> None:
            progress.update(f"epoch {number}: waits for the platform")

        return poll(look, timeout_s, late, show=show)

    def _is_stored(self, epoch: int, branch: int) -> bool:
        """True once the platform has the epoch, of a branch in the place of the old one."""
        with self._open_client() as client:
            # The old epochs after the first one of the branch are deleted before these are stored again.
            if not is_epoch_stored(client, self.id, epoch):
                return False
            return branch == 0 or client.epoch.get_epoch(run_id=self.id, epoch=epoch).epoch.branch >= branch

    def _find_samples(self, ids: Any, split: str | None) -> list[tuple[str, str]]:
        return self._reader.find_samples(ids, split)

    def _at_exit(self) -> None:
        if not self._is_inert:
            # The exception that ended the program, if one did.
            error = getattr(sys, "last_value", None)
            self.finish("" if error is None else describe_error(error))

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.finish("" if error is None else describe_error(error))


def describe_error(error: BaseException) -> str:
    """Returns class and text of an exception, at most 1,000 characters."""
    return f"{type(error).__name__}: {error}"[:1000].rstrip(": ")


_current: Run | None = None


def use(run: Run) -> None:
    """Makes a run the one of `noema.log`."""
    global _current
    _current = run


def forget(run: Run) -> None:
    """Takes back `use`."""
    global _current
    if _current is run:
        _current = None


def current() -> Run:
    """Returns the run that was started last and is not ended. Raises NoemaError NO_RUN."""
    if _current is None:
        raise NoemaError("no run is being recorded; start one with noema.run(name, data)", "NO_RUN")
    return _current


def log(ids: Any, *, split: str | None = None, epoch: int | None = None, **things: Any) -> None:
    """Logs to the current run; see `Run.log`. Raises NoemaError NO_RUN if there is none."""
    current().log(ids, split=split, epoch=epoch, **things)


def find_framework() -> str:
    """Returns name and version of the framework that the process has imported."""
    for name in ("torch", "keras", "tensorflow", "jax"):
        module = sys.modules.get(name)
        if module is not None:
            return f"{name} {getattr(module, '__version__', '')}".strip()
    return "numpy"
