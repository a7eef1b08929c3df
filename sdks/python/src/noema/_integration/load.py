"""Loads the module of an integration."""

from __future__ import annotations

import importlib.util
import os
import sys

from noema._integration.definition import Integration, find_integration
from noema._integration.faults import UNSUPPORTED, IntegrationError, locate_error
from noema._integration.requirements import check_requirements

_MODULE = "__noema_integration__"
_NAMED = frozenset(reason for reason, _ in UNSUPPORTED.values())


def load_integration(path: str) -> Integration:
    """Runs a module and returns the integration that it declares. It imports the modules of its folder.

    Raises IntegrationError INTEGRATION_LOAD_FAILED with file and line, INTEGRATION_MODEL_UNSUPPORTED,
    INTEGRATION_LAYER_UNSUPPORTED, INTEGRATION_NOT_EXPORTED, INTEGRATION_INVALID or
    INTEGRATION_REQUIREMENTS_UNMET.
    """
    folder = os.path.dirname(os.path.abspath(path))
    check_requirements(folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        spec = importlib.util.spec_from_file_location(_MODULE, path)
        if spec is None or spec.loader is None:
            raise ImportError("its name does not end in .py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[_MODULE] = module
        spec.loader.exec_module(module)
    except Exception as error:
        place = locate_error(error)
        where = "" if place is None else f" ({place.file}:{place.line})"
        facts = {"module_path": path, **({} if place is None else place.facts())}
        reason = error.reason if isinstance(error, IntegrationError) else ""
        raise IntegrationError(
            reason if reason in _NAMED else "INTEGRATION_LOAD_FAILED",
            f"the module {path} cannot be loaded: {type(error).__name__}: {error}{_advice(error)}{where}",
            facts,
        ) from error
    return find_integration(vars(module), path, os.path.splitext(os.path.basename(path))[0])


def _advice(error: BaseException) -> str:
    if not isinstance(error, ModuleNotFoundError):
        return ""
    return (
        f"; the interpreter is {sys.executable}, install the package there or name another interpreter in "
        "NOEMA_PYTHON"
    )
