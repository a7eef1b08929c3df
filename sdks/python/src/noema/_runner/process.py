"""Entry of the process that runs user code: one module, one request after the other."""

from __future__ import annotations

import importlib
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from noema._integration.faults import IntegrationError
from noema._runner.channel import end_with, open_channel
from noema._runner.frames import PROTOCOL, ChannelClosed, read_frame, write_frame
from noema._runner.texts import shorten

if TYPE_CHECKING:
    from noema._runner.hosted import HostedIntegration

MAX_FAULT_TEXT = 8_192


def run(packages: str = "") -> None:
    """Answers requests until the channel ends.

    numpy is imported by the first request, because the environment in `packages` may bring its own, and in a
    pod arrives before that request.
    """
    arguments = sys.argv[1:]
    # User code gets no argument and no setting of the service.
    del sys.argv[1:]
    os.environ.clear()
    channel = open_channel(arguments)
    end_with(channel)
    folder = arguments[3] if len(arguments) > 3 else ""
    hosted: HostedIntegration | None = None
    try:
        write_frame(channel, {"kind": "ready", "protocol": PROTOCOL})
        while True:
            request, body = read_frame(channel)
            method, params = request["method"], request["params"]
            if method == "unpack":
                _unpack(packages if params.get("into") == "packages" else folder, params["files"], body)
                continue
            try:
                if hosted is None:
                    hosted = _load_integration(params["modulePath"])
                _answer(channel, hosted, method, params, body)
            except IntegrationError as error:
                _fail(channel, error.kind, error.reason, str(error), error.metadata)
            except (ChannelClosed, OSError):
                raise
            except Exception as error:
                _fail(channel, "internal", "INTERNAL", f"{type(error).__name__}: {error}", {})
    except (ChannelClosed, OSError):
        os._exit(0)


def _load_integration(path: str) -> HostedIntegration:
    importlib.invalidate_caches()  # of folders that did not exist when this process started
    from noema._runner.hosted import HostedIntegration

    return HostedIntegration(path)


def _answer(channel: socket.socket, hosted: HostedIntegration, method: str, params: Any, body: bytes) -> None:
    def progress(done: int) -> None:
        write_frame(channel, {"kind": "progress", "done": done})

    if method in ("encode", "score"):
        result, parts = (
            hosted.encode(params, progress) if method == "encode" else hosted.score(params, body, progress)
        )
        write_frame(channel, {"kind": "result", "result": result}, parts)
        return
    if method == "plan":
        result = hosted.plan(params, progress)
    elif method == "check":
        result = hosted.check(params)
    elif method == "load":
        result = hosted.load()
    else:
        raise IntegrationError("REQUEST_UNKNOWN", f'there is no request "{method}"', kind="unsupported")
    write_frame(channel, {"kind": "result", "result": _limit(result)})


def _fail(channel: socket.socket, kind: str, reason: str, message: str, metadata: dict[str, str]) -> None:
    fault = {
        "kind": kind,
        "reason": reason,
        "message": shorten(message, MAX_FAULT_TEXT),
        "metadata": {name: shorten(value, MAX_FAULT_TEXT) for name, value in metadata.items()},
    }
    write_frame(channel, {"kind": "fault", "fault": fault})


def _limit(value: Any) -> Any:
    """Cuts the texts of a report that are longer than the host accepts."""
    if isinstance(value, str):
        return shorten(value, MAX_FAULT_TEXT)
    if isinstance(value, dict):
        return {name: _limit(one) for name, one in value.items()}
    return [_limit(one) for one in value] if isinstance(value, list) else value


def _unpack(folder: str, files: list[Any], body: bytes) -> None:
    """Writes the bundle that a pod received. The host checked the paths when it was uploaded."""
    at = 0
    for file in files:
        target = os.path.join(folder, file["path"])
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "ab" if file.get("appended") else "xb") as content:
            content.write(body[at : at + file["bytes"]])
        at += file["bytes"]
