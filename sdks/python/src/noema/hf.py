"""Watches a Hugging Face `Trainer`. Needs transformers with torch."""

from __future__ import annotations

from typing import Any

from transformers import TrainerCallback

from noema._dataset import Dataset
from noema._run import Run
from noema._start import run_of_trainer


class Watch(TrainerCallback):  # type: ignore[misc]
    """Callback for `Trainer(callbacks=[noema.hf.Watch(data)])`: every epoch of the trainer is an epoch of the
    run.

    The trainer does not hand out the ids of its samples, so after each epoch the model predicts the whole
    population of `data`, whose input columns have the names of the model's arguments, such as `input_ids` and
    `attention_mask`. `options` are those of `noema.run`. An evaluation inside of an epoch changes nothing.
    `trainer.train(resume_from_checkpoint=…)` goes on with the run of the process that was killed, after the
    last whole epoch of the checkpoint.
    """

    def __init__(self, data: Dataset, name: str = "trainer", **options: Any) -> None:
        self._data, self._name, self._options = data, name, options
        self._run: Run | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Starts the run."""
        options = {"progress": False, "epochs": int(-(-args.num_train_epochs // 1)), **self._options}
        # An epoch is a quotient of steps, which may be a little less than the whole number.
        done = int(state.epoch + 1e-6) if state.global_step > 0 and state.epoch else 0
        self._run = run_of_trainer(self._name, self._data, done, watch=model, **options)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Starts an epoch."""
        assert self._run is not None
        self._run.start_epoch()

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Adds the numbers that the trainer logs to the epoch."""
        if self._run is not None:
            self._run.log_metrics(**{k: v for k, v in (logs or {}).items() if isinstance(v, (int, float))})

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Ends the epoch."""
        assert self._run is not None
        self._run.end_epoch()

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Ends the run."""
        if self._run is not None:
            self._run.finish()
