"""The dataset of a run in the local spool, while the platform has not taken it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from noema._spool import SpoolFull
from noema._upload import UploadSource
from noema._wire.datasets.v1 import upload_pb2

_MANIFEST = "manifest.binpb"


class KeptDataset:
    """A dataset in the folder of its run: a file for each chunk, and a manifest, which is written last."""

    def __init__(self, run_folder: Path) -> None:
        self.folder = run_folder / "dataset"

    @property
    def is_whole(self) -> bool:
        """True if another process can send it."""
        return (self.folder / _MANIFEST).is_file()

    @property
    def size(self) -> int:
        """Bytes on disk; 0 if nothing is kept."""
        return sum(path.stat().st_size for path in self.folder.glob("*.binpb"))

    def open(self) -> UploadSource:
        """Returns the upload. Raises OSError if it is not whole."""
        return _KeptUpload(self.folder)

    def keep(self, upload: UploadSource, max_bytes: int) -> int:
        """Writes an upload, unless it is there already, and returns its bytes. It survives the end of the
        process; `sync` makes it survive a loss of power.

        Raises OSError if the disk is full, and SpoolFull above `max_bytes`. Nothing is kept then.
        """
        if self.is_whole and self.open().manifest == upload.manifest:
            return self.size
        self.remove()
        try:
            return self._write(upload, max_bytes)
        except BaseException:
            self.remove()
            raise

    def _write(self, upload: UploadSource, max_bytes: int) -> int:
        self.folder.mkdir(parents=True)
        written = 0
        for index in range(upload.chunk_count):
            content = upload.chunk(index).SerializeToString()
            written += len(content)
            if written > max_bytes:
                raise SpoolFull(f"the dataset is larger than {max_bytes} bytes")
            (self.folder / f"{index}.binpb").write_bytes(content)
        partial = self.folder / f"{_MANIFEST}.tmp"
        partial.write_bytes(upload.manifest.SerializeToString())
        os.replace(partial, self.folder / _MANIFEST)
        return self.size

    def sync(self) -> None:
        """Makes what is kept survive a loss of power. A busy disk may take long."""
        for path in (*self.folder.glob("*.binpb"), self.folder):
            _sync_path(path)

    def remove(self) -> None:
        """Deletes what is kept, if anything is."""
        # Without its manifest the rest does not count.
        (self.folder / _MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


class _KeptUpload:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.manifest = upload_pb2.UploadManifest.FromString((folder / _MANIFEST).read_bytes())

    @property
    def chunk_count(self) -> int:
        return -(-sum(split.count for split in self.manifest.splits) // self.manifest.chunk_rows)

    def chunk(self, index: int) -> upload_pb2.UploadChunk:
        return upload_pb2.UploadChunk.FromString((self._folder / f"{index}.binpb").read_bytes())


def _sync_path(path: Path) -> None:
    try:
        opened = os.open(path, os.O_RDONLY)
    except OSError:
        return  # Deleted since, or a folder on Windows.
    try:
        os.fsync(opened)
    except OSError:
        pass
    finally:
        os.close(opened)
