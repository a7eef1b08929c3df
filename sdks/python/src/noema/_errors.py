"""Errors that the package raises."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager


class NoemaError(Exception):
    """A call that failed, with a reason that programs can match on.

    `reason` is a constant in UPPER_SNAKE_CASE, such as `PLATFORM_NOT_FOUND` or a reason of the platform;
    `code` is the name of the gRPC status code, empty for errors of this package.
    """

    def __init__(self, message: str, reason: str, code: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.code = code


class LogError(NoemaError, ValueError):
    """A call of `log` with wrong arguments. The message has the file and the line of the caller."""

    def __init__(self, message: str, reason: str = "LOG_INVALID") -> None:
        super().__init__(f"{caller()}: {message}", reason)


class DatasetError(NoemaError, ValueError):
    """Data that cannot become a dataset."""

    def __init__(self, message: str, reason: str = "DATASET_INVALID") -> None:
        super().__init__(message, reason)


_known = threading.local()


@contextmanager
def called_from(place: str) -> Generator[None, None, None]:
    """Makes `place` the caller, for a call that is read after it has returned."""
    _known.place = place
    try:
        yield
    finally:
        _known.place = ""


def caller() -> str:
    """Returns `file:line` of the nearest frame outside of this package, or the place of `called_from`."""
    place: str = getattr(_known, "place", "")
    if place:
        return place
    package = os.path.dirname(os.path.abspath(__file__)) + os.sep
    frame = sys._getframe(1)
    while frame.f_back is not None and os.path.abspath(frame.f_code.co_filename).startswith(package):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
