"""Writes libs/readers/test/fixtures/tokens_files.json: the ids and offsets that Hugging Face's tokenizers give texts by
a `vocab.txt` and by a `vocab.json` with its `merges.txt`, and the ids of a `Tokenizer` of Keras. Needs `tokenizers`,
`faker` and `keras`. Run from the repository root; `text_tokens_files.py 1000 FILE` writes more texts and larger
vocabularies, and the spec reads that file with NOEMA_TOKENS_FILES=FILE."""

import json
import os
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "numpy")
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 36
FILE = sys.argv[2] if len(sys.argv) > 2 else "libs/readers/test/fixtures/tokens_files.json"
sys.argv = [sys.argv[0], "36" if COUNT <= 36 else "37", os.devnull]

from keras.utils import pad_sequences  # noqa: E402
from keras.src.legacy.preprocessing.text import Tokenizer as KerasTokenizer  # noqa: E402
from text_tokens import ODD, make, texts  # noqa: E402
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors  # noqa: E402
from tokenizers.implementations import BertWordPieceTokenizer, ByteLevelBPETokenizer  # noqa: E402

PADDED = 12
wanted = texts(COUNT)
corpus = [text for text in texts(400)[len(ODD) :] if COUNT > 36 or text.isascii()] + [ODD[9], "café naïve " * 5]
trained = make(corpus)
cases = {}


def add(name, path, files, made):
    encoded = [made.encode(text) for text in wanted]
    cases[name] = {
        "path": path,
        "files": files,
        "ids": [one.ids for one in encoded],
        "offsets": [[position for pair in one.offsets for position in pair] for one in encoded],
    }


def keras(name, **settings):
    made = KerasTokenizer(**settings)
    made.fit_on_texts(corpus)
    ids = made.texts_to_sequences(wanted)
    cases[name] = {
        "path": "keras.json",
        "files": {"keras.json": made.to_json()},
        "ids": [[int(i) for i in one] for one in ids],
        "padded": [[int(i) for i in one] for one in pad_sequences(ids, PADDED)],
    }


with tempfile.TemporaryDirectory() as folder:

    def write(name, text):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def words(made):
        return [token for token, _ in sorted(made.get_vocab().items(), key=lambda pair: pair[1])]

    lines = words(trained["bert"])
    path = write("vocab.txt", "\n".join(lines) + "\n")
    add("uncased", "vocab.txt", {"vocab.txt": open(path, encoding="utf-8").read()}, BertWordPieceTokenizer(path))
    capitals = lines + ["Café", "CAFÉ", "İ", "##S", "S", "I", "E"]
    path = write("cased.txt", "\n".join(capitals) + "\n")
    files = {"cased.txt": open(path, encoding="utf-8").read()}
    add("cased", "cased.txt", files, BertWordPieceTokenizer(path, lowercase=False))
    for name, source in [("gpt2", "lines"), ("roberta", "bytes")]:
        model = json.loads(trained[source].to_str())["model"]
        vocab = json.dumps(trained[source].get_vocab())
        merges = "#version: 0.2\n" + "\n".join(" ".join(pair) for pair in model["merges"]) + "\n"
        files = {"a/vocab.json": vocab, "a/merges.txt": merges}
        paths = write("vocab.json", vocab), write("merges.txt", merges)
        if name == "gpt2":
            made = ByteLevelBPETokenizer(*paths)
        else:
            made = Tokenizer(models.BPE.from_file(*paths))
            made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            ids = {token: made.token_to_id(token) for token in ["<s>", "</s>"]}
            made.post_processor = processors.RobertaProcessing(
                ("</s>", ids["</s>"]), ("<s>", ids["<s>"]), trim_offsets=True, add_prefix_space=False
            )
            made.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
            made.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True, normalized=False)])
        add(name, "a/vocab.json", files, made)

keras("keras words", num_words=200, oov_token="<oov>")
keras("keras all words", filters="!?.,", lower=False)
keras("keras signs", char_level=True, num_words=40)
keras("keras tabs", split="o ", oov_token="x")

with open(FILE, "w", encoding="utf-8") as file:
    json.dump({"texts": wanted, "cases": cases}, file, ensure_ascii=False, separators=(",", ":"))
    file.write("\n")
