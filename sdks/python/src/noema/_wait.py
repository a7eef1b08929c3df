"""Waits for what the platform computes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from noema._client import TRANSIENT
from noema._errors import NoemaError

T = TypeVar("T")

#: Pauses between two calls are this share of the time that has passed, so that few calls are made for a long
#: computation, and a short one is noticed soon.
_PAUSE_SHARE = 0.05
_MIN_PAUSE_S, _MAX_PAUSE_S = 0.05, 2.0


def poll(
    look: Callable[[], T | None],
    timeout_s: float,
    late: Callable[[NoemaError | None], NoemaError],
    *,
    show: Callable[[float, NoemaError | None], None] = lambda passed_s, problem: None,
    is_patient: bool = True,
) -> T:
    """Calls `look` until it returns a value other than None, and returns that value.

    `show` is called before each pause with the seconds that have passed. A platform that does not answer is
    waited for too if `is_patient`; `show` and `late` get its error. Raises what `look` raises, and `late()`
    after `timeout_s` seconds.
    """
    started = time.monotonic()
    while True:
        problem: NoemaError | None = None
        try:
            found = look()
            if found is not None:
                return found
        except NoemaError as error:
            if not is_patient or error.code not in TRANSIENT:
                raise
            problem = error
        passed = time.monotonic() - started
        if passed >= timeout_s:
            raise late(problem)
        show(passed, problem)
        pause = min(_MAX_PAUSE_S, max(_MIN_PAUSE_S, _PAUSE_SHARE * passed))
        time.sleep(min(pause, timeout_s - passed))
