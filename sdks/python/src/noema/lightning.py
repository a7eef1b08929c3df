"""Watches a Lightning `Trainer`. Needs lightning or pytorch_lightning."""

from __future__ import annotations

import sys
from typing import Any

from noema._dataset import Dataset
from noema._run import Run
from noema._start import run_of_trainer

_module = sys.modules.get("lightning.pytorch") or sys.modules.get("pytorch_lightning")
if _module is None:
    raise ImportError("import lightning.pytorch or pytorch_lightning before noema.lightning")
_Callback: Any = _module.Callback


class Watch(_Callback):  # type: ignore[misc]
    """Callback for `Trainer(callbacks=[noema.lightning.Watch(data)])`: every epoch is an epoch of the run.

    Batches in Lightning have no ids, so after each epoch the module's `forward` predicts the whole population
    of `data`. `options` are those of `noema.run`. `trainer.fit(…, ckpt_path=…)` goes on with the run of the
    process that was killed, after the last whole epoch of the checkpoint.
    """

    def __init__(self, data: Dataset, name: str = "trainer", **options: Any) -> None:
        super().__init__()
        self._data, self._name, self._options = data, name, options
        self._run: Run | None = None

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Starts the run."""
        options = {"progress": False, "epochs": max(0, int(trainer.max_epochs or 0)), **self._options}
        done = int(trainer.current_epoch)
        self._run = run_of_trainer(self._name, self._data, done, watch=pl_module, **options)

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """Starts an epoch."""
        assert self._run is not None
        self._run.start_epoch()

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Ends the epoch with the metrics that the module has logged."""
        assert self._run is not None
        self._run.end_epoch(**{name: float(value) for name, value in trainer.callback_metrics.items()})

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Ends the run."""
        if self._run is not None:
            self._run.finish()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Ends the run with the error."""
        if self._run is not None:
            self._run.finish(error=f"{type(exception).__name__}: {exception}"[:1000])
