"""Hugging Face: a tiny BERT that learns to tell good reviews from bad ones. `python hf_text.py [epochs]`

Texts, vocabulary and weights are made here, so that nothing is fetched from a hub.
"""

import random
import sys

import noema
import noema.hf
import torch
import transformers

GOOD, BAD = ["great", "warm", "clever", "honest"], ["dull", "cold", "clumsy", "false"]
NOUNS, ADVERBS = ["film", "book", "song", "play"], ["very", "quite", "rather", "truly"]
WORDS = ["[pad]", "the", "was", "not", *NOUNS, *ADVERBS, *GOOD, *BAD]
VOCABULARY = {word: i for i, word in enumerate(WORDS)}
LENGTH = 6

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
numbers = random.Random(0)


def review():
    is_good, is_negated = numbers.random() < 0.5, numbers.random() < 0.3
    words = ["the", numbers.choice(NOUNS), "was", *(["not"] if is_negated else [])]
    words += [numbers.choice(ADVERBS), numbers.choice(GOOD if is_good else BAD)]
    ids = [VOCABULARY[word] for word in words]
    padding = LENGTH - len(ids)
    return {
        "text": " ".join(words),
        "input_ids": ids + [0] * padding,
        "attention_mask": [1] * len(ids) + [0] * padding,
        "labels": int(is_good != is_negated),
    }


def collate(rows):
    return {
        key: torch.tensor([row[key] for row in rows]) for key in ("input_ids", "attention_mask", "labels")
    }


rows = [review() for _ in range(1000)]
columns = {key: [row[key] for row in rows] for key in rows[0]}
data = noema.Dataset(
    training={key: values[:800] for key, values in columns.items()},
    validation={key: values[800:] for key, values in columns.items()},
    label="labels",
    classes=["bad", "good"],
    inputs=["input_ids", "attention_mask"],
)
torch.manual_seed(0)
config = transformers.BertConfig(
    vocab_size=len(VOCABULARY),
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=64,
    max_position_embeddings=LENGTH,
    num_labels=2,
)
arguments = transformers.TrainingArguments(
    "trained",
    num_train_epochs=epochs,
    per_device_train_batch_size=16,
    learning_rate=1e-3,
    save_strategy="no",
    report_to=[],
)
transformers.Trainer(
    transformers.BertForSequenceClassification(config),
    arguments,
    train_dataset=rows[:800],
    data_collator=collate,
    callbacks=[noema.hf.Watch(data, "reviews")],
).train()
