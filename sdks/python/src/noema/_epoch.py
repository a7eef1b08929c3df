"""What is known of the epoch that is being recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from noema._arrays import Array, stage

#: Metrics that the platform computes from what was recorded.
COMPUTED = frozenset(
    {
        "loss",
        "accuracy",
        "binary_accuracy",
        "precision",
        "recall",
        "mean_absolute_error",
        "root_mean_squared_error",
        "r2_score",
    }
)


class Epoch:
    """Number, time, rows and metrics of one epoch.

    `rows[split]` marks the rows of the split that have a record; `inference[split]` those with one of
    inference mode. Metrics are read when the epoch ends, because reading a tensor waits for its device.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.started = time.monotonic()
        self.rows: dict[str, Array] = {}
        self.inference: dict[str, Array] = {}
        self.training_rows = 0
        self._metrics: dict[str, list[Callable[[], Array]]] = {}
        self._loss = self._loss_count = 0.0
        self._correct = self._correct_count = 0.0

    def note(self, split: str, size: int, rows: Array, training_mode: bool) -> None:
        """Marks rows of a split of `size` rows as recorded."""
        for marks in (self.rows,) if training_mode else (self.rows, self.inference):
            if split not in marks:
                marks[split] = np.zeros(size, dtype=bool)
            marks[split][rows] = True

    def without_inference(self, split: str, population: Array) -> Array:
        """Returns the rows of the population that have no record of inference mode."""
        done = self.inference.get(split)
        return population if done is None else population[~done[population]]

    def add_metric(self, name: str, value: Any) -> None:
        """Adds a number, or one for each sample. The metric of the epoch is the mean."""
        self._metrics.setdefault(name, []).append(stage(value))

    def add_training(self, losses: Array | None, correct: Array | None) -> None:
        """Adds all rows of a batch of training samples, also of those outside of the population."""
        if losses is not None:
            self._loss += float(np.nansum(losses, dtype=np.float64))
            self._loss_count += float(np.isfinite(losses).sum())
        if correct is not None:
            self._correct += float(np.nansum(correct))
            self._correct_count += float((~np.isnan(np.asarray(correct, dtype=np.float64))).sum())

    def metrics(self) -> dict[str, float]:
        """Returns the metrics by name: `running_loss` and `running_accuracy`, means over all logged training
        rows, and those of the user. `running_` goes before the names of metrics that the platform computes
        itself.
        """
        found: dict[str, float] = {}
        if self._loss_count:
            found["running_loss"] = self._loss / self._loss_count
        if self._correct_count:
            found["running_accuracy"] = self._correct / self._correct_count
        for name, values in self._metrics.items():
            numbers = [np.asarray(get(), dtype=np.float64).ravel() for get in values]
            found[f"running_{name}" if name in COMPUTED else name] = float(np.mean(np.concatenate(numbers)))
        return found
