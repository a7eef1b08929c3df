"""Tables of samples, as results of a run."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import numpy as np

from noema._arrays import Array
from noema._client import Client
from noema._dataset import split_name, split_number
from noema._errors import NoemaError
from noema._map import Open, to_frame
from noema._map_html import STYLE
from noema._wire.training.v1 import sample_evaluation_pb2
from noema._wire.type.v1 import sample_ref_pb2, task_pb2

#: Rows of a table in a notebook; `to_columns` has all.
MAX_ROWS = 100
MAX_PICTURE_BYTES = 256 << 10
_TEXT_CHARACTERS = 160
_PNG = b"\x89PNG\r\n\x1a\n"
_KINDS = {"rank": np.int32, "loss": np.float32, "distance": np.float32, "similarity": np.float32}

Row = dict[str, Any]


class SampleTable:
    """Samples with what a model says of them after an epoch. Each item is a mapping by column.

    Values that a model or a sample does not have are None. A notebook shows a table with pictures.
    """

    #: Columns in their order.
    names: Sequence[str] = ("split", "id", "label", "predicted", "loss", "correct")

    def __init__(self, rows: list[Row], epoch: int, version_id: str, open_client: Open) -> None:
        self.epoch = epoch
        self._rows = rows
        self._version_id = version_id
        self._open = open_client
        self._html = ""

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> Row:
        return self._rows[at]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def to_columns(self) -> dict[str, Array]:
        """Returns columns `[n]` by name. Missing losses are NaN, other missing values None."""
        return {
            name: np.array([row[name] for row in self._rows], dtype=_KINDS.get(name, object))
            for name in self.names
        }

    def to_pandas(self) -> Any:
        """Returns the columns of `to_columns` as a pandas.DataFrame. Raises NoemaError PANDAS_MISSING."""
        return to_frame(self.to_columns())

    def _repr_html_(self) -> str:
        if not self._html:
            with self._open() as client:
                self._html = self._draw(client)
        return self._html

    def _heading(self) -> list[Row]:
        """Returns rows that a picture of the table starts with."""
        return []

    def _note(self) -> str:
        """Returns what the table says below its rows, as plain text."""
        cut = len(self._rows) > MAX_ROWS
        return f"the first {MAX_ROWS} of {len(self._rows)} samples" if cut else ""

    def _draw(self, client: Client) -> str:
        lines = [*self._heading()[:MAX_ROWS], *self._rows[:MAX_ROWS]]
        head = "".join(f"<th>{name}</th>" for name in ("", *self.names))
        body = "".join(
            f"<tr><td>{show_visual(client, self._version_id, line['split'], line['id'])}</td>"
            + "".join(f"<td>{format_cell(line.get(name))}</td>" for name in self.names)
            + "</tr>"
            for line in lines
        )
        note = self._note()
        below = f"<div>{escape(note)}</div>" if note else ""
        return f'<div class="noema">{STYLE}<table><tr>{head}</tr>{body}</table>{below}</div>'


class Samples(SampleTable):
    """Samples of one epoch in the order and by the filter that were asked for.

    `total` is the number of samples that match the filter, of which the table may have the first ones.
    """

    def __init__(self, rows: list[Row], total: int, epoch: int, version_id: str, open_client: Open) -> None:
        super().__init__(rows, epoch, version_id, open_client)
        self.total = total

    def __repr__(self) -> str:
        return f"Samples({len(self)} of {self.total:,} samples, epoch {self.epoch})"

    def _note(self) -> str:
        shown = min(len(self), MAX_ROWS)
        return "no sample matches" if self.total == 0 else f"{shown} of {self.total:,} samples"


def name_split(ref: sample_ref_pb2.SampleRef) -> str:
    """Returns the name of the split of a sample."""
    return split_name(ref.split)


def describe_evaluation(one: sample_evaluation_pb2.SampleEvaluation | None) -> Row:
    """Returns label, predicted, loss and correct of a sample; None for what there is not."""
    row: Row = dict.fromkeys(("label", "predicted", "loss", "correct"))
    if one is None:
        return row
    if one.has_loss:
        row["loss"] = one.loss
        row["correct"] = None if one.task == task_pb2.TASK_REGRESSION else one.correct
    if one.predicted_class >= 0:
        row["predicted"] = one.predicted_class_name or str(one.predicted_class)
    elif one.predictions:
        row["predicted"] = one.predictions[0]
    if one.true_class >= 0:
        row["label"] = one.true_class_name or str(one.true_class)
    elif one.targets:
        row["label"] = one.targets[0]
    return row


def format_cell(value: Any) -> str:
    """Returns an escaped text."""
    if value is None:
        return ""
    return escape(f"{value:.4g}" if isinstance(value, float) else str(value))


def show_visual(client: Client, version_id: str, split: str, sample_id: str) -> str:
    """Returns the picture of a sample as HTML, or the start of its text; empty if it has neither."""
    try:
        body = client.sample.get_sample_visual(
            dataset_version_id=version_id,
            split=split_number(split),
            sample_id=sample_id,
            visualizer="default",
        ).body
    except NoemaError:
        return ""  # A table without a picture is of more use than none.
    if body.data.startswith(_PNG):
        return show_png(body.data)
    if body.content_type.startswith("text/plain"):
        return escape(body.data.decode(errors="replace")[:_TEXT_CHARACTERS])
    return ""


def show_png(data: bytes) -> str:
    """Returns a PNG as HTML; empty if it is larger than MAX_PICTURE_BYTES."""
    if len(data) > MAX_PICTURE_BYTES:
        return ""
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(data).decode()}">'
