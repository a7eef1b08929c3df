"""Texts as whole numbers by their parts."""

from collections import Counter

import numpy as np


def tokenized(texts, length, vocabulary):
    """Numbers the parts of texts, letters or words, by their frequency: [n, length] float32, padded with 0.
    1 stands for the parts that are not among the `vocabulary` - 2 most frequent."""
    counts = Counter(part for text in texts for part in text)
    kept = sorted(counts, key=lambda part: (-counts[part], part))[: vocabulary - 2]
    number = {part: i + 2 for i, part in enumerate(kept)}
    tokens = np.zeros((len(texts), length), np.float32)
    for row, text in enumerate(texts):
        tokens[row, : len(text)] = [number.get(part, 1) for part in text]
    return tokens
