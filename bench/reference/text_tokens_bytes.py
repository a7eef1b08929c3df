"""Writes libs/readers/test/fixtures/tokens_bytes.json: the ids and offsets that Hugging Face's tokenizers give the
texts of tokens.json by tokenizers that fall back to bytes, and that normalize by a table of SentencePiece
("Precompiled"). Needs `tokenizers` and `sentencepiece`. Run from the repository root; with `nmt_nfkc FILE` the table
is SentencePiece's own, and the spec reads that file with NOEMA_TOKENS_BYTES=FILE."""

import io
import json
import sys
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

RULE = sys.argv[1] if len(sys.argv) > 1 else None
FILE = sys.argv[2] if len(sys.argv) > 2 else "libs/readers/test/fixtures/tokens_bytes.json"
with open("libs/readers/test/fixtures/tokens.json", encoding="utf-8") as source:
    TEXTS = json.load(source)["texts"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
# replaced by nothing, by one, by more and by fewer code points; combined letters
RULES = {
    "\n": " ",
    "\t": " ",
    "\x07": "",
    "\u200b": "",
    "\u00a0": " ",
    "\u3000": " ",
    "\ufeff": "",
    "\u00ad": "",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬀ": "ff",
    "½": "1⁄2",
    "①": "1",
    "Ⅷ": "VIII",
    "㎏": "kg",
    "e\u0323\u0301": "ẹ\u0301",
    "o\u0302": "ô",
    "e\u0301": "é",
    "I": "i",
    "ｶ": "カ",
    "ﾊﾟ": "パ",
    "İ": "i\u0307",
    "👍🏽": "👍",
    "Å": "A\u030a",
    "ǅ": "Dž",
}


def charsmap():
    """The table of a model that SentencePiece trains."""
    with tempfile.TemporaryDirectory() as folder:
        rules = f"{folder}/rules.tsv"
        with open(rules, "w", encoding="utf-8") as file:
            for old, new in RULES.items():
                codes = [" ".join(f"{ord(char):X}" for char in text) for text in (old, new)]
                file.write("\t".join(codes) + "\n")
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(text for text in TEXTS if text.isascii() and text.strip()),
            model_writer=model,
            vocab_size=200,
            hard_vocab_limit=False,
            character_coverage=0.99,
            minloglevel=2,
            **({"normalization_rule_tsv": rules} if RULE is None else {"normalization_rule_name": RULE}),
        )
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def train(model, trainer, normalizer=None):
    made = Tokenizer(model)
    if normalizer is not None:
        made.normalizer = normalizer
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.train_from_iterator([text for text in TEXTS if text.isascii()], trainer)
    return made


def main():
    table = normalizers.Precompiled(charsmap())
    special = ["<unk>", *BYTES]
    quiet = {"show_progress": False, "vocab_size": 400, "special_tokens": special}
    bpe = models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True)
    unigram = train(models.Unigram(), trainers.UnigramTrainer(unk_token="<unk>", **quiet), normalizers.NFKC())
    pieces = json.loads(unigram.to_str())["model"]["vocab"]
    table_unigram = train(models.Unigram(), trainers.UnigramTrainer(unk_token="<unk>", **quiet), table)
    fallback = Tokenizer(models.Unigram([tuple(piece) for piece in pieces], 0, True))
    fallback.normalizer = normalizers.NFKC()
    fallback.pre_tokenizer = pre_tokenizers.Metaspace()
    cases = {}
    for name, made in {
        "bytes of BPE": train(bpe, trainers.BpeTrainer(**quiet)),
        "bytes of Unigram": fallback,
        "table": table_unigram,
        "table and lower case": train(
            models.BPE(unk_token="<unk>", byte_fallback=True),
            trainers.BpeTrainer(**quiet),
            normalizers.Sequence([table, normalizers.Lowercase()]),
        ),
    }.items():
        encoded = [made.encode(text) for text in TEXTS]
        cases[name] = {
            "tokenizer": {**json.loads(made.to_str()), "added_tokens": []},
            "ids": [one.ids for one in encoded],
            "offsets": [[position for pair in one.offsets for position in pair] for one in encoded],
        }
    with open(FILE, "w", encoding="utf-8") as file:
        json.dump({"texts": TEXTS, "cases": cases}, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


main()
