"""The requirements next to a module: its environment or the interpreter has to have them."""

from __future__ import annotations

import os
import re
import sys
from importlib import metadata

from noema._integration.faults import IntegrationError

FILE = "requirements.txt"
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?[ \t]*")
_PINNED = re.compile(r"===?[ \t]*([^\s;,#*]+)[ \t]*(?:[;#].*)?")
_HASH = re.compile(r"[ \t]+--hash=\S+")
#: The platform brings this one.
_OWN = "noema"


def check_requirements(folder: str) -> None:
    """Raises IntegrationError INTEGRATION_REQUIREMENTS_UNMET if the interpreter lacks a requirement.

    A version is compared where it is pinned by `==`; of other requirements the package must exist. A
    requirement with a marker may be absent. Hashes are not compared here: the host compares them with the
    wheels.
    """
    path = os.path.join(folder, FILE)
    if not os.path.isfile(path):
        return
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    unmet = [why for line in text.splitlines() for why in [_unmet(_HASH.sub("", line).strip())] if why]
    if unmet:
        raise IntegrationError(
            "INTEGRATION_REQUIREMENTS_UNMET",
            f"{path} has requirements that {sys.executable} does not meet: {'; '.join(unmet[:20])}. Pin the "
            'packages with == ("noema integration lock" does) and upload with "noema integration upload", '
            "which sends them; or install them for the interpreter that NOEMA_PYTHON names",
            {"module_path": path, "unmet": ", ".join(unmet)[:1000]},
            kind="precondition",
        )


def _unmet(line: str) -> str | None:
    if line == "" or line.startswith("#"):
        return None
    name = _NAME.match(line)
    if name is None:
        return f'"{line[:80]}" is no name of a package with a version'
    if name[1].lower() == _OWN:
        return None
    try:
        installed = metadata.version(name[1])
    except metadata.PackageNotFoundError:
        return None if ";" in line else f"{name[1]} is not installed"
    pinned = _PINNED.fullmatch(line[name.end() :])
    if pinned is not None and pinned[1] != installed:
        return f"{name[1]} {pinned[1]} is required, and {installed} is installed"
    return None
