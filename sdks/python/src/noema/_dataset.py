"""The data of a run: splits, ids, inputs, ground truth and metadata."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from noema._arrays import Array
from noema._columns import Column, to_columns
from noema._errors import DatasetError, LogError
from noema._ids import format_ids, require_distinct
from noema._inputs import Input, describe_input, describe_table
from noema._labels import Labels, read_labels
from noema._open import open_splits

SPLITS = ("training", "validation", "test", "unlabeled")
INPUT_NAMES = (
    "x",
    "image",
    "img",
    "pixels",
    "pixel_values",
    "input",
    "inputs",
    "text",
    "sentence",
    "input_ids",
)
MAX_METADATA_COLUMNS = 200
_PICTURES = (None, "channels_first", "channels_last", "none")


def split_number(name: str) -> int:
    """Returns the number of a split in messages."""
    return SPLITS.index(name) + 1


def split_name(number: int) -> str:
    """Returns the name of a split by its number in messages."""
    return SPLITS[number - 1]


class SampleIds(list[Any]):
    """Ids of a batch, with the name of their split."""

    def __init__(
        self, ids: Sequence[Any], split: str, source: Split | None = None, rows: Array | None = None
    ) -> None:
        super().__init__(ids)
        self.split = split
        # Finding the rows by the texts of their ids would take a third of the time of `log`.
        self._source, self._rows, self._given = source, rows, list(ids)

    def __reduce__(self) -> Any:
        # Without the samples.
        return SampleIds, (list(self), self.split)

    def find_rows(self, split: Split) -> Array | None:
        """Returns the rows of a batch that `Dataset.batches` gave, unless it was changed."""
        return self._rows if self._source is split and self == self._given else None


class Split:
    """Rows of one split. `population` has the rows that the platform gets, ascending."""

    def __init__(self, name: str, columns: dict[str, Column], ids: list[str], keys: list[Any] | None) -> None:
        self.name = name
        self.columns = columns
        self.ids = ids
        self.keys = keys
        self.rows = require_distinct(ids, name)
        self.population: Array = np.arange(len(ids))

    def __len__(self) -> int:
        return len(self.ids)

    def find_rows(self, texts: list[str]) -> Array:
        """Returns the rows of ids by their texts. Raises LogError SAMPLE_ID_UNKNOWN."""
        index = self.rows
        try:
            return np.fromiter((index[text] for text in texts), dtype=np.int64, count=len(texts))
        except KeyError as error:
            raise LogError(
                f'the split {self.name} has no id "{error.args[0]}"', "SAMPLE_ID_UNKNOWN"
            ) from None


class Dataset:
    """The samples of a run, as columns.

    Each split is a mapping of columns, a tuple `(x, y)`, a table of pandas or pyarrow, a Hugging Face
    dataset, or any dataset with a length whose items are `(x, y)`, mappings or inputs. A column is an array,
    a tensor or a list whose first axis counts the samples. Datasets with items are read row by row.

    - `label`: name of the ground truth: classes as whole numbers or texts, one-hot vectors, several labels
      `[n, labels]` of 0 and 1, or numbers. −1, None and NaN mean that a
      sample has none; such samples can only be uploaded in the split `unlabeled`.
    - `classes`: names of the classes in the order of the model's outputs. Default: the numbers, or the sorted
      texts of the data.
    - `ids`: name of the column with ids, unique in their split, of any hashable kind. Default: `id` if there
      is such a column, else the position in the split.
    - `inputs`: names of the input columns. Default: `x`, `image` or the like, else every column with more
      than one number a sample, else all columns of numbers as one table.
    - `metadata`: names of the metadata columns. Default: every column with one value a sample that is neither
      id nor label nor input.
    - `picture`: `channels_first`, `channels_last`, `none`, or None to decide by the shape.
    - `scale`: factor by which the inputs are multiplied for the model, such as 1/255.
    - `task`: `multi_class`, `multi_label`, `binary` or `regression`. Default: what the labels look like.
    - `training_rows`: number of training samples in the population, chosen by a hash of their ids, or
      `"all"`. Samples of the other splits are all in it. Samples outside count in the metrics of an epoch
      alone.

    Raises DatasetError that says what was wrong, with which value, and what to do.
    """

    def __init__(
        self,
        training: Any = None,
        validation: Any = None,
        test: Any = None,
        unlabeled: Any = None,
        *,
        label: str = "y",
        classes: Sequence[Any] | None = None,
        ids: str | None = None,
        inputs: str | Sequence[str] | None = None,
        metadata: Sequence[str] | None = None,
        picture: str | None = None,
        scale: float = 1.0,
        task: str | None = None,
        training_rows: int | str = 10_000,
    ) -> None:
        if picture not in _PICTURES:
            raise DatasetError(f"picture is {picture!r}; it must be channels_first, channels_last or none")
        parts = {"training": training, "validation": validation, "test": test, "unlabeled": unlabeled}
        self.label = label
        self.scale = float(scale)
        self.splits: dict[str, Split] = {}
        for name, data in parts.items():
            if data is not None:
                self.splits[name] = _read_split(name, data, label, ids)
        if not any(len(split) for split in self.splits.values()):
            raise DatasetError("the dataset has no samples; give training=, validation=, test= or unlabeled=")
        self.splits = {name: split for name, split in self.splits.items() if len(split) > 0}
        self._choose_population(training_rows)
        self.inputs: list[Input] = self._describe_inputs(inputs, picture, ids, metadata)
        self.labels: Labels | None = read_labels(
            {n: s.columns[label] for n, s in self.splits.items() if n != "unlabeled" and label in s.columns},
            classes,
            task,
        )
        used = {name for part in self.inputs for name in part.names if part.kind != "table"}
        self.metadata: list[str] = self._choose_metadata(metadata, used | {label, ids or "id"})

    @classmethod
    def open(
        cls, path: str | Path, *, label: str | None = None, validation: float = 0.2, **options: Any
    ) -> Dataset:
        """Reads a dataset from disk.

        - A folder with one folder of pictures for each class; or such folders in `train`, `val`, `test`.
        - `.npz`: one array for each column, such as `x` and `y`, or `x_train`, `y_train`, `x_test`, `y_test`;
          `.npy`: an array of inputs, or a structured array.
        - `.csv` and `.tsv` with names in the first line; a column `split` names the split. Or a folder with
          one such table for each split, such as `train.csv`.

        The ground truth is the column `y`, `label`, `target` or `class`, or `label=`. Where the layout names
        no split, a share `validation` of the labeled samples, chosen by a hash of their ids, is validation.
        `options` are those of `Dataset`. Raises DatasetError LAYOUT_UNKNOWN for anything else.
        """
        splits, truth = open_splits(path, validation, label)
        parts: dict[str, Any] = {**splits, **options}
        return cls(**parts, label=truth)

    # What is in it

    def __len__(self) -> int:
        return sum(len(split) for split in self.splits.values())

    def __repr__(self) -> str:
        counts = []
        for split in self.splits.values():
            inside = len(split.population)
            total = len(split)
            counts.append(
                f"{split.name} {total:,}" if inside == total else f"{split.name} {inside:,} of {total:,}"
            )
        inputs = ", ".join(f"{p.name} {list(p.dims)} {p.dtype}" for p in self.inputs) or "no inputs"
        truth = "no ground truth" if self.labels is None else self.labels.task.replace("_", " ")
        names = [] if self.labels is None else self.labels.class_names
        classes = f" of {len(names)} classes" if names else ""
        return f"Dataset({', '.join(counts)}; {inputs}; {truth}{classes})"

    @property
    def population_note(self) -> str:
        """Sentence on the samples that are not in the population; empty if all are."""
        split = self.splits.get("training")
        if split is None or len(split.population) == len(split):
            return ""
        return f"{len(split.population):,} of {len(split):,} training samples, chosen by a hash of their ids"

    @property
    def population_size(self) -> int:
        """Number of samples that the platform gets."""
        return sum(len(split.population) for split in self.splits.values())

    # Reading

    def batches(
        self, split: str, n: int = 64, *, shuffle: bool = False, seed: int | None = None, device: Any = None
    ) -> Iterator[tuple[SampleIds, Any, Any]]:
        """Yields `ids, x, y` of `n` samples at a time; the last batch may be smaller.

        `x` is an array `[k, …]` times `scale`, or a mapping of arrays if there are several inputs. `y` is
        `[k]` int64 for classes, otherwise `[k, m]` float32, and None without ground truth. `shuffle` changes
        the order in every call; `seed` makes it repeatable. `device` makes torch tensors on that device;
        torch must have been imported.
        """
        source = self._split(split)
        order = np.random.default_rng(seed).permutation(len(source)) if shuffle else np.arange(len(source))
        convert = _to_device(device)
        for start in range(0, len(order), n):
            rows = order[start : start + n]
            x, y = self.read(split, rows)
            ids = [source.ids[r] if source.keys is None else source.keys[r] for r in rows.tolist()]
            yield SampleIds(ids, split, source, rows), convert(x), None if y is None else convert(y)

    def read(self, split: str, rows: Array) -> tuple[Any, Array | None]:
        """Returns inputs (times `scale`) and ground truth of some rows of a split, as `batches` does."""
        source = self._split(split)
        parts = {part.name: self._scaled(part.read(source.columns, rows)) for part in self.inputs}
        truth = None if self.labels is None else self.labels.values.get(split)
        x = next(iter(parts.values())) if len(parts) == 1 else parts
        return x, None if truth is None else truth[rows]

    def _scaled(self, values: Array) -> Array:
        return values if self.scale == 1 else values.astype(np.float32) * np.float32(self.scale)

    def _split(self, name: str) -> Split:
        split = self.splits.get(name)
        if split is None:
            raise DatasetError(f'there is no split "{name}"; splits: {", ".join(self.splits)}')
        return split

    def check(self, samples: int = 16) -> str:
        """Reads some samples of every split twice and returns a report as text.

        Raises DatasetError if a sample cannot be read, has another shape than the first, has numbers that are
        not finite, or changes between two reads, as augmentation does.
        """
        lines = [repr(self)]
        for name, split in self.splits.items():
            rows = np.unique(np.linspace(0, len(split) - 1, min(samples, len(split))).astype(np.int64))
            for part in self.inputs:
                values, again = part.read(split.columns, rows), part.read(split.columns, rows)
                if values.dtype.kind == "f" and not np.isfinite(values).all():
                    bad = int(
                        rows[np.flatnonzero(~np.isfinite(values).reshape(len(rows), -1).all(axis=1))[0]]
                    )
                    raise DatasetError(
                        f'row {bad} of "{part.name}" in {name} has numbers that are not finite'
                    )
                if not np.array_equal(values, again):
                    raise DatasetError(
                        f'samples of "{part.name}" in {name} change between two reads; give the '
                        "dataset without "
                        "augmentation"
                    )
                lines.append(
                    f"{name}: {part.name} {part.kind} {list(part.dims)} {part.dtype}, "
                    f"{float(values.min()):.4g} to {float(values.max()):.4g} in {len(rows)} samples"
                )
        lines += [f"metadata: {', '.join(self.metadata) or 'none'}"]
        if self.population_note:
            lines.append(f"population: {self.population_note}")
        return "\n".join(lines)

    # Deciding

    def _choose_population(self, training_rows: int | str) -> None:
        split = self.splits.get("training")
        if training_rows == "all" or split is None:
            return
        if isinstance(training_rows, str) or training_rows < 1:
            raise DatasetError(f'training_rows is {training_rows!r}; it must be a positive number or "all"')
        if len(split) > training_rows:
            keys = [hashlib.blake2b(t.encode("utf-8", "replace"), digest_size=8).digest() for t in split.ids]
            chosen = sorted(range(len(keys)), key=keys.__getitem__)[: int(training_rows)]
            split.population = np.asarray(sorted(chosen), dtype=np.int64)

    def _names(self) -> list[str]:
        """Names of the columns that all splits have, except that `unlabeled` needs no label."""
        splits = list(self.splits.values())
        return [n for n in splits[0].columns if all(n in s.columns for s in splits)]

    def _columns(self, name: str) -> list[Column]:
        return [split.columns[name] for split in self.splits.values()]

    def _rank(self, name: str) -> int:
        column = self._columns(name)[0]
        value = column.take(np.arange(1))[0]
        return -1 if isinstance(value, str) else int(np.ndim(value))

    def _is_number(self, name: str) -> bool:
        value = self._columns(name)[0].take(np.arange(1))[0]
        return isinstance(value, (int, float, np.number, np.bool_)) or (
            isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "biuf"
        )

    def _describe_inputs(
        self,
        inputs: str | Sequence[str] | None,
        picture: str | None,
        ids: str | None,
        metadata: Sequence[str] | None,
    ) -> list[Input]:
        known = self._names()
        reserved = {self.label, ids or "id", *(metadata or ())}
        if inputs is None:
            names = [n for n in known if n in INPUT_NAMES and n not in reserved][:1]
            wide = [n for n in known if n not in reserved and n not in names and self._rank(n) > 0]
            if not names or self._rank(names[0]) > 0:
                names += wide
            if not names:
                numbers = [n for n in known if n not in reserved and self._is_number(n)]
                return [describe_table(numbers)] if numbers else []
        else:
            names = [inputs] if isinstance(inputs, str) else list(inputs)
            missing = [n for n in names if n not in known]
            if missing:
                raise DatasetError(
                    f'the input "{missing[0]}" is not a column of all splits; columns: {", ".join(known)}'
                )
            if len(names) > 1 and all(self._is_number(n) for n in names):
                return [describe_table(names)]
        return [describe_input(name, self._columns(name), picture) for name in names]

    def _choose_metadata(self, metadata: Sequence[str] | None, used: set[str]) -> list[str]:
        known = self._names()
        if metadata is not None:
            missing = [n for n in metadata if n not in known]
            if missing:
                raise DatasetError(
                    f'the metadata column "{missing[0]}" is not in all splits; columns: {", ".join(known)}'
                )
            return list(metadata)
        plain = [
            n
            for n in known
            if n not in used and self._rank(n) <= 0 and (self._rank(n) < 0 or self._is_number(n))
        ]
        return plain[:MAX_METADATA_COLUMNS]


def _read_split(name: str, data: Any, label: str, ids: str | None) -> Split:
    columns = to_columns(name, data, label)
    if not columns:
        raise DatasetError(f"the split {name} has no columns")
    lengths = {column: len(values) for column, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise DatasetError(
            f"the columns of the split {name} have different lengths: "
            + ", ".join(f"{column} {length}" for column, length in lengths.items())
        )
    if ids is not None and ids not in columns:
        raise DatasetError(f'the split {name} has no column "{ids}" for ids; columns: {", ".join(columns)}')
    key = ids if ids is not None else ("id" if "id" in columns else None)
    count = next(iter(lengths.values()))
    if key is None:
        return Split(name, columns, list(map(str, range(count))), list(range(count)))
    raw = columns[key].take(np.arange(count))
    keys = raw.tolist() if isinstance(raw, np.ndarray) else list(raw)
    return Split(name, columns, format_ids(raw), keys)


def _to_device(device: Any) -> Any:
    if device is None:
        return lambda values: values
    import sys

    torch = sys.modules.get("torch")
    if torch is None:
        raise DatasetError("device= makes torch tensors, but torch was not imported; import torch first")

    def convert(values: Any) -> Any:
        if isinstance(values, Mapping):
            return {name: convert(value) for name, value in values.items()}
        return torch.from_numpy(np.ascontiguousarray(values)).to(device)

    return convert
