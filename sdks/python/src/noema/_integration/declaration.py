"""The words that an integration is written with: decorators, and what a return type can declare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, TypeVar, Union, overload

Function = TypeVar("Function", bound=Callable[..., Any])
MARKS = "__noema_handlers__"
SPLIT_NAMES = ("training", "validation", "test", "unlabeled")

_TENSOR = re.compile(r"(float32|uint8|int32|bool)\s*\[\s*(\d+(?:\s*,\s*\d+)*)?\s*\]")


class Mark(NamedTuple):
    """What a decorator says about a function."""

    role: str
    name: str | None = None
    hosts: tuple[Any, ...] = ()
    secrets: tuple[Any, ...] = ()
    group: str | None = None


class TensorType(NamedTuple):
    """A declared tensor, such as `float32[28, 28, 1]`."""

    type: str
    dims: tuple[int, ...]


class ClassNames(NamedTuple):
    """Declared classes of a ground truth."""

    labels: tuple[Any, ...]
    many: bool


class Classes:
    """Return type of a ground truth with one class: `Classes["cat dog"]` or `Classes["cat", "sea lion"]`.

    The function returns the index of the class, its name, or one number for each class.
    """

    def __class_getitem__(cls, labels: str | tuple[Any, ...]) -> ClassNames:
        return ClassNames(_labels(labels), many=False)


class MultiLabel:
    """Return type of a ground truth with several classes, or none: `MultiLabel["red round"]`.

    The function returns a list of indexes or names, or one number from 0 to 1 for each class.
    """

    def __class_getitem__(cls, labels: str | tuple[Any, ...]) -> ClassNames:
        return ClassNames(_labels(labels), many=True)


class Split:
    """The samples of one split: rows with a length, by position, and ids if these are not the positions."""

    def __init__(self, rows: Any, ids: Sequence[Any] | None = None) -> None:
        self.rows = rows
        self.ids = ids


def parse_return(function: Callable[..., Any]) -> Any:
    """Returns what the return annotation declares: a TensorType, ClassNames, a type, or None."""
    annotation = getattr(function, "__annotations__", {}).get("return")
    if isinstance(annotation, str):
        declared = _tensor_type(annotation)
        if declared is not None:
            return declared
        try:
            # `from __future__ import annotations` makes a text of every annotation.
            annotation = eval(annotation, getattr(function, "__globals__", {}))
        except Exception:
            return None
    return _tensor_type(annotation) if isinstance(annotation, str) else annotation


def _tensor_type(text: str) -> TensorType | None:
    match = _TENSOR.fullmatch(text.strip())
    if match is None:
        return None
    return TensorType(match[1], tuple(int(size) for size in (match[2] or "").split(",") if size.strip()))


def _labels(labels: str | Sequence[Any]) -> tuple[Any, ...]:
    return tuple(labels.split()) if isinstance(labels, str) else tuple(labels)


_Decorated = Union[Function, Callable[[Function], Function]]


def _mark(function: Function, mark: Mark) -> Function:
    setattr(function, MARKS, [*getattr(function, MARKS, ()), mark])
    return function


class _Role:
    """A decorator, with or without `name=`."""

    def __init__(self, role: str, text: str) -> None:
        self._role = role
        self.__doc__ = text

    @overload
    def __call__(self, function: Function) -> Function: ...

    @overload
    def __call__(self, *, name: str) -> Callable[[Function], Function]: ...

    def __call__(self, function: Callable[..., Any] | None = None, *, name: str | None = None) -> Any:
        mark = Mark(self._role, name)
        return (lambda fn: _mark(fn, mark)) if function is None else _mark(function, mark)


@overload
def splits(function: Function) -> Function: ...


@overload
def splits(
    *,
    name: str | None = None,
    hosts: Sequence[str] = (),
    secrets: Sequence[str] = (),
    group: str | None = None,
) -> Callable[[Function], Function]: ...


def splits(
    function: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    hosts: Sequence[str] = (),
    secrets: Sequence[str] = (),
    group: str | None = None,
) -> Any:
    """Marks the function that lists the samples: `{"training": rows, "validation": rows}`.

    Rows are anything with a length and positions, a `Split` with ids, or a number of samples. `name` is the
    name of the integration; the default is the name of its file. `hosts` lists the hosts that it connects to,
    `secrets` the names of the project's secrets that the argument `secrets` gets. `group` names the metadata
    whose equal values belong together, such as `patient` (`<handler>.<name>` of a handler that returns
    several values): insights count samples of one group as one piece of evidence. The function may run
    more than once and returns the same samples each time.
    """
    mark = Mark("preprocess", name, tuple(hosts), tuple(secrets), group)
    return (lambda fn: _mark(fn, mark)) if function is None else _mark(function, mark)


input = _Role(
    "input", "Marks a function that encodes an input of the network for one sample: a number or array."
)
truth = _Role(
    "ground-truth",
    "Marks a function that returns a ground truth of one sample. It is not called for the split `unlabeled`.",
)
metadata = _Role(
    "metadata",
    "Marks a function that returns a number, a text, a boolean, None, or a mapping of these for one sample.",
)
visual = _Role("visualizer", "Marks a function that returns a visual, such as an Image, of one sample.")
metric = _Role(
    "metric",
    "Marks a function that returns a number for one sample from its `prediction`, the array that the network "
    "gave for it. Every evaluation of a network on the data has it.",
)
loss = _Role(
    "loss",
    "Marks the function that returns the loss of one sample from its `prediction`, or the loss and its "
    "gradient by `prediction`, an array of the same shape. Runs use it by the name `integration`; training "
    "needs the gradient.",
)
