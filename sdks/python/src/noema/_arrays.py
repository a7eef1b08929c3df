"""Arrays of any framework, as numpy."""

from __future__ import annotations

import sys
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def is_torch(value: Any) -> bool:
    """Returns true for a torch tensor, without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_picture(value: Any) -> bool:
    """Returns true for a PIL image, without importing Pillow."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(value, module.Image)


def to_numpy(value: Any) -> Array:
    """Returns the numbers of an array, tensor, PIL image, or nested list as numpy.

    bfloat16 becomes float32. Raises TypeError or ValueError for what has no array form.
    """
    if isinstance(value, np.ndarray):
        return _plain(value)
    if is_torch(value):
        tensor = value.detach()
        if str(tensor.dtype) == "torch.bfloat16":
            tensor = tensor.float()
        if tensor.device.type != "cpu":
            tensor = tensor.cpu()
        return np.asarray(tensor.resolve_conj().numpy() if tensor.is_complex() else tensor.numpy())
    if is_picture(value):
        picture = value if value.mode in ("L", "RGB", "RGBA") else value.convert("RGB")
        return np.asarray(picture)
    if hasattr(value, "numpy") and hasattr(value, "dtype"):
        return _plain(np.asarray(value.numpy()))
    if isinstance(value, (list, tuple)) and len(value) > 0 and (is_torch(value[0]) or is_picture(value[0])):
        return np.stack([to_numpy(item) for item in value])
    return _plain(np.asarray(value))


def _plain(array: Array) -> Array:
    # bfloat16 of ml_dtypes is a custom type to numpy. Reading the name of a type takes as long as a copy.
    is_custom = array.dtype.isbuiltin != 1
    return array.astype(np.float32) if is_custom and array.dtype.name == "bfloat16" else array


def shape_of(value: Any) -> tuple[int, ...]:
    """Returns the shape of an array, tensor or list, without copying numbers from a device."""
    if isinstance(value, np.ndarray):
        known: tuple[int, ...] = value.shape
        return known
    shape = getattr(value, "shape", None)
    if shape is not None:
        return tuple(int(size) for size in shape)
    return np.shape(value)


def is_on_cuda(value: Any) -> bool:
    """Returns true for a torch tensor on a CUDA device."""
    return is_torch(value) and value.device.type == "cuda"


def copy_to_host(value: Any) -> Any:
    """Returns a numpy copy of an array, so that the caller may overwrite it. None, and a tensor on a CUDA
    device, which `stage_copied` copies, are returned unchanged.
    """
    if value is None or is_on_cuda(value):
        return value
    array = to_numpy(value)
    if not array.flags.owndata or array is value or is_torch(value):
        array = array.copy()
    return array


def stage(value: Any) -> Callable[[], Array]:
    """Copies an array so that the caller may overwrite it, and returns a function that gives the copy.

    A tensor on a CUDA device is copied to pinned memory without waiting for the device; the returned function
    waits for the copy.
    """
    return stage_copied(copy_to_host(value))


def stage_copied(value: Any) -> Callable[[], Array]:
    """Does what `stage` does for a value that `copy_to_host` returned, without another copy."""
    return (lambda: value) if isinstance(value, np.ndarray) else _stage_cuda(value)


def _stage_cuda(value: Any) -> Callable[[], Array]:
    torch = sys.modules["torch"]
    tensor = value.detach()
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
    host.copy_(tensor, non_blocking=True)
    event = torch.cuda.Event()
    event.record(torch.cuda.current_stream(tensor.device))

    def wait() -> Array:
        event.synchronize()
        return np.asarray(host.numpy())

    return wait


def byte_size(value: Any) -> int:
    """Returns the number of bytes that a copy of the array takes."""
    size: int | None = getattr(value, "nbytes", None)
    if size is not None:
        return int(size)
    if is_torch(value):
        return int(value.numel() * value.element_size())
    return 8 * int(np.prod(shape_of(value), dtype=np.int64))


def softmax(logits: Array) -> Array:
    """Returns the softmax over the last axis, in float64 inside, float32 outside."""
    with np.errstate(invalid="ignore"):
        exponentials = np.exp(logits.astype(np.float64) - np.max(logits, axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True), dtype=np.float32)


def sigmoid(logits: Array) -> Array:
    """Returns 1 / (1 + exp(−x)), float32."""
    x = logits.astype(np.float64)
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1 / (1 + small), small / (1 + small)), dtype=np.float32)
