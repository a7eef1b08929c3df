"""Tensors of an integration: float32 numbers, row-major, with the type that the handler returned."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from noema._arrays import Array, to_numpy
from noema._integration.declaration import ClassNames, TensorType
from noema._integration.faults import IntegrationError, describe, number_text, shape_text

#: Largest difference of the sum of a distribution over classes from 1.
SUM_TOLERANCE = 1e-3


class Tensor(NamedTuple):
    """Numbers of one sample; `type` is float32, uint8, int32 or bool."""

    data: Array
    dims: tuple[int, ...]
    type: str


class Spec(NamedTuple):
    """Name, type and shape of the results of a handler."""

    name: str
    type: str
    dims: tuple[int, ...]

    def message(self) -> dict[str, Any]:
        return {"name": self.name, "type": self.type, "dims": list(self.dims)}


def to_tensor(value: Any, declared: TensorType | None = None) -> Tensor:
    """Returns the tensor of a number, an array, a tensor of a framework, or nested lists.

    Raises IntegrationError TENSOR_INVALID.
    """
    if isinstance(value, bool):
        tensor = Tensor(np.full((), value, dtype=np.float32), (), "bool")
    elif isinstance(value, (int, float)):
        tensor = Tensor(np.full((), value, dtype=np.float32), (), "float32")
    else:
        tensor = _of_array(value)
    if declared is not None and (tensor.type, tensor.dims) != (declared.type, declared.dims):
        # A number, a list or a wider float may be declared as a narrower type.
        if tensor.dims != declared.dims or tensor.type not in ("float32", "int32"):
            raise _invalid(
                f"it returned {tensor.type}{shape_text(tensor.dims)}, but its return type declares "
                f"{declared.type}{shape_text(declared.dims)}"
            )
        return tensor._replace(type=declared.type)
    return tensor


def check_tensor(tensor: Tensor, expected: Spec | None) -> Tensor:
    """Raises IntegrationError NOT_FINITE for NaN and infinity, SHAPE_CHANGED for another shape."""
    finite = np.isfinite(tensor.data)
    if not finite.all():
        at = int(np.argmin(finite))
        raise IntegrationError(
            "NOT_FINITE",
            f"number {at} of {shape_text(tensor.dims)} is {number_text(float(tensor.data.reshape(-1)[at]))}; "
            "replace or leave out such values",
        )
    if expected is not None and expected.dims != tensor.dims:
        raise IntegrationError(
            "SHAPE_CHANGED",
            f"the shape is {shape_text(tensor.dims)}, but {shape_text(expected.dims)} at the first sample; "
            "all samples must have one shape",
        )
    return tensor


def to_truth(value: Any, classes: ClassNames) -> Tensor:
    """Returns a ground truth with classes: names and indexes become one number for each class.

    Raises IntegrationError LABEL_OUTSIDE_CLASSES or TENSOR_INVALID.
    """
    count = len(classes.labels)
    if classes.many:
        if isinstance(value, (list, tuple, set, frozenset)) and not _is_vector(value, count):
            encoded = np.zeros(count, dtype=np.float32)
            for label in value:
                encoded[_index_of(label, classes)] = 1
            return Tensor(encoded, (count,), "float32")
        return to_tensor(value)
    if isinstance(value, str):
        return _one_hot(_index_of(value, classes), count)
    tensor = to_tensor(value)
    if tensor.data.size == 1 and count > 1:
        return _one_hot(_index_of(float(tensor.data.reshape(-1)[0]), classes), count)
    return tensor


def class_of(tensor: Tensor, classes: ClassNames) -> int:
    """Returns the class of a ground truth; -1 for masks and for several classes.

    Raises IntegrationError LABEL_OUTSIDE_CLASSES.
    """
    count = len(classes.labels)
    if len(tensor.dims) > 1:
        return -1
    data = tensor.data.reshape(-1)
    if classes.many:
        outside = (data < 0) | (data > 1)
        if data.size == count and not outside.any():
            return -1
        odd = int(np.argmax(outside))
        why = (
            f"number {odd} of the label is {number_text(float(data[odd]))}"
            if outside.any()
            else f"the label has {data.size} numbers"
        )
        raise IntegrationError(
            "LABEL_OUTSIDE_CLASSES",
            f"{why}; there are {count} class names and several may be true, so return names, indexes, or "
            f"{count} numbers from 0 to 1",
        )
    if data.size != count:
        raise _outside(f"the label has {data.size} numbers", count)
    total = float(data.sum())
    if abs(total - 1) > SUM_TOLERANCE or (data < 0).any():
        raise _outside(
            f"the numbers of the label sum to {number_text(total)}",
            count,
            "; for several classes a sample, or none, declare MultiLabel",
        )
    return int(np.argmax(data))


def _of_array(value: Any) -> Tensor:
    if value is None or isinstance(value, (str, bytes, dict)) or hasattr(value, "__await__"):
        raise _no_tensor(value)
    try:
        array = to_numpy(value)
    except (TypeError, ValueError) as error:
        if isinstance(value, (list, tuple)):
            raise _invalid(f"the nested list is ragged or holds no numbers: {error}") from None
        raise _no_tensor(value) from None
    kind = array.dtype.kind
    if kind not in "biuf":
        raise _no_tensor(value)
    if array.size == 0:
        raise _invalid(f"an array of the shape {shape_text(array.shape)} holds no number")
    if isinstance(value, (list, tuple)) or kind == "f":
        name = "float32"
    elif kind == "b":
        name = "bool"
    else:
        name = "uint8" if array.dtype == np.uint8 else "int32"
    return Tensor(np.ascontiguousarray(array, dtype=np.float32), array.shape, name)


def _one_hot(index: int, count: int) -> Tensor:
    encoded = np.zeros(count, dtype=np.float32)
    encoded[index] = 1
    return Tensor(encoded, (count,), "float32")


def _is_vector(value: Any, count: int) -> bool:
    return (
        isinstance(value, (list, tuple))
        and len(value) == count
        and all(isinstance(one, (bool, int, float)) and 0 <= one <= 1 for one in value)
    )


def _index_of(label: Any, classes: ClassNames) -> int:
    if isinstance(label, str):
        if label not in classes.labels:
            raise _outside(f'the label is "{label[:80]}"', len(classes.labels))
        return classes.labels.index(label)
    number = float(label)
    if number != int(number) or not 0 <= number < len(classes.labels):
        raise _outside(f"the label is {number_text(number)}", len(classes.labels))
    return int(number)


def _outside(why: str, count: int, also: str = "") -> IntegrationError:
    return IntegrationError(
        "LABEL_OUTSIDE_CLASSES",
        f"{why}; there are {count} class names, so return one of them, a whole number from 0 to {count - 1}, "
        f"or {count} numbers that sum to 1{also}",
    )


def _invalid(why: str) -> IntegrationError:
    return IntegrationError("TENSOR_INVALID", why)


def _no_tensor(value: Any) -> IntegrationError:
    return _invalid(
        f"{describe(value)} is no tensor; return a number, an array, a tensor, or nested lists of numbers"
    )
