"""Finds a platform: by the environment, by the directory, or by starting one."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from noema._errors import NoemaError

START_TIMEOUT_S = 300


@dataclass(frozen=True)
class Platform:
    """Where a platform is. `address` is `host:port` of gRPC; `url` is the page, empty if unknown.

    `directory` is its data directory if it was found there: started again it may have other ports.
    """

    address: str
    secure: bool
    api_key: str
    url: str
    directory: Path | None = None

    def reread(self) -> Platform:
        """Returns where the platform of the directory is now, as far as it says so."""
        if self.directory is None:
            return self
        try:
            state = _read(self.directory / "platform.json")
        except (OSError, ValueError):
            return self  # It does not run.
        address, url = str(state.get("grpcAddress", self.address)), str(state.get("url", self.url))
        return replace(self, address=address, url=url)


def find_platform(
    url: str | None = None, api_key: str | None = None, *, start: bool = True, folder: Path | None = None
) -> Platform:
    """Returns the platform named by `url` or NOEMA_URL, else the one that runs on `.noema` of the folder or
    one above it, else starts one.

    A URL is `http(s)://host:port` as `noema status` prints it, or `grpc(s)://host:port` of its gRPC endpoint.
    NOEMA_GRPC names the gRPC address by itself. The key is `api_key`, NOEMA_API_KEY, or the one of the
    directory. Raises NoemaError PLATFORM_NOT_FOUND, PLATFORM_NOT_STARTED, API_KEY_MISSING or URL_INVALID.
    """
    here = folder or Path.cwd()
    url = url or os.environ.get("NOEMA_URL") or None
    api_key = api_key or os.environ.get("NOEMA_API_KEY") or None
    grpc_address = os.environ.get("NOEMA_GRPC")
    directory = _running_directory(here)
    if url is not None or grpc_address:
        return _named(url or "", grpc_address, api_key, directory)
    if directory is None and start:
        directory = _start(here)
    if directory is None:
        raise NoemaError(
            f"no platform runs on {here / '.noema'}; start one with `noema up`, or name one by NOEMA_URL and "
            "NOEMA_API_KEY",
            "PLATFORM_NOT_FOUND",
        )
    state = _read(directory / "platform.json")
    key = api_key or _key(directory)
    return Platform(str(state["grpcAddress"]), False, key, str(state["url"]), directory.resolve())


def default_project() -> str | None:
    """Returns NOEMA_PROJECT, if it is set."""
    return os.environ.get("NOEMA_PROJECT") or None


def _named(url: str, grpc_address: str | None, api_key: str | None, directory: Path | None) -> Platform:
    state = _read(directory / "platform.json") if directory is not None else {}
    local = directory is not None and state.get("url") == url.rstrip("/")
    if api_key is None:
        if not local or directory is None:
            raise NoemaError(
                f"there is no API key for {url or grpc_address}; set NOEMA_API_KEY", "API_KEY_MISSING"
            )
        api_key = _key(directory)
    parts = urlsplit(url)
    secure = parts.scheme in ("https", "grpcs")
    if grpc_address:
        return Platform(grpc_address, secure, api_key, url)
    if local:
        return Platform(str(state["grpcAddress"]), False, api_key, url)
    if parts.scheme not in ("http", "https", "grpc", "grpcs") or not parts.hostname:
        raise NoemaError(
            f'NOEMA_URL is "{url}"; it must be http://host:port, https://host, grpc://host:port or '
            "grpcs://host:port",
            "URL_INVALID",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.scheme == "http":
        # The gateway serves gRPC at the port after its HTTP port, unless NOEMA_GRPC_PORT was set there.
        return Platform(f"{host}:{(parts.port or 80) + 1}", False, api_key, url)
    page = "" if parts.scheme.startswith("grpc") else url
    return Platform(f"{host}:{parts.port or (443 if secure else 7071)}", secure, api_key, page)


def _candidates(here: Path) -> Iterator[Path]:
    named = os.environ.get("NOEMA_DATA_DIR")
    if named:
        yield Path(named)
        return
    for folder in (here, *here.parents):
        yield folder / ".noema"


def _running_directory(here: Path) -> Path | None:
    for directory in _candidates(here):
        if (directory / "platform.json").is_file() and _is_running(directory):
            return directory
    return None


def _is_running(directory: Path) -> bool:
    try:
        holder = int(_read(directory / "platform.lock")["pid"])
    except (OSError, ValueError, KeyError):
        return False
    if os.name == "nt":
        return True
    try:
        os.kill(holder, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start(here: Path) -> Path:
    command = _command(here)
    if command is None:
        raise NoemaError(
            f"no platform runs on {here / '.noema'}, and there is no `noema` command to start one. Put the "
            "command on the PATH, or set NOEMA_HOME to a clone of Noema in which `make build` has run (it "
            "needs Node 20 or later as `node`), or name a running platform by NOEMA_URL and NOEMA_API_KEY",
            "PLATFORM_NOT_FOUND",
        )
    print("noema: starting a platform in .noema", flush=True)
    done = _up(command, here, ())
    if done.returncode != 0 and '"PORT_IN_USE"' in done.stderr:
        # The usual port is that of another platform of this machine, or of another program.
        done = _up(command, here, ("--port", "0"))
    directory = _running_directory(here)
    if done.returncode != 0 or directory is None:
        raise NoemaError(
            f"`noema up` ended with {done.returncode}: {_read_fault(done)}", "PLATFORM_NOT_STARTED"
        )
    _say_started(command, done.stdout)
    return directory


def _up(command: list[str], here: Path, options: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [*command, "--json", "up", *options],
            cwd=here,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_S,
            # Integrations in Python find the packages of this environment.
            env={"NOEMA_PYTHON": sys.executable or "python3", **os.environ},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoemaError(f"`noema up` failed: {error}", "PLATFORM_NOT_STARTED") from None


def _read_fault(done: subprocess.CompletedProcess[str]) -> str:
    """Returns the message of the command, which is a line of JSON."""
    said = (done.stderr or done.stdout).strip()[-2000:]
    try:
        return str(json.loads(said.splitlines()[-1])["message"])
    except (ValueError, KeyError, TypeError, IndexError):
        return said


def _say_started(command: list[str], said: str) -> None:
    """Prints how people open the page. Its link has the key, which belongs into no notebook and no log."""
    try:
        platform = json.loads(said)
        url, link = str(platform["url"]), str(platform["sign_in_url"])
    except (ValueError, KeyError, TypeError):
        return  # Another version of the command.
    if sys.stdout.isatty():
        print(f"noema: open the page, signed in: {link}", flush=True)
    else:
        status = shlex.join([*command, "status"])
        print(f"noema: the platform serves {url}; `{status}` prints a link that signs in", flush=True)


def _command(here: Path) -> list[str] | None:
    found = shutil.which("noema")
    if found is not None:
        return [found]
    node = shutil.which("node")
    homes = [Path(os.environ["NOEMA_HOME"])] if os.environ.get("NOEMA_HOME") else []
    sources = [Path(__file__).resolve(), *_installed_from()]
    parents = [parent for source in sources for parent in source.parents]
    for home in (*homes, here, *here.parents, *parents):
        program = home / "apps" / "cli" / "dist" / "src" / "main.js"
        if node is not None and program.is_file():
            return [node, str(program)]
    return None


def _installed_from() -> list[Path]:
    """Returns the folder or wheel that pip has installed this package from, if it was one of this machine.

    pip notes it beside the package (PEP 610). A clone of Noema is above it.
    """
    try:
        noted = json.loads(distribution("noema").read_text("direct_url.json") or "{}")
        parts = urlsplit(str(noted["url"]))
    except (PackageNotFoundError, OSError, ValueError, KeyError, TypeError):
        return []
    return [Path(url2pathname(parts.path))] if parts.scheme == "file" else []


def _key(directory: Path) -> str:
    try:
        return str(_read(directory / "credentials.json")["api_key"])
    except (OSError, KeyError):
        raise NoemaError(
            f"{directory / 'credentials.json'} has no API key; set NOEMA_API_KEY", "API_KEY_MISSING"
        ) from None


def _read(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"{path} is no JSON object")
    return value
