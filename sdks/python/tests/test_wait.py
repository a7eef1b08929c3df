from __future__ import annotations

import pytest

from noema import NoemaError
from noema._wait import poll

AWAY = NoemaError("no connection", "UNAVAILABLE", "UNAVAILABLE")


def late(problem):
    return NoemaError(f"late: {problem}", "LATE")


def answers(*values):
    left = list(values)

    def look():
        value = left.pop(0)
        if isinstance(value, Exception):
            raise value
        return value

    return look


def test_the_first_value_is_returned_and_a_platform_that_is_away_is_waited_for():
    shown = []
    found = poll(answers(None, AWAY, 7), 60, late, show=lambda passed_s, problem: shown.append(problem))
    assert found == 7
    assert shown == [None, AWAY]


def test_other_errors_end_the_wait_and_an_impatient_one_ends_with_any():
    with pytest.raises(NoemaError, match="refused"):
        poll(answers(None, NoemaError("refused", "X", "INVALID_ARGUMENT")), 60, late)
    with pytest.raises(NoemaError, match="no connection"):
        poll(answers(AWAY), 60, late, is_patient=False)


def test_the_end_of_the_time_is_an_error_with_the_last_problem():
    with pytest.raises(NoemaError, match="late: None"):
        poll(answers(None), 0, late)
    with pytest.raises(NoemaError, match="late: no connection"):
        poll(answers(AWAY), 0, late)
