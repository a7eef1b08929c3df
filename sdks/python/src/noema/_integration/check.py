"""Checks an integration on some samples of every split."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Callable

import numpy as np

from noema._arrays import Array
from noema._integration.definition import Handler, Integration
from noema._integration.encoder import SampleEncoder, type_of
from noema._integration.faults import IntegrationError, number_text, shape_text
from noema._integration.population import Population, Sample, plan_population
from noema._integration.scorer import SampleScorer
from noema._integration.tensors import Spec

MAX_FAULTS = 20
#: Samples whose gradient of the loss is compared with finite differences.
_CHECKED_GRADIENTS = 4
#: x, y, width, height and class of an object of the ground truth; the positions are shares of the picture.
_OBJECT_NUMBERS = 5


class Probe:
    """Calls one handler repeatedly and records its time, results and faults."""

    def __init__(self, role: str, name: str) -> None:
        self.role = role
        self.name = name
        self.returned = "nothing"
        self.faults: list[dict[str, Any]] = []
        self._checked = 0
        self._seconds = 0.0
        self._low = float("inf")
        self._high = float("-inf")

    def call(self, sample: Sample | None, work: Callable[[], Any]) -> Any:
        """Returns the result, or None after a fault."""
        start = time.perf_counter()
        try:
            return work()
        except IntegrationError as error:
            self.fault(sample, error)
            return None
        finally:
            self._seconds += time.perf_counter() - start
            self._checked += 1

    def saw(self, low: float, high: float) -> None:
        self._low = min(self._low, low)
        self._high = max(self._high, high)

    def fault(self, sample: Sample | None, error: IntegrationError) -> None:
        """Records a fault; one with the same reason at the same position is only counted."""
        facts = error.metadata
        place = (error.reason, facts.get("file"), facts.get("line"))
        for known in self.faults:
            if sample is not None and known["samples"] > 0 and known["place"] == place:
                known["samples"] += 1
                return
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(
                {"place": place, "error": error, "sample": sample, "samples": int(sample is not None)}
            )

    def report(self, spec: Spec | None = None) -> dict[str, Any]:
        spread = f" from {_short(self._low)} to {_short(self._high)}" if self._low <= self._high else ""
        returned = self.returned if spec is None else f"{spec.type}{shape_text(spec.dims)}"
        report = {
            "role": self.role,
            "name": self.name,
            "returned": f"{returned}{spread}",
            "checked": self._checked,
            "milliseconds": 1000 * self._seconds / max(1, self._checked),
            "faults": [_fault_message(fault) for fault in self.faults],
        }
        return report if spec is None else {**report, "spec": spec.message()}


def check_integration(integration: Integration, samples: int, secrets: Mapping[str, str]) -> dict[str, Any]:
    """Runs every handler on up to `samples` samples of each split, spread evenly, and returns the report.

    It raises nothing for a fault of the integration.
    """
    preprocess = Probe("preprocess", "preprocess")
    planned = preprocess.call(
        None, lambda: plan_population(integration, secrets, lambda fault: preprocess.fault(None, fault))
    )
    population: Population | None = None if preprocess.faults else planned
    if population is None:
        preprocess.returned = "no splits"
    else:
        preprocess.returned = f"{len(population.splits)} splits, {population.size} samples"
    handlers = [preprocess.report()]
    if population is not None:
        handlers += _check_handlers(integration, population, samples)
    faults = sum(len(handler["faults"]) for handler in handlers)
    bad = [f'{handler["role"]} "{handler["name"]}"' for handler in handlers if handler["faults"]]
    checked = max(handler["checked"] for handler in handlers)
    return {
        "passed": faults == 0,
        "handlers": handlers,
        "splitCounts": {split.name: split.length for split in (population.splits if population else [])},
        "classNames": list(integration.class_names),
        "summary": (
            f"All {len(handlers)} handlers work on the {checked} samples tried."
            if faults == 0
            else f"{faults} {'fault' if faults == 1 else 'faults'} in {', '.join(bad)}."
        ),
    }


def _check_handlers(integration: Integration, population: Population, samples: int) -> list[dict[str, Any]]:
    check = _Check(integration)
    for split in population.splits:
        count = min(samples, split.length)
        for at in range(count):
            check.add(population.sample(split.first_row + at * split.length // count))
    return check.reports()


class _Check:
    def __init__(self, integration: Integration) -> None:
        order = ("input", "ground-truth", "metadata", "visualizer", "metric", "loss")
        self._handlers = [handler for role in order for handler in integration.of(role)]
        self._probes = [Probe(handler.role, handler.name) for handler in self._handlers]
        self._encoder = SampleEncoder(integration)
        self._integration = integration
        self._scorer = SampleScorer(integration)
        self._gradients = 0
        self._columns: dict[str, dict[str, str | None]] = {}
        self._truth_numbers: dict[str, Array] = {}
        self._samples = 0

    def add(self, sample: Sample) -> None:
        self._samples += 1
        for handler, probe in zip(self._handlers, self._probes):
            if sample.split == "unlabeled" and handler.role in ("ground-truth", "metric", "loss"):
                continue
            self._add(handler, probe, sample)

    def reports(self) -> list[dict[str, Any]]:
        reports = []
        for handler, probe in zip(self._handlers, self._probes):
            if handler.role == "metadata":
                self._finish_metadata(handler, probe)
            reports.append(probe.report(self._encoder.spec_of(handler)))
        return reports

    def _add(self, handler: Handler, probe: Probe, sample: Sample) -> None:
        if handler.role in ("input", "ground-truth"):
            tensor = probe.call(sample, lambda: self._encoder.tensor(handler, sample))
            if tensor is not None:
                probe.saw(float(tensor.data.min()), float(tensor.data.max()))
                if handler.role == "ground-truth":
                    self._truth_numbers[handler.name] = tensor.data
        elif handler.role == "metadata":
            cells = probe.call(sample, lambda: self._encoder.metadata(handler, sample)) or {}
            types = self._columns.setdefault(handler.name, {})
            for column, cell in cells.items():
                types[column] = types.get(column) if cell is None else type_of(cell)
                if isinstance(cell, (int, float)) and not isinstance(cell, bool) and column == handler.name:
                    probe.saw(cell, cell)
        elif handler.role == "visualizer":
            visual = probe.call(sample, lambda: self._encoder.visual(handler, sample))
            if visual is not None:
                probe.returned = visual.media_type
        else:
            self._score(handler, probe, sample)

    def _score(self, handler: Handler, probe: Probe, sample: Sample) -> None:
        prediction = self._uniform_prediction()
        probe.returned = probe.returned if probe.returned != "nothing" else "number"
        if handler.role == "metric":
            value = probe.call(sample, lambda: self._scorer.metric(handler, sample, prediction))
        else:
            loss = probe.call(sample, lambda: self._scorer.loss(sample, prediction))
            value = None if loss is None else loss.value
            if loss is not None and loss.gradient is not None:
                probe.returned = "number with gradient"
                self._check_gradient(probe, sample, prediction)
        if value is not None:
            probe.saw(value, value)

    def _check_gradient(self, probe: Probe, sample: Sample, prediction: Array) -> None:
        if self._gradients >= _CHECKED_GRADIENTS:
            return
        self._gradients += 1
        try:
            self._scorer.check_gradient(sample, prediction)
        except IntegrationError as error:
            probe.fault(sample, error)

    def _uniform_prediction(self) -> Array:
        """Returns equal probabilities of all classes, in the shape of the output of a network for them."""
        truths = self._integration.of("ground-truth")
        truth = self._integration.class_truth or (truths[0] if truths else None)
        spec = None if truth is None else self._encoder.spec_of(truth)
        dims: tuple[int, ...] = () if spec is None else tuple(spec.dims)
        classes = len(self._integration.class_names)
        if classes == 0:
            return np.full(dims or (1,), 1.0, dtype=np.float32)
        if len(dims) < 2:
            dims = (classes,)
        elif truth is not None and _holds_objects(dims, self._truth_numbers.get(truth.name)):
            dims = (1, dims[0], _OBJECT_NUMBERS + classes)
        elif dims[-1] != classes:
            dims = (*(dims[:-1] if dims[-1] == 1 else dims), classes)
        return np.full(dims, 1 / classes, dtype=np.float32)

    def _finish_metadata(self, handler: Handler, probe: Probe) -> None:
        types = {column: type for column, type in self._columns.get(handler.name, {}).items() if type}
        if list(types) == [handler.name]:
            probe.returned = types[handler.name]
        else:
            probe.returned = ", ".join(f"{column} {type}" for column, type in types.items()) or "nothing"
        if not types and self._columns.get(handler.name):
            probe.fault(
                None,
                IntegrationError(
                    "METADATA_EMPTY",
                    f'metadata "{handler.name}" has no value for any of {self._samples} samples (None and '
                    "NaN do not count); check what it reads, or leave it out",
                    {"handler": handler.name, "role": "metadata"},
                ),
            )


def _holds_objects(dims: tuple[int, ...], numbers: Array | None) -> bool:
    """True for rows of objects on a picture: shares of it, or the -1 of no object, are no classes."""
    if numbers is None or len(dims) != 2 or dims[1] != _OBJECT_NUMBERS:
        return False
    return bool(((numbers < 0) | (numbers % 1 != 0)).any())


def _fault_message(fault: dict[str, Any]) -> dict[str, Any]:
    error: IntegrationError = fault["error"]
    sample: Sample | None = fault["sample"]
    facts = error.metadata
    message: dict[str, Any] = {
        "reason": error.reason,
        "message": str(error),
        "metadata": facts,
        "samples": fault["samples"],
    }
    if sample is not None:
        message["sample"] = {"split": sample.split, "id": sample.id}
    if "file" in facts:
        message["file"] = facts["file"]
        message["line"] = int(facts["line"])
    if "column" in facts:
        message["column"] = int(facts["column"])
    return message


def _short(value: float) -> str:
    return number_text(float(f"{value:.4g}"))
