"""The channel to the host: a file descriptor, or in a pod the first connection that starts with the token."""

from __future__ import annotations

import hmac
import os
import select
import socket
import threading

from noema._runner.frames import ChannelClosed, read_exactly

CHANNEL_FD = 3
_PATIENCE_S = 5.0


def open_channel(arguments: list[str]) -> socket.socket:
    """Returns the channel; `arguments` are empty, or `--listen <port> <token> <folder>`."""
    if arguments[:1] != ["--listen"]:
        return socket.socket(fileno=CHANNEL_FD)
    _, port, token, *_ = arguments
    expected = token.encode()
    with _listen(int(port)) as server:
        while True:
            connection, _address = server.accept()
            connection.settimeout(_PATIENCE_S)
            try:
                said = bytes(read_exactly(connection, len(expected)))
            except (OSError, ChannelClosed):
                connection.close()
                continue
            if hmac.compare_digest(said, expected):
                connection.settimeout(None)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connection
            connection.close()


def _listen(port: int) -> socket.socket:
    """Listens at all addresses, of IPv6 too where the machine has it."""
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", port))


def end_with(channel: socket.socket) -> None:
    """Ends this process when the host ends the channel, also while user code runs."""
    hang_up = getattr(select, "POLLRDHUP", None)
    if hang_up is None:
        return

    def wait() -> None:
        poll = select.poll()
        poll.register(channel, hang_up | select.POLLHUP | select.POLLERR)
        poll.poll()
        os._exit(0)

    threading.Thread(target=wait, name="noema-channel", daemon=True).start()
