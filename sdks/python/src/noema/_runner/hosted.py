"""One integration inside the process that runs it; the samples are listed once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any, Callable

from noema._integration.check import check_integration
from noema._integration.encoder import SampleEncoder
from noema._integration.faults import IntegrationError
from noema._integration.load import load_integration
from noema._integration.population import Population, plan_population
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
        return {**plan, "skipped": skipped} if skipped else plan

    def encode(self, params: Mapping[str, Any], progress: Progress) -> tuple[dict[str, Any], list[Part]]:
        """Encodes the given rows."""
        plan = params["plan"]
        everything = self._samples(params["secrets"])
        if _digest(everything) != plan["populationDigest"]:
            raise IntegrationError(
                "PREPROCESS_NOT_REPEATABLE",
                f"preprocess of {self._path} returned other splits or sample ids when it ran again; make it "
                "repeatable, for example by a fixed seed and a sorted list of files",
                {"module_path": self._path},
                kind="precondition",
            )
        if self._kept is None:
            skipped = plan.get("skipped")
            self._kept = everything.without([sample["row"] for sample in skipped]) if skipped else everything
        encoder = SampleEncoder(self._integration, plan)
        row_count, first_row = int(params["rowCount"]), int(params["firstRow"])
        buffers = ShardBuffers(plan, row_count)
        reported = time.monotonic()
        for row in range(row_count):
            sample = self._kept.sample(first_row + row)
            buffers.add(sample, encoder.encode(sample))
            if (row + 1) % _PROGRESS_ROWS == 0 or time.monotonic() - reported >= _ENCODE_PROGRESS_S:
                reported = time.monotonic()
                progress(row + 1)
        return buffers.finish()

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
