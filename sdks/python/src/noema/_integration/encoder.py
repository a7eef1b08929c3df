"""Runs the handlers of an integration on samples, and checks what they return."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, Union

import numpy as np

from noema._integration.declaration import TensorType
from noema._integration.definition import Handler, Integration
from noema._integration.faults import IntegrationError, handler_fault
from noema._integration.population import Sample, count_units
from noema._integration.tensors import Spec, Tensor, check_tensor, class_of, to_tensor, to_truth
from noema._integration.visuals import EncodedVisual, encode_visual

Cell = Union[str, float, bool, None]
#: Characters of a metadata text.
MAX_TEXT = 65_536
OPAQUE = "application/octet-stream"


class EncodedSample(NamedTuple):
    """One sample, encoded by all handlers of an integration."""

    inputs: list[Tensor]
    #: None for the split `unlabeled`.
    truths: list[Tensor] | None
    metadata: dict[str, Cell]
    visuals: list[EncodedVisual]
    #: Class of the ground truth; -1 without one.
    class_index: int


class SampleEncoder:
    """Requires every sample to have the shapes, media types and metadata types of the first, or of a plan."""

    def __init__(self, integration: Integration, plan: Mapping[str, Any] | None = None) -> None:
        self._shared = integration.shared
        self._inputs = integration.of("input")
        self._truths = integration.of("ground-truth")
        self._metadata = integration.of("metadata")
        self._visuals = integration.of("visualizer")
        #: Class of the sample whose ground truth was encoded last.
        self._class_index = -1
        self._specs: dict[tuple[str, str], Spec] = {}
        self._media_types: dict[str, str] = {}
        self._metadata_types: dict[str, str] = {}
        for role, key in (("input", "inputs"), ("ground-truth", "groundTruths")):
            for spec in (plan or {}).get(key, ()):
                self._specs[role, spec["name"]] = Spec(spec["name"], spec["type"], tuple(spec["dims"]))
        for visual in (plan or {}).get("visualizers", ()):
            self._media_types[visual["name"]] = visual["mediaType"]

    def encode(self, sample: Sample) -> EncodedSample:
        """Raises IntegrationError with split, sample, handler, file and line."""
        inputs = [self.tensor(handler, sample) for handler in self._inputs]
        truths = (
            None
            if sample.split == "unlabeled"
            else [self.tensor(handler, sample) for handler in self._truths]
        )
        cells: dict[str, Cell] = {}
        for handler in self._metadata:
            cells.update(self.metadata(handler, sample))
        visuals = [self.visual(handler, sample) for handler in self._visuals]
        return EncodedSample(inputs, truths, cells, visuals, -1 if truths is None else self._class_index)

    def spec(self) -> dict[str, Any]:
        """Returns the shapes and types of the samples so far, as a plan has them."""
        return {
            "inputs": self._known("input", self._inputs),
            "groundTruths": self._known("ground-truth", self._truths),
            "visualizers": [
                {"name": visual.name, "mediaType": self._media_types.get(visual.name, OPAQUE)}
                for visual in self._visuals
            ],
        }

    def spec_of(self, handler: Handler) -> Spec | None:
        return self._specs.get((handler.role, handler.name))

    def tensor(self, handler: Handler, sample: Sample) -> Tensor:
        """Encodes and checks one tensor of a sample."""
        try:
            value = sample.result(handler, self._shared)
            if handler.classes is not None:
                tensor = to_truth(value, handler.classes)
            else:
                declared = handler.declared
                tensor = to_tensor(value, declared if isinstance(declared, TensorType) else None)
            key = (handler.role, handler.name)
            check_tensor(tensor, self._specs.get(key))
            if handler.classes is not None:
                self._class_index = class_of(tensor, handler.classes)
            if key not in self._specs:
                self._specs[key] = Spec(handler.name, tensor.type, tensor.dims)
            return tensor
        except Exception as error:
            raise handler_fault(handler.role, handler.name, handler.function, sample, error) from error

    def metadata(self, handler: Handler, sample: Sample) -> dict[str, Cell]:
        """Returns the metadata columns of one handler."""
        try:
            cells = metadata_cells(handler.name, sample.result(handler, self._shared))
            for column, cell in cells.items():
                if cell is not None:
                    self._check_type(column, type_of(cell))
            return cells
        except Exception as error:
            raise handler_fault(handler.role, handler.name, handler.function, sample, error) from error

    def visual(self, handler: Handler, sample: Sample) -> EncodedVisual:
        """Encodes one visual of a sample."""
        try:
            visual = encode_visual(sample.result(handler, self._shared), handler.declared)
            expected = self._media_types.setdefault(handler.name, visual.media_type)
            if expected != visual.media_type:
                raise IntegrationError(
                    "VISUAL_INVALID",
                    f"it returned {visual.media_type}, but {expected} at the first sample; a visualizer "
                    "makes one kind",
                )
            return visual
        except Exception as error:
            raise handler_fault(handler.role, handler.name, handler.function, sample, error) from error

    def _known(self, role: str, handlers: tuple[Handler, ...]) -> list[dict[str, Any]]:
        specs = (self._specs.get((role, handler.name)) for handler in handlers)
        return [spec.message() for spec in specs if spec is not None]

    def _check_type(self, column: str, type: str) -> None:
        expected = self._metadata_types.setdefault(column, type)
        if expected != type:
            raise IntegrationError(
                "METADATA_TYPE_CHANGED",
                f'"{column}" is a {type}, but was a {expected} before; a column has one type',
            )


def type_of(cell: str | float | bool) -> str:
    """Returns the type of a metadata column."""
    return "boolean" if isinstance(cell, bool) else "string" if isinstance(cell, str) else "number"


def metadata_cells(name: str, value: Any) -> dict[str, Cell]:
    """Returns the values of a metadata handler by column. Raises IntegrationError METADATA_INVALID."""
    if isinstance(value, Mapping):
        return {f"{name}.{key}": _cell(f"{name}.{key}", cell) for key, cell in value.items()}
    return {name: _cell(name, value)}


def _cell(column: str, value: Any) -> Cell:
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _storable(column, value)
    if isinstance(value, (int, float)):
        number = float(value)
        if math.isfinite(number):
            return number
        if math.isnan(number):
            return None
        raise _invalid(f'"{column}" is {"" if number > 0 else "-"}Infinity; {_ADVICE}')
    if isinstance(value, (list, tuple, np.ndarray)):
        raise _invalid(f'"{column}" is a list; return a number, a text, True or False, or a mapping of these')
    raise _invalid(f'"{column}" is of the type {type(value).__name__}; {_ADVICE}')


_ADVICE = "return a finite number, a text, True, False, or None when it is not known"


def _storable(column: str, text: str) -> str:
    if count_units(text) > MAX_TEXT:
        raise _invalid(
            f'"{column}" has {len(text)} characters; keep at most {MAX_TEXT}, and long texts in a visualizer'
        )
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise _invalid(
            f'"{column}" is {text[:80]!r}, which has the character NUL or half of a surrogate pair in it; '
            "remove it"
        )
    return text


def _invalid(message: str) -> IntegrationError:
    return IntegrationError("METADATA_INVALID", message)
