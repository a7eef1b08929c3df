"""Calls of `log` whose numbers are copied, and the rows that the writer thread makes of several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from noema._arrays import Array
from noema._dataset import Split
from noema._epoch import Epoch
from noema._objective import are_correct, compute_loss, to_output
from noema._records import LOSS, OUTPUT, Column, Samples

Get = Callable[[], Array]


class Form(NamedTuple):
    """What calls must have in common to be built together. `shapes` are those of one sample, by content."""

    epoch: Epoch
    split: str
    training: bool
    #: True for steps of the training, of which the epoch has running metrics.
    is_step: bool
    task: str
    kind: str
    shapes: tuple[Any, ...]
    small: frozenset[str]


@dataclass
class StagedCall:
    """One call. The functions give the copies, and wait for them where they come from a device.

    A call without samples of the population has no responses.
    """

    form: Form
    rows: Array
    split: Split
    #: Marks the rows of the split that are in the population; None if all are.
    member: Array | None
    truth: Array | None
    values: Get | None
    loss: Get | None
    target: Get | None
    responses: Sequence[tuple[Column, Get]]

    def __call__(self, without_activations: bool) -> list[Samples]:
        """Returns the rows of this call that are in the population."""
        return build([self], without_activations)


def build(calls: Sequence[StagedCall], without_activations: bool) -> list[Samples]:
    """Returns the rows of calls of the same form. Python takes as long for one call as for 30."""
    first = calls[0]
    form, split = first.form, first.split
    rows = _join([call.rows for call in calls])
    inside = np.arange(len(rows)) if first.member is None else np.flatnonzero(first.member[rows])
    known = None if first.truth is None else first.truth[rows]
    if first.target is not None:
        known = to_target(form.task, _read([call.target for call in calls]))
    columns: dict[Column, Array] = {}
    output = raw = losses = None
    if first.values is not None:
        raw = _read([call.values for call in calls])
        output = to_output(form.task, form.kind, raw)
        columns[(OUTPUT, "")] = output[inside]
    if first.loss is not None:
        given = _read([call.loss for call in calls])
        losses = given.reshape(len(rows), -1).mean(axis=1).astype(np.float32)
    elif raw is not None and known is not None:
        losses = compute_loss(form.task, form.kind, raw, known)
    if losses is not None:
        columns[(LOSS, "")] = losses[inside]
    if not without_activations:
        for at, (column, _) in enumerate(first.responses):
            columns[column] = _read([call.responses[at][1] for call in calls])[inside]
    if form.is_step:
        # The last thing that can fail: calls are built one by one if they cannot be built together.
        correct = None if output is None or known is None else are_correct(form.task, output, known)
        form.epoch.add_training(losses, correct)
    if len(inside) == 0 or not columns:
        return []
    ids = split.ids
    texts = [ids[row] for row in rows[inside].tolist()]
    return [Samples(form.epoch.number, form.split, texts, form.training, columns, small=form.small)]


def _read(gets: Sequence[Get | None]) -> Array:
    return _join([get() for get in gets if get is not None])


def _join(arrays: list[Array]) -> Array:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def to_target(task: str, values: Array) -> Array:
    """Returns ground truth that a call gave in the form of `Labels.values`."""
    if task in ("multi_class", "binary"):
        if values.ndim == 2 and values.shape[1] > 1:
            return np.asarray(values.argmax(axis=1), dtype=np.int64)
        return values.reshape(len(values)).astype(np.int64)
    return values.reshape(len(values), -1).astype(np.float32)
