"""The integration that a module declares: its handlers, and what each of them needs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

from noema._integration.declaration import MARKS, ClassNames, Mark, TensorType, parse_return
from noema._integration.faults import IntegrationError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?")
_SECRET = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MAX_DECLARED = 64
#: Arguments that every handler of a sample may have, besides the names of other handlers.
SAMPLE_ARGUMENTS = ("row", "index", "split", "id", "data")
#: Handlers whose results others may have as an argument.
_SHARED = ("input", "ground-truth", "metadata")


class Handler(NamedTuple):
    """One function of an integration."""

    role: str
    name: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    declared: Any

    @property
    def tensor(self) -> TensorType | None:
        return self.declared if isinstance(self.declared, TensorType) else None

    @property
    def classes(self) -> ClassNames | None:
        return self.declared if isinstance(self.declared, ClassNames) else None


class Integration(NamedTuple):
    """A validated integration."""

    name: str
    hosts: tuple[str, ...]
    secrets: tuple[str, ...]
    splits: Handler
    handlers: tuple[Handler, ...]
    #: Handlers that others may name as arguments, by the name of their function.
    shared: Mapping[str, Handler]
    #: Metadata whose equal values belong together; None without one.
    group: str | None = None

    def of(self, role: str) -> tuple[Handler, ...]:
        return tuple(handler for handler in self.handlers if handler.role == role)

    @property
    def class_truth(self) -> Handler | None:
        return next((handler for handler in self.handlers if handler.classes is not None), None)

    @property
    def class_names(self) -> tuple[str, ...]:
        truth = self.class_truth
        return () if truth is None or truth.classes is None else truth.classes.labels


def find_integration(names: Mapping[str, Any], path: str, stem: str) -> Integration:
    """Returns the integration that the functions of a module declare.

    Raises IntegrationError INTEGRATION_NOT_EXPORTED without `@splits`, INTEGRATION_INVALID with all faults.
    """
    functions = {id(value): value for value in names.values() if MARKS in getattr(value, "__dict__", {})}
    marked = [(mark, function) for function in functions.values() for mark in getattr(function, MARKS)]
    sources = [(mark, function) for mark, function in marked if mark.role == "preprocess"]
    if len(sources) != 1:
        what = "no integration" if not marked else f"{len(sources)} functions with @splits"
        raise IntegrationError(
            "INTEGRATION_NOT_EXPORTED",
            f"the module {path} declares {what}; write one function with @splits that lists the samples, "
            "and one with @input that encodes one of them",
            {"module_path": path},
        )
    faults: list[str] = []
    handlers = [_handler(mark, function, faults) for mark, function in marked]
    source_mark = sources[0][0]
    splits = next(handler for handler in handlers if handler.role == "preprocess")
    rest = tuple(handler for handler in handlers if handler.role != "preprocess")
    name = source_mark.name or stem
    shared = {handler.function.__name__: handler for handler in rest if handler.role in _SHARED}
    _check_names(rest, faults)
    _check_arguments(splits, rest, shared, faults)
    _check_classes(rest, faults)
    faults += _declared("hosts", source_mark.hosts, _HOST, "a host is written like data.example.org")
    faults += _declared(
        "secrets", source_mark.secrets, _SECRET, 'a secret has a name of letters, digits, ".", "_" and "-"'
    )
    _check_group(source_mark.group, rest, faults)
    if faults:
        raise IntegrationError("INTEGRATION_INVALID", f'integration "{name}": {". Also: ".join(faults)}')
    return Integration(name, source_mark.hosts, source_mark.secrets, splits, rest, shared, source_mark.group)


def _handler(mark: Mark, function: Callable[..., Any], faults: list[str]) -> Handler:
    own = function.__name__
    name = mark.role if mark.role in ("preprocess", "loss") else mark.name or own
    arguments: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            faults.append(f'the argument "{parameter.name}" of {own} has no name that says what it gets')
        elif parameter.default is parameter.empty:
            arguments.append(parameter.name)
    if inspect.iscoroutinefunction(function):
        faults.append(f"{own} is a coroutine; handlers are plain functions")
    return Handler(mark.role, name, function, tuple(arguments), parse_return(function))


def _check_names(handlers: tuple[Handler, ...], faults: list[str]) -> None:
    if not any(handler.role == "input" for handler in handlers):
        faults.append("it has no function with @input")
    seen: set[tuple[str, str]] = set()
    for role, name, *_ in handlers:
        if _NAME.fullmatch(str(name)) is None:
            faults.append(f'"{name}" is no name; use letters, digits, "_" and "-", starting with a letter')
        if (role, name) in seen:
            faults.append(f'there are two of {role} "{name}"')
        seen.add((role, name))
    if sum(handler.role == "loss" for handler in handlers) > 1:
        faults.append("it has several functions with @loss")


def _check_group(group: str | None, handlers: tuple[Handler, ...], faults: list[str]) -> None:
    known = [handler.name for handler in handlers if handler.role == "metadata"]
    if group is not None and (not isinstance(group, str) or group.split(".", 1)[0] not in known):
        names = ", ".join(known) or "none"
        faults.append(f"group is {group!r}; it must be one of the metadata: {names}")


def _check_arguments(
    splits: Handler, handlers: tuple[Handler, ...], shared: Mapping[str, Handler], faults: list[str]
) -> None:
    for argument in splits.arguments:
        if argument != "secrets":
            faults.append(f'{splits.function.__name__} has the argument "{argument}"; it may have "secrets"')
    for handler in handlers:
        scored = ("prediction",) if handler.role in ("metric", "loss") else ()
        for argument in handler.arguments:
            if argument in SAMPLE_ARGUMENTS or argument in scored:
                continue
            if argument not in shared or shared[argument].function is handler.function:
                known = ", ".join([*SAMPLE_ARGUMENTS, *scored, *(n for n in shared if n != handler.name)])
                faults.append(
                    f'{handler.function.__name__} has the argument "{argument}", which nothing gives; '
                    f"known: {known}"
                )
        if _is_circular(handler, shared, ()):
            faults.append(f"the arguments of {handler.function.__name__} need each other in a circle")


def _is_circular(handler: Handler, shared: Mapping[str, Handler], path: tuple[str, ...]) -> bool:
    own = handler.function.__name__
    if own in path:
        return own == path[0]
    return any(
        _is_circular(shared[argument], shared, (*path, own))
        for argument in handler.arguments
        if argument in shared and shared[argument].function is not handler.function
    )


def _check_classes(handlers: tuple[Handler, ...], faults: list[str]) -> None:
    declared = [handler for handler in handlers if handler.classes is not None]
    if len(declared) > 1:
        names = ", ".join(handler.name for handler in declared)
        faults.append(f"several functions declare classes ({names}); one ground truth has them")
    for handler in declared:
        assert handler.classes is not None
        labels = handler.classes.labels
        if handler.role != "ground-truth":
            faults.append(f'{handler.role} "{handler.name}" declares classes; only a ground truth has them')
        if not labels:
            faults.append("the classes are empty; name them, or declare none")
        for at, label in enumerate(labels):
            if not isinstance(label, str) or label == "" or _CONTROL.search(label):
                faults.append(f"the class name {at} is {label!r}; give a text without control characters")
        for label in dict.fromkeys(label for label in labels if labels.count(label) > 1):
            faults.append(f'the class name "{label}" occurs twice')


def _declared(what: str, values: tuple[Any, ...], form: re.Pattern[str], rule: str) -> list[str]:
    if len(values) > _MAX_DECLARED:
        return [f"{what} must be a list of at most {_MAX_DECLARED} texts"]
    return [
        f"{what}[{at}] is {value!r}; {rule}"
        for at, value in enumerate(values)
        if not isinstance(value, str) or form.fullmatch(value) is None
    ]
