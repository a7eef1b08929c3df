"""Positions in a text: Python counts characters, a browser UTF-16 units."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


class Utf16Positions:
    """Turns positions in characters into positions in UTF-16 units, of which an emoji has two."""

    def __init__(self, text: str) -> None:
        self._wide: Sequence[int] = [at for at, character in enumerate(text) if ord(character) > 0xFFFF]

    def __call__(self, position: int) -> int:
        return position + bisect_left(self._wide, position)
