"""The dataset of a run that waits in the spool."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from conftest import make_data

from noema._kept import KeptDataset
from noema._spool import SpoolFull
from noema._upload import DatasetUpload


def chunks_of(upload):
    return [upload.chunk(index).SerializeToString() for index in range(upload.chunk_count)]


def test_what_is_kept_is_what_would_be_sent(tmp_path):
    upload, kept = DatasetUpload(make_data()), KeptDataset(tmp_path)
    assert not kept.is_whole and kept.size == 0
    size = kept.keep(upload, 1 << 30)
    assert kept.is_whole and size == kept.size == sum(p.stat().st_size for p in kept.folder.iterdir())
    assert kept.open().manifest == upload.manifest
    assert chunks_of(kept.open()) == chunks_of(upload)
    kept.sync()
    kept.remove()
    kept.sync()
    assert not kept.folder.exists()


def test_the_same_data_are_written_once_and_other_data_replace_them(tmp_path):
    kept = KeptDataset(tmp_path)
    kept.keep(DatasetUpload(make_data()), 1 << 30)
    before = (kept.folder / "0.binpb").stat().st_ino, (kept.folder / "0.binpb").stat().st_mtime_ns
    kept.keep(DatasetUpload(make_data()), 1 << 30)
    assert before == ((kept.folder / "0.binpb").stat().st_ino, (kept.folder / "0.binpb").stat().st_mtime_ns)
    other = DatasetUpload(make_data(training=20))
    kept.keep(other, 1 << 30)
    assert chunks_of(kept.open()) == chunks_of(other)


def test_above_the_limit_nothing_is_kept(tmp_path):
    kept = KeptDataset(tmp_path)
    with pytest.raises(SpoolFull, match="larger than 100 bytes"):
        kept.keep(DatasetUpload(make_data()), 100)
    assert not kept.is_whole and not kept.folder.exists()


def test_a_full_disk_leaves_no_part_behind(tmp_path, monkeypatch):
    def full(self, content):
        self.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    kept = KeptDataset(tmp_path)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        kept.keep(DatasetUpload(make_data()), 1 << 30)
    assert not kept.folder.exists()
