"""Insights of a run, and searches for them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from google.protobuf.struct_pb2 import Struct

from noema._arrays import Array
from noema._client import Client
from noema._errors import NoemaError
from noema._insight import PAGE, Insight, draw_table
from noema._map import Open, to_frame
from noema._progress import Progress
from noema._wait import poll
from noema._wire.insights.v1 import insight_search_pb2
from noema._wire.jobs.v1 import job_pb2

#: How long a search is waited for, in seconds.
SEARCH_TIMEOUT_S = 3600.0
_KINDS = {"severity": np.int32, "share": np.float64, "samples": np.int64, "q": np.float64}
_OPEN = (job_pb2.JOB_STATE_QUEUED, job_pb2.JOB_STATE_RUNNING, job_pb2.JOB_STATE_CANCELLING)
_OUTCOMES = {
    insight_search_pb2.INSIGHT_OUTCOME_STATE_SKIPPED: "skipped",
    insight_search_pb2.INSIGHT_OUTCOME_STATE_FAILED: "failed",
}


class Insights:
    """Insights of a run, the most severe first. Each item is an Insight.

    `note` says what the newest search covered, and why the list is empty if it is. A notebook shows a table.
    """

    names = ("id", "kind", "state", "severity", "share", "samples", "change", "q", "output", "sentence")

    def __init__(
        self, place: tuple[str, str], found: list[Insight], note: str, open_client: Open, output: str = ""
    ) -> None:
        self._project_id, self.run_id = place
        self.output = output
        self._found = found
        self.note = note
        self._open = open_client

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, at: int) -> Insight:
        try:
            return self._found[at]
        except IndexError:
            why = f"; {self.note}" if self.note else ""
            raise IndexError(f"there is no insight {at} among {len(self)}{why}") from None

    def __iter__(self) -> Iterator[Insight]:
        return iter(self._found)

    def __repr__(self) -> str:
        return f"Insights({len(self)} of run {self.run_id}; {self.note})"

    def show(self, insight_id: str) -> Insight:
        """Returns one insight by its id. Raises NoemaError INSIGHT_NOT_FOUND."""
        with self._open() as client:
            return Insight(client.insight.get_insight(insight_id=insight_id).insight, self._open)

    def search(
        self,
        *,
        kinds: Sequence[str] = (),
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
        epoch: int | None = None,
        seed: int = 0,
        output: str = "",
        timeout_s: float = SEARCH_TIMEOUT_S,
        progress: bool = True,
    ) -> Insights:
        """Searches the run, waits with a line of progress, and returns what was found, hints left out.

        - `kinds`: keys of kinds. Default: all.
        - `parameters`: by kind, such as `{"forgotten": {"times": 3}}`. Default: those of the kinds.
        - `epoch`: default: the last one.
        - `output`: name of the output of the model. Default: the one of this list, else the first.

        A search that exists is not repeated. Ctrl+C leaves it at work. Raises NoemaError SEARCH_TIMEOUT after
        `timeout_s` seconds, SEARCH_CANCELLED, EPOCH_NOT_READY, OUTPUT_NOT_FOUND, and the fault of a search
        that failed.
        """
        given = Struct()
        given.update({kind: dict(values) for kind, values in (parameters or {}).items()})
        with self._open() as client:
            started = client.insight_search.create_insight_search(
                project_id=self._project_id,
                run_id=self.run_id,
                epoch=epoch or 0,
                kinds=list(kinds),
                parameters=given,
                seed=seed,
                output=output or self.output,
            ).insight_search
            line = Progress("insights", progress)
            try:
                done = _await_search(client, started.id, timeout_s, line)
            finally:
                line.clear()
        place = (self._project_id, self.run_id)
        return list_insights(self._open, place, output=output or self.output, search=done)

    def to_columns(self) -> dict[str, Array]:
        """Returns columns `[n]` by name. A missing q is NaN."""
        rows = [one.to_row() for one in self._found]
        return {
            name: np.array([row[name] for row in rows], dtype=_KINDS.get(name, object)) for name in self.names
        }

    def to_pandas(self) -> Any:
        """Returns the columns of `to_columns` as a pandas.DataFrame. Raises NoemaError PANDAS_MISSING."""
        return to_frame(self.to_columns())

    def _repr_html_(self) -> str:
        shown = ("kind", "state", "severity", "samples", "change", "q", "sentence")
        table = draw_table(shown, [one.to_row() for one in self._found[:PAGE]]) if self._found else ""
        return f'{table}<div class="noema">{escape(self.note)}</div>'


def list_insights(
    open_client: Open,
    place: tuple[str, str],
    *,
    filter: str = "",
    hints: bool = False,
    outdated: bool = False,
    output: str = "",
    search: insight_search_pb2.InsightSearch | None = None,
) -> Insights:
    """Returns the insights of a run, given by project and id; with `search` those of one search."""
    project_id, run_id = place
    found: list[Insight] = []
    token = ""
    with open_client() as client:
        names = _find_names(client, run_id, output) if output != "" else ()
        if names:
            own = " OR ".join(f"output = {json.dumps(name, ensure_ascii=False)}" for name in names)
            filter = f"({own}) AND ({filter})" if filter else own
        while True:
            page = client.insight.list_insights(
                project_id=project_id,
                run_id=run_id,
                insight_search_id="" if search is None else search.id,
                filter=filter,
                include_hints=hints,
                include_outdated=outdated,
                page_size=PAGE,
                page_token=token,
            )
            found += [Insight(one, open_client) for one in page.insights]
            token = page.next_page_token
            if not token:
                break
        if search is None:
            search = _find_newest(client, place, names)
    return Insights(place, found, describe_search(search), open_client, output)


def _find_names(client: Client, run_id: str, output: str) -> tuple[str, ...]:
    """Returns the names by which insights name an output of a run; none for a model with one output.

    Older searches named none, so those of the first output also have the name "". Raises NoemaError
    OUTPUT_NOT_FOUND.
    """
    names = [one.output for one in client.run.get_run(run_id=run_id).run.objectives]
    if output not in names:
        known = f"it has: {', '.join(names)}" if names else "it names none, leave the output out"
        raise NoemaError(f'run "{run_id}" has no output "{output}"; {known}', "OUTPUT_NOT_FOUND")
    if len(names) == 1:
        return ()
    return (output, "") if output == names[0] else (output,)


def _find_newest(
    client: Client, place: tuple[str, str], names: tuple[str, ...]
) -> insight_search_pb2.InsightSearch | None:
    """Returns the newest search of a run; with `names` of an output that has one of them."""
    project_id, run_id = place
    searches = client.insight_search.list_insight_searches(
        project_id=project_id, run_id=run_id, page_size=PAGE if names else 1
    ).insight_searches
    return next((one for one in searches if not names or one.output in names), None)


def describe_search(search: insight_search_pb2.InsightSearch | None) -> str:
    """Returns what a search covered, in a sentence."""
    if search is None:
        return "the run was not searched for insights"
    if search.state in _OPEN:
        return "the newest search has not ended"
    if search.state != job_pb2.JOB_STATE_SUCCEEDED:
        return f"the newest search failed: {search.fault.message or 'it was cancelled'}"
    tried = sum(outcome.tried for outcome in search.outcomes)
    done = [one for one in search.outcomes if one.state not in _OUTCOMES]
    missed = [f"{one.title} {_OUTCOMES[one.state]}" for one in search.outcomes if one.state in _OUTCOMES]
    counted = (
        f"{search.insight_count} insights and {search.hint_count} hints among {tried:,} candidates of "
        f"{len(done)} kinds after epoch {search.epoch}"
    )
    limits = [remark.rstrip(".") for remark in search.remarks]
    return "; ".join([counted, *missed, *limits])


def _await_search(
    client: Client, search_id: str, timeout_s: float, progress: Progress
) -> insight_search_pb2.InsightSearch:
    started = time.monotonic()

    def look() -> insight_search_pb2.InsightSearch | None:
        search = client.insight_search.get_insight_search(insight_search_id=search_id).insight_search
        return None if search.state in _OPEN else search

    def late(problem: NoemaError | None) -> NoemaError:
        why = "" if problem is None else f", and the platform does not answer ({problem})"
        return NoemaError(
            f"the search has not ended after {timeout_s:g} s{why}. Call again, or give a longer timeout_s",
            "SEARCH_TIMEOUT",
        )

    def show(passed_s: float, problem: NoemaError | None) -> None:
        if progress.is_due:
            progress.update(f"{_describe_job(client, search_id, problem)}, {passed_s:.0f} s")

    search = poll(look, timeout_s, late, show=show)
    if search.state == job_pb2.JOB_STATE_FAILED:
        raise NoemaError(search.fault.message, search.fault.reason)
    if search.state != job_pb2.JOB_STATE_SUCCEEDED:
        raise NoemaError("the search was cancelled; search again", "SEARCH_CANCELLED")
    progress.clear(f"{describe_search(search)}, {time.monotonic() - started:.0f} s")
    return search


def _describe_job(client: Client, search_id: str, problem: NoemaError | None) -> str:
    """Returns how far the search is: the kind that it is at, and the share that is done."""
    if problem is not None:
        return f"waits for the platform, which does not answer ({problem})"
    try:
        search = client.insight_search.get_insight_search(insight_search_id=search_id).insight_search
        progress = client.job.get_job(service="insights", job_id=search.job_id).job.progress
    except NoemaError:
        return "searches"
    share = f"{100 * progress.done // progress.total} %" if progress.total else "waits for a worker"
    return f"{progress.message}, {share}" if progress.message else share
