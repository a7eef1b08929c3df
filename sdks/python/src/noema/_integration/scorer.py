"""Runs the metrics and the loss of an integration on samples with their predictions."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from noema._arrays import Array
from noema._integration.definition import Handler, Integration
from noema._integration.faults import IntegrationError, describe, handler_fault, number_text, shape_text
from noema._integration.population import Sample

#: Numbers of a prediction whose derivatives are compared, spread evenly.
_CHECKED_NUMBERS = 16
#: Step of the central differences.
_STEP = 1e-2
#: Largest difference, as a share of the larger of both. Predictions are float32.
_TOLERANCE = 0.02
#: Differences below this one are rounding.
_ROUNDING = 1e-3


class Loss(NamedTuple):
    """The loss of one sample."""

    value: float
    #: In the shape of the prediction; None where the loss gives none.
    gradient: Array | None


class SampleScorer:
    """The metrics and the loss of an integration."""

    def __init__(self, integration: Integration) -> None:
        self._shared = integration.shared
        self._metrics = integration.of("metric")
        self._losses = integration.of("loss")
        self._name = integration.name
        self.metric_names = [handler.name for handler in self._metrics]

    def metrics(self, sample: Sample, prediction: Array) -> list[float]:
        """Returns the metrics of a sample, in the order of `metric_names`.

        Raises IntegrationError HANDLER_THREW or NOT_FINITE with handler, sample, file and line.
        """
        return [self.metric(handler, sample, prediction) for handler in self._metrics]

    def metric(self, handler: Handler, sample: Sample, prediction: Array) -> float:
        """Returns one metric of a sample."""
        sample.values["prediction"] = prediction
        try:
            return _finite(sample.result(handler, self._shared))
        except Exception as error:
            raise _fault(handler, sample, error) from error

    def loss(self, sample: Sample, prediction: Array) -> Loss:
        """Returns the loss of a sample.

        Raises as `metrics`, IntegrationError GRADIENT_INVALID for a gradient that has another shape than the
        prediction or numbers that are not finite, and LOSS_MISSING without a loss.
        """
        if not self._losses:
            raise IntegrationError(
                "LOSS_MISSING",
                f'integration "{self._name}" declares no loss; name another loss, or add one to it',
                kind="unsupported",
            )
        handler = self._losses[0]
        sample.values["prediction"] = prediction
        try:
            result = sample.result(handler, self._shared)
            if not isinstance(result, tuple):
                return Loss(_finite(result), None)
            if len(result) != 2:
                raise IntegrationError(
                    "GRADIENT_INVALID",
                    f"it returned {len(result)} values; return the loss, or the loss and its gradient",
                )
            return Loss(_finite(result[0]), _checked_gradient(result[1], prediction))
        except Exception as error:
            raise _fault(handler, sample, error) from error

    def check_gradient(self, sample: Sample, prediction: Array) -> None:
        """Compares the gradient of the loss with central differences of its value.

        Where the differences of two steps disagree, the loss has a kink or a jump and is not compared. Raises
        IntegrationError GRADIENT_WRONG with the position and both numbers.
        """
        value, gradient = self.loss(sample, prediction)
        if gradient is None:
            return
        handler = self._losses[0]
        rounding = _ROUNDING * max(1.0, abs(value))
        count = min(_CHECKED_NUMBERS, prediction.size)

        def agrees(a: float, b: float) -> bool:
            return abs(a - b) <= _TOLERANCE * max(abs(a), abs(b)) + rounding

        for number in range(count):
            at = number * prediction.size // count
            wide = self._difference(sample, prediction, at, _STEP)
            narrow = self._difference(sample, prediction, at, _STEP / 2)
            found = float(gradient.reshape(-1)[at])
            if agrees(wide, narrow) and not agrees(found, narrow):
                error = IntegrationError(
                    "GRADIENT_WRONG",
                    f"number {at} of the gradient is {found:.4g}, but the loss changes by {narrow:.4g} for "
                    "each unit of that number of the prediction; return the derivative of the loss by the "
                    "prediction",
                )
                raise _fault(handler, sample, error) from error

    def _difference(self, sample: Sample, prediction: Array, at: int, step: float) -> float:
        low, high = prediction.copy(), prediction.copy()
        low.reshape(-1)[at] -= step
        high.reshape(-1)[at] += step
        change = self.loss(sample, high).value - self.loss(sample, low).value
        return change / float(high.reshape(-1)[at] - low.reshape(-1)[at])


def _finite(value: Any) -> float:
    if callable(getattr(value, "detach", None)):  # a tensor of PyTorch
        value = value.detach()
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise IntegrationError(
            "NOT_FINITE", f"it returned {describe(value)}; return a finite number"
        ) from None
    if not np.isfinite(number):
        raise IntegrationError("NOT_FINITE", f"it returned {number_text(number)}; return a finite number")
    return number


def _checked_gradient(value: Any, prediction: Array) -> Array:
    if callable(getattr(value, "detach", None)):
        value = value.detach().cpu().numpy()
    try:
        gradient = np.asarray(value, dtype=np.float32)
    except (TypeError, ValueError):
        raise IntegrationError(
            "GRADIENT_INVALID", f"the gradient is {describe(value)}; return an array of numbers"
        ) from None
    if gradient.shape != prediction.shape:
        raise IntegrationError(
            "GRADIENT_INVALID",
            f"the gradient has the shape {shape_text(gradient.shape)}, and the prediction "
            f"{shape_text(prediction.shape)}; return the derivative by each number of the prediction",
        )
    wrong = np.flatnonzero(~np.isfinite(gradient))
    if len(wrong) > 0:
        at = int(wrong[0])
        raise IntegrationError(
            "GRADIENT_INVALID",
            f"number {at} of the gradient is {number_text(float(gradient.reshape(-1)[at]))}; return finite "
            "numbers",
        )
    return gradient


def _fault(handler: Handler, sample: Sample, error: BaseException) -> IntegrationError:
    return handler_fault(handler.role, handler.name, handler.function, sample, error)
