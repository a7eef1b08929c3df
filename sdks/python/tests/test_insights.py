from __future__ import annotations

import csv
from contextlib import contextmanager

import numpy as np
import pytest
from fake_platform import FakePlatform
from test_results import record, require_self_contained

import noema
from noema._wire.jobs.v1 import job_pb2


@contextmanager
def refused(reason):
    with pytest.raises(noema.NoemaError) as failure:
        yield
    assert failure.value.reason == reason


@pytest.fixture
def run(platform: FakePlatform, data):
    record(data)
    return noema.open_run("digits")


def test_a_list_has_all_pages_and_what_the_search_covered(platform, run):
    found = run.insights(filter="severity >= 2", hints=True, outdated=True)
    assert [one.kind for one in found] == ["mislabelled", "leakage"]
    assert found[0].severity == 3
    assert found[0].state == "confirmed"
    covered = "2 insights and 1 hints among 431 candidates of 1 kinds after epoch 2"
    assert found.note == f"{covered}; Forgotten skipped; Not searched: corner"
    assert found.note in repr(found)
    asked = platform.insights.asked[0]
    assert (asked.filter, asked.include_hints, asked.include_outdated) == ("severity >= 2", True, True)
    assert (asked.project_id, asked.run_id) != ("", "")


def test_an_output_has_insights_and_searches_of_its_own(platform, run):
    platform.results.outputs = ["place", "corner"]
    platform.insights.outputs = ["place", "corner"]
    found = run.insights(output="corner", filter="severity >= 2")
    assert platform.insights.asked[0].filter == '(output = "corner") AND (severity >= 2)'
    assert found.note.endswith("Not searched: place")
    assert found.to_columns()["output"].tolist() == [one.message.output for one in found]
    found.search(progress=False)
    assert [one.output for one in platform.insights.asked if hasattr(one, "seed")] == ["corner"]
    run.insights(output="place")
    assert platform.insights.asked[-1].filter == 'output = "place" OR output = ""'
    with pytest.raises(noema.NoemaError) as failure:
        run.insights(output="size")
    assert failure.value.reason == "OUTPUT_NOT_FOUND"
    assert "it has: place, corner" in str(failure.value)


def test_the_output_of_a_model_with_one_needs_no_filter(platform, run):
    platform.results.outputs = ["place"]
    run.insights(output="place")
    assert platform.insights.asked[0].filter == ""


def test_a_client_lists_the_insights_of_a_run_by_its_name(run):
    with noema.client(start=False) as client:
        found = client.insights("digits")
        with refused("RUN_NOT_FOUND"):
            client.insights("letters")
    # The list works after its client is closed.
    assert found.show(found[1].id).kind == "leakage"
    with pytest.raises(noema.NoemaError) as failure:
        found.show("other")
    assert failure.value.code == "NOT_FOUND"


def test_columns_have_types_and_a_missing_q_is_nan(run):
    columns = run.insights().to_columns()
    assert columns["severity"].tolist() == [3, 2]
    assert columns["samples"].dtype == np.int64
    np.testing.assert_array_equal(columns["q"], [0.01, np.nan])
    assert columns["change"].tolist() == ["born", "born"]
    assert columns["output"].tolist() == ["", ""]
    frame = pytest.importorskip("pandas")
    assert isinstance(run.insights().to_pandas(), frame.DataFrame)


def test_an_empty_list_says_why(platform, run):
    platform.insights.found = []
    platform.insights.has_search = False
    found = run.insights()
    assert len(found) == 0
    assert "was not searched" in found._repr_html_()
    assert found.to_columns()["severity"].shape == (0,)


def test_a_picture_escapes_texts_and_loads_nothing(run):
    found = run.insights()
    for shown in (found, found[0], found[0].members(), found[0].audit(), found[0].export()):
        tags = require_self_contained(shown._repr_html_())
        assert "b" not in {tag for tag, _ in tags.found}


def test_members_and_evidence_are_columns(run):
    one = run.insights()[0]
    members = one.members()
    assert (len(members), members.total) == (7, 7)
    assert [row["id"] for row in one.members(4)] == ["0", "1", "2", "3"]
    assert members[0] == {
        **{"split": "validation", "id": "0", "row": 10, "label": "a", "suggested": "c", "score": 1.0},
        **{"group": None, "verdict": None},
    }
    assert members[1]["suggested"] is None
    assert one.evidence()["confusions"]["count"].tolist() == [5.0]
    assert one.explanations()[0]["name"] == "ink"
    with refused("COUNT_INVALID"):
        one.members(0)


def test_verdicts_are_stored_and_the_next_samples_returned(platform, run):
    one = run.insights()[0]
    assert one.audit().wrong == 0
    assert platform.insights.verdicts == {}
    result = one.audit(wrong=[10, 11], right=np.array([12]))
    assert (result.wrong, result.right, result.wrong_share) == (2, 1, (0.5, 0.9))
    assert [row["row"] for row in result.next] == [16]
    assert one.members()[0]["verdict"] == "wrong"


def test_an_export_is_a_file_without_formulas(tmp_path, run):
    exported = run.insights()[0].export("relabel")
    assert [row["split"] for row in exported] == ["training", "test"]
    exported.to_csv(tmp_path / "relabel.csv")
    with open(tmp_path / "relabel.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [["training", "'=1+1", "-3.5"], ["test", 'a "b", c', "'-x"]]
    with refused("ACTION_UNKNOWN"):
        run.insights()[0].export("delete")


def test_a_decision_is_refused_after_another_change(run):
    one = run.insights()[0]
    other = run.insights()[0]
    one.set_state("approved")
    assert one.state == "approved"
    with pytest.raises(noema.NoemaError):
        other.set_state("dismissed")
    with refused("STATE_NOT_SETTABLE"):
        one.set_state("hint")


def test_a_search_is_waited_for(platform, run):
    found = run.insights().search(kinds=["forgotten"], parameters={"forgotten": {"times": 3}}, seed=5)
    assert len(found) == 2
    asked = next(one for one in platform.insights.asked if hasattr(one, "seed"))
    assert list(asked.kinds) == ["forgotten"]
    assert asked.parameters["forgotten"]["times"] == 3
    assert (asked.seed, asked.epoch) == (5, 0)
    assert platform.insights.asked[-1].insight_search_id == "search"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (job_pb2.JOB_STATE_FAILED, "OUT_OF_MEMORY"),
        (job_pb2.JOB_STATE_CANCELLED, "SEARCH_CANCELLED"),
        (job_pb2.JOB_STATE_RUNNING, "SEARCH_TIMEOUT"),
    ],
)
def test_a_search_that_does_not_succeed_is_an_error(platform, run, state, reason):
    platform.insights.states = [state]
    with refused(reason):
        run.insights().search(timeout_s=0.1)
