"""What a data kind gives: tensors by sample, and where they come from."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


@dataclass
class Truth:
    """Ground truth of one output: class numbers [n] with the names of the classes,
    or values [n, ...] float32."""

    values: np.ndarray
    classes: list[str] | None = None


@dataclass
class Data:
    """Samples of one kind. Rows are those of `training`, then those of `validation`, or all `unlabeled`.
    What is `hidden` only trains networks that are imported."""

    inputs: dict[str, np.ndarray]
    truths: dict[str, Truth]
    splits: dict[str, int]
    task: str
    loss: str
    source: str
    licence: str
    metrics: list[str] = field(default_factory=lambda: ["accuracy"])
    hidden: dict[str, Truth] = field(default_factory=dict)
    ids: list[str] | None = None
    """Names of the samples; default: `r` and the number of the row."""

    @property
    def rows(self):
        return sum(self.splits.values())

    def targets(self, name):
        """Ground truth as a model is trained on it: one-hot where there are classes."""
        truth = self.truths[name]
        return (
            np.eye(len(truth.classes), dtype=np.float32)[truth.values.astype(int)]
            if truth.classes
            else truth.values.astype(np.float32)
        )

    def labels(self):
        """Class numbers [n] of the first truth with classes, or None."""
        return next((t.values.astype(int) for t in self.truths.values() if t.classes), None)

    def save(self, folder: Path):
        """Writes raw float32 files and `data.json`, which the integration of the zoo reads."""
        folder.mkdir(parents=True, exist_ok=True)
        truths = {**self.truths, **self.hidden}
        for name, values in [*self.inputs.items(), *((n, t.values) for n, t in truths.items())]:
            np.ascontiguousarray(values, np.float32).tofile(folder / f"{name}.f32")
        (folder / "data.json").write_text(
            json.dumps(
                {
                    "inputs": {n: list(v.shape[1:]) for n, v in self.inputs.items()},
                    **{
                        part: {
                            n: {"dims": list(t.values.shape[1:]), "classes": t.classes} for n, t in of.items()
                        }
                        for part, of in (("truths", self.truths), ("hidden", self.hidden))
                    },
                    "splits": self.splits,
                    "task": self.task,
                    "loss": self.loss,
                    "metrics": self.metrics,
                    "source": self.source,
                    "licence": self.licence,
                    **({} if self.ids is None else {"ids": self.ids}),
                }
            )
        )


def halves(n, share=0.75):
    """Rows of training and validation."""
    return {"training": int(n * share), "validation": n - int(n * share)}


def shuffled(seed, *arrays):
    """The arrays in one random order."""
    order = np.random.default_rng(seed).permutation(len(arrays[0]))
    return [a[order] for a in arrays]


def standardised(x):
    """Each column with mean 0 and deviation 1."""
    return ((x - x.mean(0)) / np.maximum(x.std(0), 1e-9)).astype(np.float32)
