"""600 prompts of a telephone exchange in three languages, of 0.5 to 3 s, 8 kHz. Sound."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = "Debian asterisk-core-sounds-{en,it,ru}-wav 1.6.1"
LICENCE = "CC BY-SA 3.0, CC BY 3.0 (ru)"
TASK, LOSS, METRICS, READER, TRUTH = "classification", "categorical_crossentropy", ["accuracy"], None, None
EACH, LANGUAGES = 200, ("en", "it", "ru")


def unpacked(language):
    """The folder of a Debian package, fetched once."""
    cache = Path(os.environ["NOEMA_ZOO_CACHE"]) / "debian"
    folder = cache / f"asterisk-core-sounds-{language}-wav"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["apt-get", "download", "-qq", folder.name], cwd=cache, check=True, capture_output=True
        )
        file = next(cache.glob(f"{folder.name}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", file, folder], check=True)
    return folder


def write(folder):
    records = []
    for language in LANGUAGES:
        # Names of files are the same in all languages; those of silence have no language.
        files = sorted(unpacked(language).rglob("*.wav"), key=lambda f: (f.name, f.parent.name))
        files = [
            file for file in files if "silence" not in file.parts and 8_000 < file.stat().st_size < 48_000
        ][:EACH]
        for at, file in enumerate(files):
            split = "validation" if at % 4 == 3 else "training"
            path = f"{split}/{language}/{at:03}.wav"
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / path)
            records.append({"id": path, "split": split, "sound": path, "class": language})
    return sorted(records, key=lambda record: record["id"])
