"""Samples that a model perceives as similar, as a table."""

from __future__ import annotations

import base64
from collections.abc import Iterator
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
_NAMES = ("rank", "split", "id", "label", "predicted", "loss", "correct", "distance", "similarity")

Row = dict[str, Any]


class Similar:
    """Samples nearest to the queries in the model's view, nearest first.

    Each item is a mapping: rank (1 is the nearest), split, id, label, predicted, loss, correct, distance
    (Euclidean, of the perception vectors) and similarity (0 to 1). Values that a model or a sample does not
    have are None. A notebook shows it as a table with pictures.
    """

    def __init__(
        self, queries: list[tuple[str, str]], rows: list[Row], epoch: int, version_id: str, open_client: Open
    ) -> None:
        self.queries = queries
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

    def __repr__(self) -> str:
        names = ", ".join(f"{split} {sample_id}" for split, sample_id in self.queries[:3])
        more = f" and {len(self.queries) - 3} more" if len(self.queries) > 3 else ""
        return f"Similar({len(self)} samples nearest to {names}{more}, epoch {self.epoch})"

    def to_columns(self) -> dict[str, Array]:
        """Returns columns `[k]` by name, nearest first. Missing losses are NaN, other missing values None."""
        kinds = {"rank": np.int32, "loss": np.float32, "distance": np.float32, "similarity": np.float32}
        return {
            name: np.array([row[name] for row in self._rows], dtype=kinds.get(name, object))
            for name in _NAMES
        }

    def to_pandas(self) -> Any:
        """Returns the columns of `to_columns` as a pandas.DataFrame. Raises NoemaError PANDAS_MISSING."""
        return to_frame(self.to_columns())

    def _repr_html_(self) -> str:
        if not self._html:
            with self._open() as client:
                self._html = self._draw(client)
        return self._html

    def _draw(self, client: Client) -> str:
        lines = [
            {"rank": "query", "split": split, "id": sample_id} for split, sample_id in self.queries[:MAX_ROWS]
        ]
        lines += self._rows[:MAX_ROWS]
        head = "".join(f"<th>{name}</th>" for name in ("", *_NAMES))
        body = "".join(
            f"<tr><td>{show_visual(client, self._version_id, line['split'], line['id'])}</td>"
            + "".join(f"<td>{format_cell(line.get(name))}</td>" for name in _NAMES)
            + "</tr>"
            for line in lines
        )
        cut = len(self._rows) > MAX_ROWS
        note = f"<div>the first {MAX_ROWS} of {len(self._rows)} samples</div>" if cut else ""
        return f'<div class="noema">{STYLE}<table><tr>{head}</tr>{body}</table>{note}</div>'


def find_similar(
    open_client: Open,
    version_id: str,
    run_id: str,
    epoch: int,
    set_id: str,
    queries: list[tuple[str, str]],
    k: int,
) -> Similar:
    """Returns the `k` samples nearest to the queries, given as (split, id). Raises NoemaError."""
    refs = [{"split": split_number(split), "sample_id": text} for split, text in queries]
    with open_client() as client:
        found = client.similarity.find_similar(activation_set_id=set_id, queries=refs, k=k).similar
        evaluations: dict[int, sample_evaluation_pb2.SampleEvaluation] = {}
        if found:
            page = client.evaluation.list_sample_evaluations(
                run_id=run_id,
                epoch=epoch,
                page_size=len(found),
                order_by="row",
                rows=[one.row for one in found],
            )
            evaluations = {one.row: one for one in page.evaluations}
    rows = [
        {
            "rank": one.rank,
            "split": name_split(one.sample),
            "id": one.sample.sample_id,
            **describe_evaluation(evaluations.get(one.row)),
            "distance": one.distance,
            "similarity": one.similarity,
        }
        for one in found
    ]
    return Similar(queries, rows, epoch, version_id, open_client)


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
    if body.data.startswith(_PNG) and len(body.data) <= MAX_PICTURE_BYTES:
        return f'<img alt="" src="data:image/png;base64,{base64.b64encode(body.data).decode()}">'
    if body.content_type.startswith("text/plain"):
        return escape(body.data.decode(errors="replace")[:_TEXT_CHARACTERS])
    return ""
