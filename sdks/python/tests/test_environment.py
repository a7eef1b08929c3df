"""The environment of an integration on the path of its process."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

_PACKAGE = Path(__file__).parents[1] / "src" / "noema"
_PROGRAM = """
import sys, types
package = types.ModuleType("noema")
package.__path__ = [{package!r}]
sys.modules["noema"] = package
from noema._runner.environment import take_packages
print(repr(take_packages()))
print(sys.argv[1:])
import colliding, json
print(colliding.__file__, json.__file__)
"""


def run(folder: Path, *arguments: str) -> list[str]:
    program = _PROGRAM.format(package=str(_PACKAGE))
    environment = {"PYTHONPATH": str(folder.parent / "later"), "PATH": ""}
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.splitlines()


def write_modules(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / f"{name}.py").write_text("")
    return folder


def test_stands_after_the_standard_library_and_leaves_other_arguments(tmp_path: Path) -> None:
    packages = write_modules(tmp_path / "packages", "colliding", "json")
    write_modules(tmp_path / "later")
    taken, arguments, places = run(packages, "--packages", str(packages), "--listen", "1")
    assert taken == repr(str(packages))
    assert arguments == "['--listen', '1']"
    colliding, standard = places.split(" ")
    assert colliding == str(packages / "colliding.py")
    assert standard.startswith(sysconfig.get_paths()["stdlib"])


def test_executes_no_pth_file(tmp_path: Path) -> None:
    packages = write_modules(tmp_path / "packages", "colliding")
    write_modules(tmp_path / "later")
    marker = tmp_path / "executed"
    (packages / "evil.pth").write_text(f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n")
    run(packages, "--packages", str(packages))
    assert not marker.exists()


def test_is_absent_without_the_option(tmp_path: Path) -> None:
    write_modules(tmp_path / "packages")
    write_modules(tmp_path / "later", "colliding")
    taken, arguments, places = run(tmp_path / "packages", "--listen", "1")
    assert (taken, arguments) == ("''", "['--listen', '1']")
    assert places.startswith(str(tmp_path / "later"))
