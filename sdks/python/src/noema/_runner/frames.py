"""Frames of the runner's protocol: a header in JSON and raw bytes, each with its length before it."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any, Union

#: Version of the protocol; see services/datasets/src/runner/README.md.
PROTOCOL = 1
MAX_HEADER_BYTES = 2**22
MAX_BODY_BYTES = 2**26
_PREFIX = struct.Struct("<II")

Part = Union[bytes, memoryview]


class ChannelClosed(Exception):
    """The host has ended the channel."""


def write_frame(channel: socket.socket, header: Any, parts: Sequence[Part] = ()) -> None:
    """Sends a header and the parts of a body; the parts are not copied."""
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    channel.sendall(_PREFIX.pack(len(text), sum(len(part) for part in parts)) + text)
    for part in parts:
        channel.sendall(part)


def read_frame(channel: socket.socket) -> tuple[Any, bytes]:
    """Returns the next header and body. Raises ChannelClosed at the end of the channel."""
    header, body = _PREFIX.unpack(read_exactly(channel, _PREFIX.size))
    if header > MAX_HEADER_BYTES or body > MAX_BODY_BYTES:
        raise ChannelClosed
    return json.loads(read_exactly(channel, header)), bytes(read_exactly(channel, body))


def read_exactly(channel: socket.socket, size: int) -> bytearray:
    """Returns exactly `size` bytes. Raises ChannelClosed if the channel ends before."""
    content = bytearray(size)
    view = memoryview(content)
    at = 0
    while at < size:
        count = channel.recv_into(view[at:])
        if count == 0:
            raise ChannelClosed
        at += count
    return content
