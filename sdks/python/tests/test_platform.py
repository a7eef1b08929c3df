"""How a platform is found, and started where none runs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

import noema
from noema import _platform
from noema._platform import find_platform

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the command is a script")

#: `noema up` for a folder: refuses the usual port as its text says, and writes what a platform writes.
COMMAND = """#!{python}
import json, os, sys
from pathlib import Path
if {refusal!r} and "--port" not in sys.argv:
    fault = {{"reason": {refusal!r}, "message": "no, by {refusal}"}}
    sys.stderr.write("a warning\\n" + json.dumps(fault) + "\\n")
    sys.exit(6)
folder = Path(".noema")
folder.mkdir()
url = "http://127.0.0.1:1"
(folder / "platform.json").write_text(json.dumps({{"grpcAddress": "127.0.0.1:2", "url": url}}))
(folder / "platform.lock").write_text(json.dumps({{"pid": {pid}}}))
(folder / "credentials.json").write_text(json.dumps({{"api_key": "secret"}}))
(folder / "started.json").write_text(json.dumps([sys.argv[1:], os.environ.get("NOEMA_PYTHON")]))
print(json.dumps({{"url": url, "sign_in_url": url + "/sign-in#key=secret"}}))
"""


def write_command(path: Path, refusal: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(COMMAND.format(python=sys.executable, refusal=refusal, pid=os.getpid()))
    path.chmod(0o755)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in ("NOEMA_URL", "NOEMA_GRPC", "NOEMA_API_KEY", "NOEMA_DATA_DIR", "NOEMA_HOME", "NOEMA_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    return here


def read_started(folder: Path) -> tuple[list[str], str]:
    arguments, interpreter = json.loads((folder / ".noema" / "started.json").read_text())
    return arguments, interpreter


def test_starts_a_platform_that_runs_integrations_with_this_interpreter(folder, tmp_path, capsys):
    write_command(tmp_path / "programs" / "noema")
    found = find_platform()
    assert (found.address, found.api_key) == ("127.0.0.1:2", "secret")
    assert read_started(folder) == (["--json", "up"], sys.executable)
    # A notebook and a log are given away; the key is not printed into them.
    printed = capsys.readouterr().out
    assert "serves http://127.0.0.1:1" in printed and "noema status" in printed and "secret" not in printed


def test_takes_another_port_where_the_usual_one_is_taken(folder, tmp_path):
    write_command(tmp_path / "programs" / "noema", "PORT_IN_USE")
    assert find_platform().address == "127.0.0.1:2"
    assert read_started(folder)[0] == ["--json", "up", "--port", "0"]


def test_says_why_the_command_has_failed(folder, tmp_path):
    write_command(tmp_path / "programs" / "noema", "NODE_TOO_OLD")
    with pytest.raises(noema.NoemaError, match=r"`noema up` ended with 6: no, by NODE_TOO_OLD$") as found:
        find_platform()
    assert found.value.reason == "PLATFORM_NOT_STARTED"


@pytest.mark.parametrize("source", ["sdks/python", "sdks/python/dist/noema-0.1.0-py3-none-any.whl"])
def test_finds_the_command_of_the_clone_that_pip_has_installed_from(folder, tmp_path, monkeypatch, source):
    clone = tmp_path / "a clone"
    program = clone / "apps" / "cli" / "dist" / "src" / "main.js"
    write_command(program)
    # Node runs the program by its first line.
    (tmp_path / "programs").mkdir()
    node = tmp_path / "programs" / "node"
    node.write_text('#!/bin/sh\nexec "$@"\n')
    node.chmod(0o755)

    class Distribution:
        def read_text(self, name):
            return json.dumps({"url": (clone / source).as_uri()}) if name == "direct_url.json" else None

    monkeypatch.setattr(_platform, "distribution", lambda _: Distribution())
    monkeypatch.setattr(_platform, "__file__", str(tmp_path / "site-packages" / "noema" / "_platform.py"))
    assert find_platform().api_key == "secret"


def test_names_what_to_do_where_there_is_no_command(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(_platform, "_installed_from", lambda: [])
    monkeypatch.setattr(_platform, "__file__", str(tmp_path / "site-packages" / "noema" / "_platform.py"))
    with pytest.raises(noema.NoemaError, match=r"NOEMA_HOME to a clone .* `make build`") as found:
        find_platform()
    assert found.value.reason == "PLATFORM_NOT_FOUND"
