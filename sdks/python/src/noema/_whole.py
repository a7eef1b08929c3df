"""Uploads of what a model says, without the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from noema._arrays import shape_of
from noema._columns import to_column
from noema._dataset import Dataset
from noema._errors import DatasetError
from noema._inputs import describe_input
from noema._run import Run
from noema._start import run

BATCH = 512


def upload(
    name: str,
    data: Dataset,
    *,
    predictions: Any = None,
    logits: Any = None,
    losses: Any = None,
    embeddings: Any = None,
    activations: Mapping[str, Any] | None = None,
    **options: Any,
) -> Run:
    """Uploads a dataset with what a model says of it, as a run of one epoch, and returns the ended run.

    Each of `predictions` (probabilities, or numbers of a regression), `logits`, `losses` and `embeddings`,
    and each layer of `activations`, is an array with one row for each sample of the only split, or a mapping
    from the names of splits to arrays. Shapes are those of `Run.log`. Without inputs in the data, the
    embeddings are the input. `options` are those of `noema.run`. Everything but heat maps works without a
    model. Raises DatasetError for an array that does not fit its split, and NoemaError as `noema.run` does.
    """
    parts = {"predictions": predictions, "logits": logits, "loss": losses, "embedding": embeddings}
    given = {key: _by_split(key, value, data) for key, value in parts.items() if value is not None}
    layers = {key: _by_split(key, value, data) for key, value in (activations or {}).items()}
    if not given and not layers:
        raise DatasetError("nothing to upload; give predictions=, logits=, embeddings= or activations=")
    if not data.inputs and "embedding" in given:
        _use_as_input(data, given["embedding"])
    regression = data.labels is not None and data.labels.task == "regression"
    started = run(name, data, epochs=1, **options)
    with started:
        started.start_epoch(1)
        for split, part in data.splits.items():
            for rows in np.array_split(part.population, max(1, -(-len(part.population) // BATCH))):
                things = {key: value[split][rows] for key, value in given.items() if split in value}
                if "predictions" in things:
                    things["prediction" if regression else "probabilities"] = things.pop("predictions")
                things["activation"] = {
                    key: value[split][rows] for key, value in layers.items() if split in value
                }
                started.log([part.ids[row] for row in rows.tolist()], split=split, **things)
        started.end_epoch()
    return started


def _by_split(name: str, value: Any, data: Dataset) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        if len(data.splits) > 1:
            raise DatasetError(
                f"{name} is one array, but there are the splits {', '.join(data.splits)}; give a mapping"
            )
        value = {next(iter(data.splits)): value}
    for split, array in value.items():
        if split not in data.splits:
            raise DatasetError(f'{name} has the split "{split}"; splits: {", ".join(data.splits)}')
        shape = shape_of(array)
        if not shape or shape[0] != len(data.splits[split]):
            raise DatasetError(
                f"{name} of {split} has the shape {list(shape)}, but the split has "
                f"{len(data.splits[split])} samples"
            )
    return {split: array if hasattr(array, "shape") else np.asarray(array) for split, array in value.items()}


def _use_as_input(data: Dataset, embeddings: Mapping[str, Any]) -> None:
    missing = [split for split in data.splits if split not in embeddings]
    if missing:
        raise DatasetError(f"the split {missing[0]} has neither inputs nor embeddings")
    for split, array in embeddings.items():
        data.splits[split].columns["embedding"] = to_column("embedding", array)
    data.inputs = [
        describe_input("embedding", [s.columns["embedding"] for s in data.splits.values()], "none")
    ]
