"""One integration inside the process that runs it; the samples are listed once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any, Callable

import numpy as np

from noema._arrays import Array
from noema._integration.check import check_integration
from noema._integration.encoder import SampleEncoder
from noema._integration.faults import IntegrationError
from noema._integration.load import load_integration
from noema._integration.population import Population, plan_population
from noema._integration.scorer import Loss, SampleScorer
from noema._runner.frames import Part
from noema._runner.shard import ShardBuffers
from noema._runner.texts import shorten

MAX_SKIPPED = 1_000
MAX_SKIPPED_TEXT = 300
_SHOWN = 5
_PROGRESS_ROWS = 64
_ENCODE_PROGRESS_S = 1.0
_SIFT_PROGRESS_S = 0.5

Progress = Callable[[int], None]


class HostedIntegration:
    """The integration of one module."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._integration = load_integration(path)
        self._population: Population | None = None
        #: The population without the samples that its plan skips.
        self._kept: Population | None = None

    def load(self) -> dict[str, Any]:
        return {
            "name": self._integration.name,
            "hosts": list(self._integration.hosts),
            "secrets": list(self._integration.secrets),
        }

    def check(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return check_integration(self._integration, int(params["samples"]), params["secrets"])

    def plan(self, params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Returns splits, shapes of the first samples, class names, and which samples are skipped."""
        population = everything = self._samples(params["secrets"])
        share = float(params["maxSkippedShare"])
        skipped: list[dict[str, Any]] = []
        if share > 0:
            encoder, skipped = self._sift(everything, share, progress)
            if skipped:
                population = everything.without([sample["row"] for sample in skipped])
        else:
            encoder = self._first(everything)
        plan = {
            **encoder.spec(),
            "sampleCount": population.size,
            "classNames": list(self._integration.class_names),
            "splits": [
                {"split": split.name, "count": split.length, "firstRow": split.first_row}
                for split in population.splits
            ],
            "populationDigest": _digest(everything),
        }
        metrics = [handler.name for handler in self._integration.of("metric")]
        has_loss = len(self._integration.of("loss")) > 0
        if metrics or has_loss:
            plan["scores"] = {"metrics": metrics, "loss": has_loss}
        if self._integration.group is not None:
            plan["groupField"] = self._integration.group
        return {**plan, "skipped": skipped} if skipped else plan

    def encode(self, params: Mapping[str, Any], progress: Progress) -> tuple[dict[str, Any], list[Part]]:
        """Encodes the given rows."""
        plan = params["plan"]
        population = self._planned(
            plan["populationDigest"], [sample["row"] for sample in plan.get("skipped", [])], params["secrets"]
        )
        encoder = SampleEncoder(self._integration, plan)
        row_count, first_row = int(params["rowCount"]), int(params["firstRow"])
        buffers = ShardBuffers(plan, row_count)
        reported = time.monotonic()
        for row in range(row_count):
            sample = population.sample(first_row + row)
            buffers.add(sample, encoder.encode(sample))
            if (row + 1) % _PROGRESS_ROWS == 0 or time.monotonic() - reported >= _ENCODE_PROGRESS_S:
                reported = time.monotonic()
                progress(row + 1)
        return buffers.finish()

    def score(
        self, params: Mapping[str, Any], body: bytes, progress: Progress
    ) -> tuple[dict[str, Any], list[Part]]:
        """Computes metrics or losses of some rows from their predictions; NaN without ground truth."""
        plan, kind, row_count = params["plan"], params["kind"], int(params["rowCount"])
        population = self._planned(plan["populationDigest"], plan["skippedRows"], params["secrets"])
        scorer = SampleScorer(self._integration)
        rows = np.frombuffer(body, dtype="<u4", count=row_count)
        predictions = np.frombuffer(body, dtype="<f4", offset=4 * row_count).reshape(
            (row_count, *params["dims"])
        )
        names = scorer.metric_names if kind == "metrics" else []
        scores = np.full((len(names) if kind == "metrics" else 1, row_count), np.nan, dtype="<f8")
        gradients = np.zeros(predictions.shape if kind == "gradient" else (0,), dtype="<f4")
        reported = time.monotonic()
        for at, row in enumerate(rows):
            sample = population.sample(int(row))
            if sample.split != "unlabeled":
                # A handler may change its argument.
                prediction = predictions[at].astype(np.float32)
                if kind == "metrics":
                    scores[:, at] = scorer.metrics(sample, prediction)
                else:
                    loss = scorer.loss(sample, prediction)
                    scores[0, at] = loss.value
                    if kind == "gradient":
                        gradients[at] = _require_gradient(loss)
            if (at + 1) % _PROGRESS_ROWS == 0 or time.monotonic() - reported >= _ENCODE_PROGRESS_S:
                reported = time.monotonic()
                progress(at + 1)
        return {"metrics": names}, [scores.tobytes(), gradients.tobytes()]

    def _planned(self, digest: str, skipped_rows: list[int], secrets: Mapping[str, str]) -> Population:
        """Returns the population of a plan. Raises IntegrationError PREPROCESS_NOT_REPEATABLE."""
        everything = self._samples(secrets)
        if _digest(everything) != digest:
            raise IntegrationError(
                "PREPROCESS_NOT_REPEATABLE",
                f"preprocess of {self._path} returned other splits or sample ids when it ran again; make it "
                "repeatable, for example by a fixed seed and a sorted list of files",
                {"module_path": self._path},
                kind="precondition",
            )
        if self._kept is None:
            self._kept = everything.without(skipped_rows) if skipped_rows else everything
        return self._kept

    def _first(self, population: Population) -> SampleEncoder:
        """Shapes by the first sample, one with ground truth where there is one."""
        encoder = SampleEncoder(self._integration)
        rows = (split.first_row for split in population.splits if split.name != "unlabeled")
        encoder.encode(population.sample(next(rows, 0)))
        return encoder

    def _sift(
        self, population: Population, share: float, progress: Progress
    ) -> tuple[SampleEncoder, list[dict[str, Any]]]:
        """Runs every handler on every sample and keeps why samples fail.

        Raises IntegrationError TOO_MANY_BAD_SAMPLES.
        """
        allowed = min(MAX_SKIPPED, int(share * population.size))
        skipped: list[dict[str, Any]] = []
        encoder = SampleEncoder(self._integration)
        reported = time.monotonic()
        for row in range(population.size):
            sample = population.sample(row)
            try:
                encoder.encode(sample)
            except IntegrationError as error:
                if len(skipped) == row:
                    # A sample that fails before any has passed does not decide the shapes of the others.
                    encoder = SampleEncoder(self._integration)
                skipped.append(
                    {
                        "row": row,
                        "split": sample.split,
                        "sampleId": sample.id,
                        "index": sample.index,
                        "reason": error.reason,
                        "message": shorten(str(error), MAX_SKIPPED_TEXT),
                        "metadata": {
                            name: shorten(value, MAX_SKIPPED_TEXT) for name, value in error.metadata.items()
                        },
                    }
                )
                if len(skipped) > allowed:
                    raise _too_many(
                        f"{len(skipped)} of the first {row + 1} of {population.size} samples fail, and "
                        f"{allowed} may be skipped",
                        skipped,
                    ) from error
            if time.monotonic() - reported >= _SIFT_PROGRESS_S:
                reported = time.monotonic()
                progress(row + 1)
        for split in population.splits:
            bad = [sample for sample in skipped if sample["split"] == split.name]
            if len(bad) == split.length:
                raise _too_many(f'all {split.length} samples of the split "{split.name}" fail', bad)
        return encoder, skipped

    def _samples(self, secrets: Mapping[str, str]) -> Population:
        if self._population is None:
            self._population = plan_population(self._integration, secrets)
        return self._population


def _require_gradient(loss: Loss) -> Array:
    if loss.gradient is not None:
        return loss.gradient
    raise IntegrationError(
        "GRADIENT_MISSING",
        "the loss of the integration returns no gradient, so no network can be trained with it; return its "
        "value and its gradient by the prediction, or evaluate only",
        kind="unsupported",
    )


def _digest(population: Population) -> str:
    digest = hashlib.sha256()
    for split in population.splits:
        facts = [split.name, split.length, split.ids]
        digest.update(json.dumps(facts, separators=(",", ":"), ensure_ascii=False).encode())
    return digest.hexdigest()


def _too_many(what: str, skipped: list[dict[str, Any]]) -> IntegrationError:
    shown = "; ".join(sample["message"] for sample in skipped[:_SHOWN])
    return IntegrationError(
        "TOO_MANY_BAD_SAMPLES",
        f"{what} (max_skipped_share; at most {MAX_SKIPPED} samples). The first: {shown}",
        skipped[0]["metadata"],
    )
