"""Texts that the host accepts."""

from __future__ import annotations


def shorten(text: str, limit: int) -> str:
    """Returns a text of at most `limit` UTF-16 units."""
    if len(text) * 2 <= limit:
        return text
    encoded = text.encode("utf-16-le", "replace")
    if len(encoded) <= 2 * limit:
        return text
    return encoded[: 2 * (limit - 2)].decode("utf-16-le", "ignore") + " …"
