"""Recognizes the layout of a dataset on disk: a folder of classes, arrays of numpy, or a table of text."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from noema._arrays import Array
from noema._errors import DatasetError

_SPLIT_NAMES = {
    "train": "training",
    "training": "training",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
    "unlabeled": "unlabeled",
    "unlabelled": "unlabeled",
}
_LABELS = ("y", "label", "labels", "target", "targets", "class")
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
_TABLES = (".npz", ".npy", ".csv", ".tsv")
_SPLIT = "|".join(_SPLIT_NAMES)
_SPLIT_FIRST = re.compile(rf"^({_SPLIT})[_-](.+)$", re.IGNORECASE)
_SPLIT_LAST = re.compile(rf"^(.+)[_-]({_SPLIT})$", re.IGNORECASE)

Columns = dict[str, Any]
Splits = dict[str, Columns]


class Pictures:
    """Picture files, decoded on demand as uint8, `[h, w]` if the first one is gray, else `[h, w, 3]`."""

    def __init__(self, paths: Sequence[Path]) -> None:
        try:
            from PIL import Image
        except ImportError:
            raise DatasetError(
                f"{paths[0]} is a picture, and Pillow is not installed; pip install pillow"
            ) from None
        self._open = Image.open
        self._paths = paths
        with self._read(paths[0]) as first:
            self._mode = "L" if first.mode in ("1", "L") else "RGB"

    def _read(self, path: Path) -> Any:
        try:
            return self._open(path)
        except OSError as error:
            raise DatasetError(f"{path} is no picture that Pillow reads: {error}") from None

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, row: int) -> Array:
        with self._read(self._paths[row]) as picture:
            return np.asarray(picture.convert(self._mode))


def open_splits(path: str | Path, validation: float, label: str | None) -> tuple[Splits, str]:
    """Returns the columns of each split, and the name of the ground truth.

    Where the layout names no split, a share `validation` of the samples, chosen by a hash of their ids, is
    validation. Raises DatasetError for a layout that is not recognized.
    """
    path = Path(path)
    if not 0 <= validation < 1:
        raise DatasetError(f"validation is {validation}; it must be a share from 0 to below 1")
    if not path.exists():
        raise DatasetError(f"{path} does not exist")
    splits = _open_folder(path) if path.is_dir() else _open_table(path)
    if label is None:
        label = next((name for name in _LABELS if all(name in c for c in splits.values())), _LABELS[0])
    if list(splits) == ["training"] and label in splits["training"] and validation > 0:
        splits = _divide(splits["training"], validation)
    return splits, label


def _open_folder(path: Path) -> Splits:
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    named = {_SPLIT_NAMES[p.name.lower()]: p for p in folders if p.name.lower() in _SPLIT_NAMES}
    if named:
        return {split: _open_classes(folder) for split, folder in named.items()}
    tables = {
        _SPLIT_NAMES[p.stem.lower()]: p
        for p in sorted(path.iterdir())
        if p.suffix.lower() in _TABLES and p.stem.lower() in _SPLIT_NAMES
    }
    if tables:
        return {split: _read_columns(table) for split, table in tables.items()}
    return {"training": _open_classes(path)}


def _open_classes(path: Path) -> Columns:
    """Columns of a folder with one folder for each class."""
    classes = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    files = [
        (file, folder.name)
        for folder in classes
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in _PICTURES
    ]
    if not files:
        raise _unknown(path, "has no folders of pictures")
    return {
        "image": Pictures([file for file, _ in files]),
        "y": [name for _, name in files],
        "id": [f"{name}/{file.name}" for file, name in files],
    }


def _open_table(path: Path) -> Splits:
    columns = _read_columns(path)
    by_split: Splits = {}
    for name, values in columns.items():
        first, last = _SPLIT_FIRST.match(name), _SPLIT_LAST.match(name)
        if path.suffix.lower() == ".npz" and (first or last):
            split, rest = (first[1], first[2]) if first else (last[2], last[1]) if last else ("", "")
            by_split.setdefault(_SPLIT_NAMES[split.lower()], {})[rest] = values
    if by_split:
        return by_split
    if "split" not in columns:
        return {"training": columns}
    names = np.asarray(columns.pop("split")).astype(str)
    for text in dict.fromkeys(names.tolist()):
        if text.lower() not in _SPLIT_NAMES:
            known = ", ".join(_SPLIT_NAMES)
            raise DatasetError(f'{path} has the split "{text}"; splits: {known}')
        split = _SPLIT_NAMES[text.lower()]
        by_split[split] = {}
    of_row = np.array([_SPLIT_NAMES[text.lower()] for text in names.tolist()])
    return {split: _take(columns, np.flatnonzero(of_row == split)) for split in by_split}


def _read_columns(path: Path) -> Columns:
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return _read_text(path, "\t" if suffix == ".tsv" else ",")
    if suffix not in _TABLES:
        raise _unknown(path, f"is a {suffix or 'file without an ending'}")
    try:
        loaded = np.load(path, mmap_mode="r" if suffix == ".npy" else None, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as arrays of numbers: {error}") from None
    if suffix == ".npz":
        return {name: loaded[name] for name in loaded.files}
    names = loaded.dtype.names
    return {"x": loaded} if names is None else {name: loaded[name] for name in names}


def _read_text(path: Path, delimiter: str) -> Columns:
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file, delimiter=delimiter) if row]
    if len(rows) < 2:
        raise DatasetError(f"{path} needs a line with the names of the columns, and one for each sample")
    header, body = rows[0], rows[1:]
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise DatasetError(f"row {number} of {path} has {len(row)} values; the first has {len(header)}")
    return {name: _to_values([row[i] for row in body]) for i, name in enumerate(header)}


def _to_values(texts: list[str]) -> Any:
    """Returns whole numbers or numbers where all texts are some, else the texts."""
    for kind in (int, float):
        try:
            return np.array([kind(text) for text in texts])
        except (ValueError, OverflowError):
            continue
    return texts


def _take(columns: Columns, rows: Array) -> Columns:
    return {
        name: values[rows] if isinstance(values, np.ndarray) else _take_items(values, rows)
        for name, values in columns.items()
    }


def _take_items(values: Any, rows: Array) -> Any:
    if isinstance(values, Pictures):
        return Pictures([values._paths[row] for row in rows.tolist()])
    return [values[row] for row in rows.tolist()]


def _divide(columns: Columns, share: float) -> Splits:
    """Divides samples by a hash of their ids, else of their positions."""
    count = len(next(iter(columns.values())))
    ids = [str(text) for text in columns["id"]] if "id" in columns else [str(i) for i in range(count)]
    hashes = [hashlib.blake2b(text.encode(), digest_size=8).digest() for text in ids]
    held = np.array([int.from_bytes(value, "big") / 2**64 < share for value in hashes])
    if held.all() or not held.any():
        return {"training": columns}
    if "id" not in columns:
        columns = {**columns, "id": ids}
    return {
        "training": _take(columns, np.flatnonzero(~held)),
        "validation": _take(columns, np.flatnonzero(held)),
    }


def _unknown(path: Path, what: str) -> DatasetError:
    return DatasetError(
        f"{path} {what}; open reads a folder with a folder of pictures for each class (below one for each "
        f"split, or not), and {', '.join(_TABLES)}. Read other data yourself and give Dataset(training=…)",
        "LAYOUT_UNKNOWN",
    )
