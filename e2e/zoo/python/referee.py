"""The independent side of the zoo: one request a line in JSON on stdin, one answer a line on stdout.

{"do": "data", "kind", "folder"}                         stores a data kind; one that is files in `files`
{"do": "read", "kind", "folder"}                         stores what the files are by `manifest.json`
{"do": "network", "kind", "network", "data", "folder"}   writes the file of a network
{"do": "check", "kind", "network", "data", "folder", "record"}
                                                         recomputes what the platform said of a cell,
                                                         and gives the figures
"""

import hashlib
import json
import os
import shutil
import sys
import traceback
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
answers, sys.stdout = sys.stdout, sys.stderr
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np  # noqa: E402

from data_kinds import DATA_KINDS  # noqa: E402
import files  # noqa: E402
from networks import NETWORKS  # noqa: E402

# A network that is kept was written by these very sources.
SOURCES = hashlib.sha256(
    b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.rglob("*.py")))
).hexdigest()
kinds, records = {}, {}


def loaded(kind):
    if kind not in kinds:
        kinds[kind] = DATA_KINDS[kind]()
    return kinds[kind]


def store_data(request):
    kind, folder = request["kind"], Path(request["folder"])
    if kind in files.FILE_KINDS:
        module = files.FILE_KINDS[kind]
        shutil.rmtree(folder, ignore_errors=True)
        records[kind] = module.write(folder / "files")
        return {"rows": len(records[kind]), "files": {"reader": module.READER, "truth": module.TRUTH}}
    data = loaded(kind)
    data.save(folder)
    return {"rows": data.rows}


def read_files(request):
    kind, folder = request["kind"], Path(request["folder"])
    kinds[kind] = files.read(kind, folder, records[kind])
    kinds[kind].save(folder)
    return {"rows": kinds[kind].rows}


def write_network(request):
    origin, folder = NETWORKS[request["network"]], Path(request["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "sources.sha256"
    made_anew = request["kind"] in files.FILE_KINDS
    if (
        made_anew
        or not (folder / origin.file).is_file()
        or not stamp.is_file()
        or stamp.read_text() != SOURCES
    ):
        origin.write(loaded(request["kind"]), Path(request["data"]), folder)
        stamp.write_text(SOURCES)
    return {"file": str(folder / origin.file), "trains": origin.trains}


def check(request):
    from cell_check import figures

    return figures(
        loaded(request["kind"]),
        NETWORKS[request["network"]],
        Path(request["folder"]),
        Path(request["record"]),
    )


ANSWERS = {"data": store_data, "read": read_files, "network": write_network, "check": check}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = ANSWERS[request["do"]](request)
    except Exception as error:
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer, default=float), file=answers, flush=True)
