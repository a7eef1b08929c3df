"""Starts the runner by its path: `python -I …/noema/_runner/__main__.py`.

The package `noema` imports gRPC, which is not needed here and need not be installed: a module without
contents takes its place, and only `noema.integration` is found in it.

`--packages <folder>` names the environment of the integration. It stands on `sys.path` after the standard
library and before the packages of the interpreter, so that its versions count. Its `.pth` files are not read.
"""

import importlib.machinery
import os
import sys
import types

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _missing(name: str) -> None:
    raise AttributeError(f"noema.{name} does not exist in an integration; it has noema.integration")


_package = types.ModuleType("noema")
_package.__path__ = [_FOLDER]
_package.__spec__ = importlib.machinery.ModuleSpec("noema", None, is_package=True)
_package.__getattr__ = _missing  # type: ignore[method-assign]
sys.modules["noema"] = _package

from noema._runner.environment import take_packages  # noqa: E402
from noema._runner.process import run  # noqa: E402

run(take_packages())
