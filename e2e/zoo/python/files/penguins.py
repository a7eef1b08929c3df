"""344 penguins of three species: measures, island and sex, some missing. A table with a byte order mark,
semicolons and decimal commas."""

import json

from data_kinds.npm import package

SOURCE = "npm vega-datasets 3.2.1, penguins"
LICENCE = "BSD-3-Clause (data: Gorman et al. 2014, CC0)"
TASK, LOSS, METRICS, READER, TRUTH = (
    "classification",
    "categorical_crossentropy",
    ["accuracy"],
    None,
    "species",
)
NAMES = {
    "Species": "species",
    "Island": "island",
    "Beak Length (mm)": "beak length",
    "Beak Depth (mm)": "beak depth",
    "Flipper Length (mm)": "flipper length",
    "Body Mass (g)": "mass",
    "Sex": "sex",
}


def cell(value):
    return "" if value is None else str(value).replace(".", ",") if isinstance(value, float) else str(value)


def write(folder):
    stored = json.loads((package("vega-datasets", "3.2.1") / "data/penguins.json").read_text())
    records = [
        {
            "id": f"p{at:03}",
            "split": "validation" if at % 4 == 3 else "training",
            **{NAMES[key]: None if value == "." else value for key, value in penguin.items()},
        }
        for at, penguin in enumerate(stored)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    lines = [";".join(records[0])] + [
        ";".join(cell(value) for value in record.values()) for record in records
    ]
    (folder / "penguins.csv").write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8"))
    return records
