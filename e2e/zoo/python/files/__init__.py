"""The registry of data kinds that are files: one module and one line each. The platform reads the files
by the manifest that it proposes; `read` reads them anew, by programs that share no code with it.

A module has `SOURCE`, `LICENCE`, `TASK`, `LOSS`, `METRICS`, `READER` (of several that fit), `TRUTH` (a column),
and `write(folder)`, which writes the files and gives the records: one dictionary a sample, with its `id`,
`split` and the value of each column, in the order of the ids."""

import json

import numpy as np

from data_kinds.data import Data, Truth
from . import bbc, bbc_chunks, emoji_boxes, emoji_masks, penguins, speech
from .encoders import ENCODERS

FILE_KINDS = {
    "speech": speech,
    "bbc": bbc,
    "bbc-chunks": bbc_chunks,
    "penguins": penguins,
    "emoji-boxes": emoji_boxes,
    "emoji-masks": emoji_masks,
}
SPLITS = ("training", "validation")


def read(kind, folder, records):
    """Inputs and ground truths of the records, as the manifest declares them."""
    manifest = json.loads((folder / "manifest.json").read_text())
    module, files = FILE_KINDS[kind], folder / "files"
    rows = [record for split in SPLITS for record in records if record["split"] == split]
    encoded = lambda spec: ENCODERS[spec["encoder"]](spec, rows, files)
    return Data(
        {name: encoded(spec).astype(np.float32) for name, spec in manifest["inputs"].items()},
        {
            name: Truth(encoded(spec), spec["values"] if spec["encoder"] == "classes" else None)
            for name, spec in manifest["ground_truths"].items()
        },
        {split: sum(record["split"] == split for record in rows) for split in SPLITS},
        module.TASK,
        module.LOSS,
        source=module.SOURCE,
        licence=module.LICENCE,
        metrics=module.METRICS,
        ids=[record["id"] for record in rows],
    )
