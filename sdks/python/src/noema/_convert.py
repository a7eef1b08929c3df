"""Models of frameworks as ONNX files, by the converters of these frameworks.

A SavedModel of TensorFlow goes through tf2onnx. A function of JAX, or a module of Flax, goes through
jax2onnx, or through jax2tf and tf2onnx where TensorFlow is installed instead.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from noema._errors import NoemaError

#: Version of the operators; the platform reads 6 to 22.
OPSET = 17
_SAVED_MODEL = ("saved_model.pb", "saved_model.pbtxt")
_MAX_OUTPUT = 2000


class ConvertError(NoemaError):
    """A model that cannot be converted."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message, reason)


def convert(
    model: str | os.PathLike[str] | Callable[..., Any],
    output: str | os.PathLike[str],
    *,
    inputs: Sequence[Sequence[int]] = (),
    opset: int = OPSET,
) -> Path:
    """Writes a model as an ONNX file and returns its path.

    `model` is the folder of a SavedModel, a function of JAX (`lambda x: net.apply(variables, x)`), or
    `file.py:name` of one. `inputs` are the shapes of one sample for each argument of a function of JAX,
    without the batch; all are float32. Raises ConvertError: MODEL_NOT_FOUND, MODEL_NOT_CONVERTIBLE,
    INPUTS_MISSING, CONVERTER_MISSING with the packages to install, CONVERSION_FAILED with the last lines of
    the converter.
    """
    target = Path(output)
    if callable(model):
        return _convert_function(model, target, inputs, opset)
    text = os.fspath(model)
    file, _, name = text.rpartition(":")
    if name and file.endswith(".py"):
        return _convert_function(_load(Path(file), name), target, inputs, opset)
    folder = Path(text)
    if not folder.exists():
        raise ConvertError(
            f"{text} does not exist; give the folder of a SavedModel, or file.py:name of a function of JAX",
            "MODEL_NOT_FOUND",
        )
    if folder.is_dir() and any((folder / one).is_file() for one in _SAVED_MODEL):
        _require("TensorFlow", {"tensorflow": "tensorflow", "tf2onnx": "tf2onnx"})
        return _convert_saved_model(folder, target, opset)
    raise ConvertError(
        f"{text} is neither the folder of a SavedModel (saved_model.pb) nor file.py:name of a function of "
        "JAX; `noema models import` reads .keras, .h5, .onnx and TF.js itself, and torch.onnx.export writes "
        "PyTorch",
        "MODEL_NOT_CONVERTIBLE",
    )


def _require(framework: str, modules: dict[str, str]) -> None:
    missing = [package for module, package in modules.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ConvertError(
            f"models of {framework} need {' and '.join(missing)}; run `pip install {' '.join(missing)}`",
            "CONVERTER_MISSING",
        )


def _convert_saved_model(folder: Path, target: Path, opset: int) -> Path:
    command = [sys.executable, "-m", "tf2onnx.convert", "--saved-model", str(folder), "--output", str(target)]
    # A process of its own: tf2onnx changes settings of TensorFlow that stay.
    done = subprocess.run(
        [*command, "--opset", str(opset)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode != 0 or not target.is_file():
        words = done.stdout.decode(errors="replace")
        raise ConvertError(
            f"tf2onnx could not convert {folder}: {words[-_MAX_OUTPUT:].strip()}",
            "CONVERSION_FAILED",
        )
    return target


def _convert_function(
    function: Callable[..., Any], target: Path, inputs: Sequence[Sequence[int]], opset: int
) -> Path:
    if not inputs:
        raise ConvertError(
            "a function of JAX needs the shape of one sample for each argument, such as inputs=[(28, 28, 1)] "
            "or --input 28,28,1",
            "INPUTS_MISSING",
        )
    _require("JAX", {"jax": "jax"})
    by_jax2onnx = importlib.util.find_spec("jax2onnx") is not None
    if not by_jax2onnx and not _has_jax2tf():
        raise ConvertError(
            "functions of JAX need jax2onnx; run `pip install jax2onnx`, or install tensorflow and tf2onnx "
            "for a JAX that has jax2tf",
            "CONVERTER_MISSING",
        )
    try:
        if by_jax2onnx:
            return _by_jax2onnx(function, target, inputs, opset)
        return _by_jax2tf(function, target, inputs, opset)
    except ConvertError:
        raise
    except Exception as error:
        name = "jax2onnx" if by_jax2onnx else "jax2tf"
        raise ConvertError(
            f"{name} could not convert the function: {error}"[:_MAX_OUTPUT], "CONVERSION_FAILED"
        ) from error


def _has_jax2tf() -> bool:
    if importlib.util.find_spec("tensorflow") is None or importlib.util.find_spec("tf2onnx") is None:
        return False
    return importlib.util.find_spec("jax.experimental.jax2tf") is not None


def _by_jax2onnx(
    function: Callable[..., Any], target: Path, inputs: Sequence[Sequence[int]], opset: int
) -> Path:
    jax2onnx = importlib.import_module("jax2onnx")
    onnx = importlib.import_module("onnx")
    shapes = [("batch", *shape) for shape in inputs]
    model = jax2onnx.to_onnx(function, shapes, opset=max(opset, 21))
    onnx.save(model, str(target))
    return target


def _by_jax2tf(
    function: Callable[..., Any], target: Path, inputs: Sequence[Sequence[int]], opset: int
) -> Path:
    jax2tf = importlib.import_module("jax.experimental.jax2tf")
    tf = importlib.import_module("tensorflow")
    shapes = [f"(batch, {', '.join(str(size) for size in shape)})" for shape in inputs]
    converted = jax2tf.convert(function, polymorphic_shapes=shapes, with_gradient=False)
    signature = [
        tf.TensorSpec([None, *shape], tf.float32, name=f"input_{i}") for i, shape in enumerate(inputs)
    ]
    module = tf.Module()
    module.f = tf.function(converted, input_signature=signature, autograph=False)
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures=module.f.get_concrete_function())
        return _convert_saved_model(Path(folder), target, opset)


def _load(file: Path, name: str) -> Callable[..., Any]:
    """Runs a file of the caller, as `python file.py` does, and returns a function of it."""
    if not file.is_file():
        raise ConvertError(f"{file} does not exist", "MODEL_NOT_FOUND")
    spec = importlib.util.spec_from_file_location("noema_converted_model", file)
    if spec is None or spec.loader is None:
        raise ConvertError(f"{file} cannot be loaded as Python", "MODEL_NOT_CONVERTIBLE")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(file.parent))
    function = getattr(module, name, None)
    if not callable(function):
        raise ConvertError(f"{file} has no function {name!r}", "MODEL_NOT_FOUND")
    return function  # type: ignore[no-any-return]
