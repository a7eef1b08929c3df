"""Writes libs/readers/test/fixtures/tokens.json: the ids and offsets that Hugging Face's tokenizers give texts
with accents, signs, Chinese and Japanese, by seven small tokenizers that are trained here. Needs `tokenizers` and
`faker`. Run from the repository root; `text_tokens.py 220 FILE` writes more texts and larger vocabularies,
and the spec reads that file with NOEMA_TOKENS=FILE."""

import json
import sys

from faker import Faker
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 36
FILE = sys.argv[2] if len(sys.argv) > 2 else "libs/readers/test/fixtures/tokens.json"
WORDS = 400 if COUNT <= 36 else 4000
LOCALES = [
    "en_US",
    "fr_FR",
    "de_DE",
    "cs_CZ",
    "el_GR",
    "ru_RU",
    "ja_JP",
    "zh_CN",
    "ko_KR",
    "vi_VN",
    "tr_TR",
    "ar_AA",
]
ODD = [
    "",
    " ",
    "a",
    "\n",
    "  two  blanks \t and a tab\r\n\r\nand lines  ",
    "Cafe\u0301 Café CAFÉ naïve Ångström e\u0323\u0301 o\u0302\u0323 ﬁne ﬂuﬀ ½ ① Ⅷ ㎏ \u1e9b\u0323",
    "ΟΔΥΣΣΕΥΣ Σίσυφος İstanbul ISTANBUL ıŞĞ Straße STRASSE ǅ",
    "emoji 😀👍🏽 👩‍👩‍👧‍👦 🇩🇪 ❤️ and text😀after",
    "汉字和English混合，标点。日本語カタカナｶﾀｶﾅ ﾊﾟ 한국어 조선말 각",
    "I'll, we've don't it's HE'S x'D 12,345.67 3.14e-10 1st 2024-11-29T10:00 a_b __init__",
    "zero\u200bwidth\u00a0nbsp\u3000ideographic\ufeffbom\u00ad soft \u2028line \x00nul \x07bell \ufffd",
    "[CLS] stays [MASK], and<mask> <s> </s> word[MASK]word  [MASK]  end",
    "x" * 130,
    "https://example.org/a/b?c=d&e=%20f#g user@example.org $5 €7 £8 + = < > ^ ` | ~",
    "▁under ▁▁ two ##hash ## Ġtoken",
    "हिन्दी में ไทยภาษา עִבְרִית اَلْعَرَبِيَّة தமிழ்",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠀀𠮷野家 \U000e0041 🫠",
]


def texts(count):
    """Odd texts first, then paragraphs of twelve languages; each tenth is long."""
    found = list(ODD)
    fakers = [Faker(locale) for locale in LOCALES]
    for at, faker in enumerate(fakers):
        faker.seed_instance(at + 7)
    while len(found) < count:
        faker = fakers[len(found) % len(fakers)]
        long = len(found) % 10 == 0 and count > 36
        found.append(
            " ".join(faker.sentence(nb_words=9) for _ in range(40 if long else 2)) + f" {faker.name()}"
        )
    return found[:count]


def tokenizer(model, normalizer, pre_tokenizer):
    made = Tokenizer(model)
    if normalizer is not None:
        made.normalizer = normalizer
    made.pre_tokenizer = pre_tokenizer
    return made


def train(made, trainer, corpus, added=()):
    made.train_from_iterator(corpus, trainer)
    for token in added:
        made.add_tokens([token])
    return made


def template(made, first, last):
    made.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        special_tokens=[(first, made.token_to_id(first)), (last, made.token_to_id(last))],
    )


LINES = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTA = ["<s>", "<pad>", "</s>", "<unk>"]


def make(corpus):
    quiet = {"show_progress": False, "vocab_size": WORDS}
    bert = train(
        tokenizer(
            models.WordPiece(unk_token="[UNK]"),
            normalizers.BertNormalizer(),
            pre_tokenizers.BertPreTokenizer(),
        ),
        trainers.WordPieceTrainer(special_tokens=BERT, **quiet),
        corpus,
    )
    template(bert, "[CLS]", "[SEP]")
    bert.enable_truncation(48)
    bert.enable_padding(length=48, pad_id=0, pad_token="[PAD]")
    cased = train(
        tokenizer(
            models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=20),
            normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]),
            pre_tokenizers.Sequence(
                [pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)]
            ),
        ),
        trainers.WordPieceTrainer(special_tokens=BERT, limit_alphabet=80, **quiet),
        corpus,
    )
    cased.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    bytes_ = train(
        tokenizer(models.BPE(), None, pre_tokenizers.ByteLevel(add_prefix_space=True)),
        trainers.BpeTrainer(
            special_tokens=ROBERTA, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **quiet
        ),
        corpus,
        [AddedToken("<mask>", lstrip=True, special=True)],
    )
    bytes_.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    lines = train(
        tokenizer(
            models.BPE(ignore_merges=True),
            normalizers.NFC(),
            pre_tokenizers.Sequence(
                [
                    pre_tokenizers.Split(Regex(LINES), "isolated"),
                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
                ]
            ),
        ),
        trainers.BpeTrainer(
            special_tokens=["<|end|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **quiet
        ),
        corpus,
    )
    lines.post_processor = processors.ByteLevel(trim_offsets=False)
    plain = train(
        tokenizer(
            models.BPE(unk_token="<unk>", fuse_unk=True, end_of_word_suffix="</w>"),
            normalizers.Lowercase(),
            pre_tokenizers.WhitespaceSplit(),
        ),
        trainers.BpeTrainer(special_tokens=["<unk>"], limit_alphabet=60, end_of_word_suffix="</w>", **quiet),
        corpus,
    )
    unigram = train(
        tokenizer(models.Unigram(), normalizers.NFKC(), pre_tokenizers.Metaspace()),
        trainers.UnigramTrainer(special_tokens=ROBERTA, unk_token="<unk>", **quiet),
        corpus,
    )
    template(unigram, "<s>", "</s>")
    whole = train(
        tokenizer(models.WordLevel(unk_token="[UNK]"), normalizers.NFKC(), pre_tokenizers.Whitespace()),
        trainers.WordLevelTrainer(special_tokens=["[UNK]"], **quiet),
        corpus,
        [AddedToken("new york", single_word=True), AddedToken("[MASK]", special=True, rstrip=True)],
    )
    return {
        "bert": bert,
        "cased": cased,
        "bytes": bytes_,
        "lines": lines,
        "plain": plain,
        "unigram": unigram,
        "words": whole,
    }


def main():
    wanted = texts(COUNT)
    corpus = [text for text in texts(400)[len(ODD) :] if COUNT > 36 or text.isascii()] + [
        ODD[9],
        "café naïve " * 5,
    ]
    cases = {}
    for name, made in make(corpus).items():
        encoded = [made.encode(text) for text in wanted]
        cases[name] = {
            "tokenizer": json.loads(made.to_str()),
            "ids": [one.ids for one in encoded],
            # positions in code points, start and end by turns; 0 and 0 for tokens that no text stands for
            "offsets": [[position for pair in one.offsets for position in pair] for one in encoded],
        }
    with open(FILE, "w", encoding="utf-8") as file:
        json.dump({"texts": wanted, "cases": cases}, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
