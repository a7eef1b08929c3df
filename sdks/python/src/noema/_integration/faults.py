"""Faults of an integration, and where in the user's code they are."""

from __future__ import annotations

import inspect
import linecache
import math
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any, Callable, NamedTuple

from noema._errors import NoemaError

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARIES = tuple(
    {
        os.path.realpath(path) + os.sep
        for name, path in sysconfig.get_paths().items()
        if name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)
_PACKAGE_FOLDERS = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class IntegrationError(NoemaError, ValueError):
    """A fault of an integration, with a reason that programs can match on and facts about it."""

    def __init__(
        self, reason: str, message: str, metadata: Mapping[str, str] | None = None, kind: str = "invalid"
    ) -> None:
        super().__init__(message, reason)
        self.metadata: dict[str, str] = dict(metadata or {})
        self.kind = kind


#: What no integration declares, by its name in `noema.integration`: reason and message.
UNSUPPORTED: dict[str, tuple[str, str]] = {
    "model": (
        "INTEGRATION_MODEL_UNSUPPORTED",
        "an integration describes data and has no @model; leave it out, and bring the network with "
        "`noema models import net.onnx` or `noema models create net.json`, or record the training in Python "
        "with noema.run(name, data, watch=model)",
    ),
    "layer": (
        "INTEGRATION_LAYER_UNSUPPORTED",
        "an integration has no @layer, because heat maps and vectors need the gradient of a layer inside of "
        "the graph; export the network as ONNX, which writes layers of your own in standard operators "
        '(model.export("net.onnx", format="onnx") in Keras, torch.onnx.export in PyTorch), or keep the layer '
        "in your own loop and record it with noema.run(name, data, watch=model)",
    ),
}


def unsupported(name: str) -> IntegrationError:
    """Returns the fault of an integration that asks for one of UNSUPPORTED."""
    return IntegrationError(*UNSUPPORTED[name])


class Place(NamedTuple):
    """A position in the user's source. `column` is None before Python 3.11."""

    file: str
    line: int
    column: int | None

    def facts(self) -> dict[str, str]:
        facts = {"file": self.file, "line": str(self.line)}
        return facts if self.column is None else {**facts, "column": str(self.column)}


def locate_error(error: BaseException) -> Place | None:
    """Returns the innermost position of the user's own code at which an error was raised.

    Code of libraries comes second; None if neither is in the traceback.
    """
    if isinstance(error, SyntaxError) and error.filename is not None and error.lineno is not None:
        return Place(error.filename, error.lineno, error.offset)
    users = [place for place in _frames(error) if not place.file.startswith((_PACKAGE, "<"))]
    own = [place for place in users if not _is_library(place.file)]
    found = own or users
    return found[-1] if found else None


def locate_function(function: Callable[..., Any]) -> Place | None:
    """Returns the line of the `def` of a function."""
    try:
        code: CodeType = inspect.unwrap(function).__code__
    except (AttributeError, ValueError):
        return None
    line = code.co_firstlineno
    # co_firstlineno is the line of the first decorator.
    for at in range(line, line + 40):
        if linecache.getline(code.co_filename, at).lstrip().startswith(("def ", "async def ")):
            return Place(code.co_filename, at, 1)
    return Place(code.co_filename, line, 1)


def handler_fault(
    role: str, name: str, function: Callable[..., Any] | None, sample: Any, error: BaseException
) -> IntegrationError:
    """Returns the fault of a handler, with split, sample, handler, file and line.

    An error of user code becomes HANDLER_THREW; an IntegrationError keeps its reason.
    """
    place = locate_error(error) or (None if function is None else locate_function(function))
    where = "" if place is None else f" ({place.file}:{place.line})"
    title = role if role in ("preprocess", "loss") else f'{role.replace("-", " ")} "{name}"'
    if sample is not None:
        title += f' at {sample.split} sample "{sample.id}"'
    facts: dict[str, str] = {"role": role, "handler": name}
    if sample is not None:
        facts.update(split=sample.split, sample_id=sample.id, index=str(sample.index))
    if place is not None:
        facts.update(place.facts())
    if isinstance(error, IntegrationError):
        fault = IntegrationError(error.reason, f"{title}: {error}{where}", {**error.metadata, **facts})
    else:
        fault = IntegrationError(
            "HANDLER_THREW", f"{title} threw {type(error).__name__}: {error}{where}", facts
        )
    fault.__cause__ = error
    return fault


def describe(value: Any) -> str:
    """Returns what a value is, in a few words for a message."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return f'the text "{value[:40]}"'
    if inspect.iscoroutine(value):
        return "a coroutine (handlers are plain functions)"
    if isinstance(value, Mapping):
        return f"a mapping with {', '.join(str(key) for key in list(value)[:5]) or 'no keys'}"
    return f"a value of the type {type(value).__name__}"


def number_text(value: float) -> str:
    """Returns a number as people write it: `3`, `0.5`, `NaN`, `Infinity`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))


def shape_text(dims: tuple[int, ...]) -> str:
    """Returns a shape as `[28, 28, 1]`."""
    return f"[{', '.join(str(size) for size in dims)}]"


def _frames(error: BaseException) -> Iterator[Place]:
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        column: int | None = None
        if sys.version_info >= (3, 11):
            positions = list(code.co_positions())
            at = step.tb_lasti // 2
            if at < len(positions) and positions[at][2] is not None:
                column = (positions[at][2] or 0) + 1
        yield Place(code.co_filename, step.tb_lineno, column)
        step = step.tb_next


def _is_library(file: str) -> bool:
    return file.startswith(_LIBRARIES) or any(folder in file for folder in _PACKAGE_FOLDERS)
