"""1,200 Twemoji of 24 x 24 x 3 in six categories."""

import json

import numpy as np
from PIL import Image

from .data import Data, Truth, halves
from .npm import package

SIDE, EACH = 24, 200
CATEGORIES = ["People & Body", "Objects", "Travel & Places", "Flags", "Symbols", "Food & Drink"]


def load():
    folder = package("emoji-datasource-twitter", "16.0.0")
    rows = [
        (e["image"], CATEGORIES.index(e["category"]))
        for e in json.loads((folder / "emoji.json").read_text())
        if e["category"] in CATEGORIES
    ]
    rng = np.random.default_rng(12)
    chosen = [row for c in range(len(CATEGORIES)) for row in [r for r in rows if r[1] == c][:EACH]]
    chosen = [chosen[i] for i in rng.permutation(len(chosen))]

    def picture(name):
        image = Image.open(folder / "img/twitter/64" / name).convert("RGBA")
        flat = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image).convert(
            "RGB"
        )
        return np.asarray(flat.resize((SIDE, SIDE), Image.BILINEAR), np.float32) / 255

    return Data(
        {"image": np.stack([picture(name) for name, _ in chosen])},
        {"category": Truth(np.array([c for _, c in chosen]), CATEGORIES)},
        halves(len(chosen)),
        "classification",
        "categorical_crossentropy",
        source="npm emoji-datasource-twitter",
        licence="MIT (pictures: Twemoji, CC BY 4.0)",
    )
