"""One insight of a run: its evidence, its samples, its audit and its exports."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import numpy as np

from noema._arrays import Array
from noema._dataset import split_name
from noema._errors import NoemaError
from noema._map import Open, to_frame
from noema._map_html import STYLE
from noema._table import Row, SampleTable, format_cell
from noema._wire.insights.v1 import insight_pb2, insight_service_pb2

PAGE = 1000
#: Names of actions, as the command line has them.
ACTIONS = {
    "all": insight_service_pb2.INSIGHT_ACTION_UNSPECIFIED,
    "relabel": insight_service_pb2.INSIGHT_ACTION_RELABEL,
    "prune": insight_service_pb2.INSIGHT_ACTION_PRUNE,
    "label": insight_service_pb2.INSIGHT_ACTION_LABEL,
    "deduplicate": insight_service_pb2.INSIGHT_ACTION_DEDUPLICATE,
    "weights": insight_service_pb2.INSIGHT_ACTION_WEIGHTS,
}
_VERDICTS = {
    "wrong": insight_pb2.INSIGHT_VERDICT_WRONG,
    "right": insight_pb2.INSIGHT_VERDICT_RIGHT,
    "unsure": insight_pb2.INSIGHT_VERDICT_UNSURE,
}
#: A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def name_value(enum: Any, value: int) -> str:
    """Returns the name of a value of an enum without its prefix: `confirmed`."""
    name: str = enum.Name(value)
    return name.rsplit("_", 1)[-1].lower()


class Members(SampleTable):
    """Samples of an insight in the order in which people should look at them.

    `label` is the ground truth, `suggested` the class that the sample probably has, `score` what orders the
    samples, `group` the index of samples that belong together, `verdict` what a person said. Values that a
    sample lacks are None. `total` is the number of all samples of the insight.
    """

    names = ("split", "id", "row", "label", "suggested", "score", "group", "verdict")

    def __init__(self, rows: list[Row], total: int, epoch: int, version_id: str, open_client: Open) -> None:
        super().__init__(rows, epoch, version_id, open_client)
        self.total = total

    def __repr__(self) -> str:
        return f"Members({len(self)} of {self.total:,} samples)"

    def _note(self) -> str:
        return "no sample" if self.total == 0 else super()._note()


class Audit:
    """The verdicts of people on an insight: `sentence`, counts, `cut` and what to judge next.

    Of the first `cut` samples at most the share `bound` is right; `wrong_share` is the 95 % interval of the
    share of wrong samples among all of them.
    """

    def __init__(self, audit: insight_service_pb2.InsightAudit, judge_next: Members) -> None:
        self.sentence = audit.sentence
        self.wrong, self.right, self.unsure = audit.wrong, audit.right, audit.unsure
        self.cut, self.bound, self.done = audit.cut, audit.bound, audit.done
        self.wrong_share = (audit.wrong_share_low, audit.wrong_share_high)
        self.next = judge_next

    def __repr__(self) -> str:
        return f"Audit({self.sentence})"

    def _repr_html_(self) -> str:
        return f'<div class="noema">{STYLE}<div>{escape(self.sentence)}</div></div>{self.next._repr_html_()}'


class Export:
    """Rows of an action, such as the samples to relabel. Each item is a mapping by column, with texts."""

    def __init__(self, names: list[str], rows: list[list[str]]) -> None:
        self.names = names
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> dict[str, str]:
        return dict(zip(self.names, self._rows[at]))

    def __iter__(self) -> Iterator[dict[str, str]]:
        return (dict(zip(self.names, row)) for row in self._rows)

    def __repr__(self) -> str:
        return f"Export({len(self)} samples: {', '.join(self.names)})"

    def to_columns(self) -> dict[str, Array]:
        """Returns columns `[n]` of texts by name."""
        return {
            name: np.array([row[at] for row in self._rows], dtype=object)
            for at, name in enumerate(self.names)
        }

    def to_pandas(self) -> Any:
        """Returns the columns of `to_columns` as a pandas.DataFrame. Raises NoemaError PANDAS_MISSING."""
        return to_frame(self.to_columns())

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes the rows as CSV (RFC 4180). A text that a spreadsheet takes for a formula gets a quote."""
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self.names)
            writer.writerows([_harmless(cell) for cell in row] for row in self._rows)

    def _repr_html_(self) -> str:
        return draw_table(self.names, [dict(zip(self.names, row)) for row in self._rows[:PAGE]])


class Insight:
    """A claim about samples with its evidence. `message` has all that the platform knows of it.

    The evidence is loaded when it is first needed.
    """

    def __init__(self, message: insight_pb2.Insight, open_client: Open) -> None:
        self.id = message.id
        self.message = message
        self._open = open_client
        self._is_whole = False

    def __repr__(self) -> str:
        return f"Insight({self.kind}, {self.state}, severity {self.severity}: {self.sentence})"

    @property
    def sentence(self) -> str:
        """The claim with its numbers."""
        return self.message.sentence

    @property
    def kind(self) -> str:
        """Key of its kind, such as `mislabelled`."""
        return self.message.kind

    @property
    def state(self) -> str:
        """One of hint, confirmed, audited, approved, dismissed, fixed."""
        return name_value(insight_pb2.InsightState, self.message.state)

    @property
    def severity(self) -> int:
        """3: large, 2: noticeable, 1: small."""
        return self.message.severity.level

    def to_row(self) -> Row:
        """Returns what a list shows of it, by column."""
        one = self.message
        return {
            "id": one.id,
            "kind": one.kind,
            "state": self.state,
            "severity": one.severity.level,
            "share": one.severity.share,
            "samples": one.member_count,
            "change": name_value(insight_pb2.InsightChange, one.change),
            "q": one.q_value if one.HasField("q_value") else None,
            "output": one.output,
            "sentence": one.sentence,
        }

    def evidence(self) -> dict[str, dict[str, Array]]:
        """Returns the tables of evidence by name, each as columns by name. Missing cells are None."""
        return {
            table.name: {
                column.name: np.array([_plain(value) for value in column.values], dtype=object)
                for column in table.columns
            }
            for table in self._whole().tables
        }

    def explanations(self) -> list[Row]:
        """Returns the metadata and units that go along with membership, the most informative first."""
        return [
            {
                "source": one.source,
                "name": one.name,
                "value": one.value,
                "inside": one.inside,
                "outside": one.outside,
                "n": one.inside_count,
                "q": one.q_value,
            }
            for one in self.message.explanations
        ]

    def members(self, n: int | None = None) -> Members:
        """Returns its first `n` samples, by default all, in the order in which people should look at them."""
        if n is not None and n < 1:
            raise NoemaError(f"n is {n}; it must be 1 or more", "COUNT_INVALID")
        found: list[insight_pb2.InsightMember] = []
        total, token = 0, ""
        with self._open() as client:
            while True:
                size = PAGE if n is None else min(PAGE, n - len(found))
                page = client.insight.list_insight_members(
                    insight_id=self.id, page_size=size, page_token=token
                )
                found += page.members
                total, token = page.total_size, page.next_page_token
                if not token or (n is not None and len(found) >= n):
                    break
        return self._table(found, total)

    def audit(
        self, *, wrong: Iterable[int] = (), right: Iterable[int] = (), unsure: Iterable[int] = ()
    ) -> Audit:
        """Stores verdicts on samples, given by their rows, and returns the result and what to judge next.

        Without verdicts nothing is stored. Later verdicts replace earlier ones. Raises NoemaError
        SAMPLE_NOT_IN_INSIGHT.
        """
        given = {"wrong": wrong, "right": right, "unsure": unsure}
        verdicts = [
            {"row": int(row), "verdict": _VERDICTS[name]} for name, rows in given.items() for row in rows
        ]
        with self._open() as client:
            for at in range(0, len(verdicts), PAGE):
                client.insight.record_insight_verdicts(insight_id=self.id, verdicts=verdicts[at : at + PAGE])
            if verdicts:
                self.message = client.insight.get_insight(insight_id=self.id).insight
                self._is_whole = True
            got = client.insight.get_insight_audit(insight_id=self.id)
        return Audit(got.audit, self._table(list(got.next), len(got.next)))

    def export(self, action: str = "all") -> Export:
        """Returns the rows of an action: all, relabel, prune, label, deduplicate or weights.

        Raises NoemaError ACTION_UNKNOWN, and ACTION_NOT_POSSIBLE for one that the kind does not have.
        """
        if action not in ACTIONS:
            known = ", ".join(ACTIONS)
            raise NoemaError(f'there is no action "{action}"; actions: {known}', "ACTION_UNKNOWN")
        names: list[str] = []
        rows: list[list[str]] = []
        token = ""
        with self._open() as client:
            while True:
                page = client.insight.export_insight(
                    insight_id=self.id, action=ACTIONS[action], page_size=PAGE, page_token=token
                )
                names = list(page.columns)
                rows += [list(row.cells) for row in page.rows]
                token = page.next_page_token
                if not token:
                    return Export(names, rows)

    def set_state(self, state: str) -> None:
        """Decides on it: approved, dismissed or fixed; confirmed takes the decision back.

        Raises NoemaError RESOURCE_CHANGED if it has changed since it was read.
        """
        if state not in ("approved", "dismissed", "fixed", "confirmed"):
            raise NoemaError(
                f'no one can set the state "{state}"; states: approved, dismissed, fixed, confirmed',
                "STATE_NOT_SETTABLE",
            )
        number = insight_pb2.InsightState.Value(f"INSIGHT_STATE_{state.upper()}")
        with self._open() as client:
            self.message = client.insight.update_insight(
                insight={"id": self.id, "etag": self.message.etag, "state": number},
                update_mask={"paths": ["state"]},
            ).insight
        self._is_whole = False

    def _whole(self) -> insight_pb2.Insight:
        if not self._is_whole:
            with self._open() as client:
                self.message = client.insight.get_insight(insight_id=self.id).insight
            self._is_whole = True
        return self.message

    def _table(self, members: list[insight_pb2.InsightMember], total: int) -> Members:
        one = self.message
        rows = [_describe(member) for member in members]
        return Members(rows, total, one.epoch, one.dataset_version_id, self._open)

    def _repr_html_(self) -> str:
        one = self._whole()
        effect = one.effect
        numbers = [
            f"severity {one.severity.level}, {self.state}, {one.member_count:,} samples",
            *(
                [
                    f"{effect.measure}: {effect.inside:.3g} against {effect.outside:.3g}, difference "
                    f"{effect.difference:.3g} [{effect.low:.3g}, {effect.high:.3g}], "
                    f"n = {effect.inside_count} and {effect.outside_count}"
                ]
                if one.HasField("effect")
                else []
            ),
            *one.remarks,
        ]
        lines = "".join(f"<div>{escape(line)}</div>" for line in (f"{one.sentence}", *numbers))
        names = ("source", "name", "value", "inside", "outside", "n", "q")
        causes = draw_table(names, self.explanations()) if one.explanations else ""
        samples = self.members(12)._repr_html_() if one.member_count else ""
        return f'<div class="noema">{STYLE}{lines}</div>{causes}{samples}'


def draw_table(names: Iterable[str], rows: Iterable[Row]) -> str:
    """Returns a table as HTML, without scripts and pictures."""
    columns = list(names)
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{format_cell(row.get(name))}</td>" for name in columns) + "</tr>"
        for row in rows
    )
    return f'<div class="noema">{STYLE}<table><tr>{head}</tr>{body}</table></div>'


def _describe(member: insight_pb2.InsightMember) -> Row:
    verdict = name_value(insight_pb2.InsightVerdict, member.verdict)
    return {
        "split": split_name(member.sample.split),
        "id": member.sample.sample_id,
        "row": member.row,
        "label": _class(member.true_class, member.true_class_name),
        "suggested": _class(member.suggested_class, member.suggested_class_name),
        "score": member.score if member.HasField("score") else None,
        "group": member.group if member.group >= 0 else None,
        "verdict": None if verdict == "unspecified" else verdict,
    }


def _class(index: int, name: str) -> str | None:
    return None if index < 0 else name or str(index)


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    return None if kind in (None, "null_value") else getattr(value, kind)


def _harmless(cell: str) -> str:
    if not cell.startswith(_FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
