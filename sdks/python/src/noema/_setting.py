"""Settings of the environment that are numbers."""

from __future__ import annotations

import math
import os
import threading

from noema._errors import NoemaError


def read_seconds(name: str, default: float) -> float:
    """Returns the seconds of an environment variable, or `default` without it. Raises NoemaError."""
    return _read(name, default, "seconds", threading.TIMEOUT_MAX)


def read_bytes(name: str, default: int) -> int:
    """Returns the bytes of an environment variable, or `default` without it. Raises NoemaError."""
    return int(_read(name, default, "bytes", 2.0**53))


def _read(name: str, default: float, unit: str, most: float) -> float:
    value = os.environ.get(name)
    if not value:
        return default
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if 0 <= number <= most:
        return number
    raise NoemaError(
        f"{name} is {value!r}; give a number of {unit} from 0, such as {default:.0f}, or leave it out",
        "SETTING_INVALID",
    )
