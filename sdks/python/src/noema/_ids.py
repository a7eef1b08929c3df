"""Stable text forms of sample ids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from noema._errors import DatasetError

MAX_ID_CHARACTERS = 256
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+>")


def format_id(value: Any) -> str:
    """Returns the text under which the platform knows a sample id.

    Texts stay as they are, whole numbers become decimal, bytes hexadecimal, tuples are joined by `/`. Other
    values have the text of `repr`. Texts above 256 characters become `sha256:` and their hash.
    Raises DatasetError for a value that is not hashable, or whose text is empty, has control characters or
    changes from one process to the next.
    """
    text = _plain(value)
    if text == "":
        raise DatasetError("a sample id is an empty text; give every sample an id", "SAMPLE_ID_INVALID")
    if len(text) > MAX_ID_CHARACTERS:
        text = "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if _CONTROL.search(text) is not None:
        raise DatasetError(f"the sample id {text!r} has control characters; remove them", "SAMPLE_ID_INVALID")
    return text


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, float):
        # Frameworks turn whole ids into floats.
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, tuple):
        return "/".join(_plain(item) for item in value)
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return _plain(value.item())
    if not isinstance(value, Hashable):
        raise DatasetError(
            f"a sample id is a {type(value).__name__}, which is not hashable; use texts, numbers or tuples",
            "SAMPLE_ID_INVALID",
        )
    text = repr(value)
    if _ADDRESS.search(text) is not None:
        raise DatasetError(
            f"the sample id {text} has another text in every process; give its class a __repr__, or use "
            "texts or numbers",
            "SAMPLE_ID_INVALID",
        )
    return text


def format_ids(values: Any) -> list[str]:
    """Returns the text forms of a column of ids `[n]`: an array, a tensor, or any iterable."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    if isinstance(values, np.ndarray):
        if values.ndim == 0:
            values = values.reshape(1)
        if values.ndim != 1:
            raise DatasetError(f"ids have the shape {list(values.shape)}; they need [n]", "SAMPLE_ID_INVALID")
        if values.dtype.kind in "iu":
            return list(map(str, values.tolist()))
        values = values.tolist()
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise DatasetError(
            f"ids are a {type(values).__name__}; they need one entry for each sample", "SAMPLE_ID_INVALID"
        )
    if isinstance(values, list) and set(map(type, values)) == {int}:
        # The usual ids of a loop, in a fifth of the time.
        return list(map(str, values))
    return [format_id(value) for value in values]


def require_distinct(ids: list[str], split: str) -> dict[str, int]:
    """Returns the row of every id. Raises DatasetError with the first text that occurs twice."""
    rows: dict[str, int] = {}
    for row, text in enumerate(ids):
        earlier = rows.setdefault(text, row)
        if earlier != row:
            raise DatasetError(
                f'the samples {earlier} and {row} of the split {split} have the same id "{text}"; ids are '
                "compared by their text",
                "SAMPLE_ID_DUPLICATE",
            )
    return rows


def list_ids(ids: Any) -> list[str]:
    """Returns the texts of ids, which may also be one text or number. Raises as `format_ids` does."""
    return format_ids([ids] if isinstance(ids, (str, bytes, int, float, np.generic)) else ids)
