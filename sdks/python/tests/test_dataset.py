from __future__ import annotations

import json
import struct
import zlib

import numpy as np
import pytest

import noema
from noema._ids import format_id
from noema._upload import DatasetUpload

X = np.random.default_rng(0).random((12, 8, 8, 3), dtype=np.float32)


def read_png(data):
    """Reads a PNG without filters, by the specification."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, pixels, shape = 8, b"", None
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", body[:10])
            assert depth == 8
            shape = (height, width, {0: 1, 2: 3, 6: 4}[color])
        if kind == b"IDAT":
            pixels += body
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(pixels), np.uint8).reshape(shape[0], -1)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(shape)


def chunk_of(**parts):
    return DatasetUpload(noema.Dataset(**parts)).chunk(0)


@pytest.mark.parametrize(
    ("labels", "more", "task", "names", "encoded"),
    [
        ([0, 2, 1], {}, "multi_class", ["0", "1", "2"], [0, 2, 1]),
        (np.asarray([0, 2, -1], np.int8), {}, "multi_class", ["0", "1", "2"], [0, 2, -1]),
        (["cat", "dog", "cat"], {}, "multi_class", ["cat", "dog"], [0, 1, 0]),
        (["cat", None, "dog"], {"classes": ["dog", "cat"]}, "multi_class", ["dog", "cat"], [1, -1, 0]),
        ([7, 5, 7], {"classes": [5, 7]}, "multi_class", ["5", "7"], [1, 0, 1]),
        (np.eye(3)[[2, 0, 1]], {}, "multi_class", ["0", "1", "2"], [2, 0, 1]),
        ([True, False, True], {}, "multi_class", ["0", "1"], [1, 0, 1]),
        ([1.0, float("nan"), 0.0], {}, "multi_class", ["0", "1"], [1, -1, 0]),
        ([[1], [0], [2]], {}, "multi_class", ["0", "1", "2"], [1, 0, 2]),
    ],
)
def test_classes_in_every_form(labels, more, task, names, encoded):
    data = noema.Dataset(training=(X[:3], labels), **more)
    assert (data.labels.task, data.labels.values["training"].tolist()) == (task, encoded)
    assert [n.lower() for n in data.labels.class_names] in (names, ["false", "true"])


def test_several_labels_and_numbers():
    several = noema.Dataset(training=(X[:3], np.asarray([[1, 0, 1], [0, 0, 0], [1, 1, 1]])))
    assert (several.labels.task, several.labels.dims) == ("multi_label", [3])
    numbers = noema.Dataset(training=(X[:3], np.asarray([0.5, 1.5, float("nan")])))
    assert (numbers.labels.task, numbers.labels.dims) == ("regression", [1])
    pairs = noema.Dataset(training=(X[:3], np.asarray([[0.5, 2], [1, 3], [2, 4]])))
    assert (pairs.labels.task, pairs.labels.dims) == ("regression", [2])
    assert noema.Dataset(unlabeled=X).labels is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, "no samples"),
        ({"training": {"x": X, "y": [1, 2]}}, "different lengths: x 12, y 2"),
        ({"training": (X[:2], ["a", "b"]), "classes": ["a"]}, 'label "b"'),
        (
            {"training": (X[:2], [0, 3]), "classes": ["a", "b"]},
            "labels run from 0 to 3, but there are 2 classes",
        ),
        ({"training": {"x": X[:2], "id": [1, "1"]}}, 'the same id "1"'),
        ({"training": {"x": X[:2], "id": [{}, {}]}}, "not hashable"),
        ({"training": {"x": X[:2], "id": ["a\n", "b"]}}, "control characters"),
        ({"training": {"x": X[:2], "id": [object(), object()]}}, "another text in every process"),
        ({"training": (X[:2], [0, 1]), "inputs": "z"}, '"z" is not a column'),
        ({"training": (X[:2], [0, 1]), "picture": "last"}, "picture is 'last'"),
        ({"training": (X[:2], np.zeros((2, 2, 2)))}, "2 dimensions for each sample"),
    ],
)
def test_errors_say_what_was_wrong(parts, expected):
    with pytest.raises(noema.DatasetError, match=expected):
        noema.Dataset(**parts)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (np.int64(3), "3"),
        (3.0, "3"),
        (0.5, "0.5"),
        ("a b", "a b"),
        (b"\x00\xff", "00ff"),
        (("a", 1), "a/1"),
        (frozenset([1]), "frozenset({1})"),
        ("x" * 300, "sha256:" + __import__("hashlib").sha256(b"x" * 300).hexdigest()),
    ],
)
def test_ids_have_a_stable_text(value, text):
    assert format_id(value) == text


@pytest.mark.parametrize(
    ("pixels", "dims", "expected"),
    [
        (X[:2], [8, 8, 3], lambda p: np.rint(p * 255)),
        ((X[:2] * 255).astype(np.uint8), [8, 8, 3], lambda p: p),
        (np.moveaxis(X[:2], -1, 1), [8, 8, 3], lambda p: np.rint(np.moveaxis(p, 0, -1) * 255)),
        (X[:2] * 2 - 1, [8, 8, 3], lambda p: np.rint((p + 1) / 2 * 255)),
        (X[:2, :, :, 0], [8, 8], lambda p: np.rint(p[:, :, None] * 255)),
        (X[:2].astype(np.float16), [8, 8, 3], lambda p: np.rint(p.astype(np.float32) * 255)),
    ],
)
def test_pictures_are_shown_in_either_order_of_channels(pixels, dims, expected):
    data = noema.Dataset(training=(pixels, [0, 1]))
    upload = DatasetUpload(data)
    assert list(upload.manifest.inputs[0].spec.dims) == dims
    chunk = upload.chunk(0)
    for i in range(2):
        shown = read_png(chunk.visuals[0].files[i])
        np.testing.assert_allclose(shown, expected(pixels[i]), atol=1)
    dtype = {1: "<f4", 2: "u1", 6: "<f2"}[upload.manifest.inputs[0].spec.data_type]
    sent = np.frombuffer(chunk.inputs[0], dtype).reshape(2, *dims)
    stored = np.moveaxis(pixels, 1, -1) if pixels.shape[1:] == (3, 8, 8) else pixels
    np.testing.assert_array_equal(sent, stored.astype(dtype) if dtype != "u1" else stored)


def test_sequences_of_different_lengths_are_padded_with_zeros():
    chunk = chunk_of(training={"input_ids": [[1, 2, 3], [4], [5, 6]], "y": [0, 1, 0]})
    assert np.frombuffer(chunk.inputs[0], "<i4").reshape(3, 3).tolist() == [[1, 2, 3], [4, 0, 0], [5, 6, 0]]


def test_tables_are_one_input_and_texts_are_metadata():
    upload = DatasetUpload(
        noema.Dataset(training={"age": [1, 2], "size": [0.5, 1.5], "name": ["a", None], "y": ["no", "yes"]})
    )
    assert upload.manifest.inputs[0].spec.name == "features"
    assert [(c.name, c.type) for c in upload.manifest.metadata_columns] == [
        ("age", 1),
        ("size", 1),
        ("name", 2),
    ]
    chunk = upload.chunk(0)
    assert np.frombuffer(chunk.inputs[0], "<f4").tolist() == [1, 0.5, 2, 1.5]
    assert json.loads(chunk.visuals[0].files[1])["rows"] == [["age", 2.0], ["size", 1.5]]
    assert (list(chunk.metadata[2].texts), list(chunk.metadata[2].missing)) == (["a", ""], [1])


def test_texts_are_inputs_as_bytes():
    chunk = chunk_of(training={"text": ["héé", "b"], "y": [0, 1]})
    assert bytes(chunk.inputs[0][:5]).decode() == "héé"
    assert chunk.visuals[0].files[0].decode() == "héé"


def test_samples_without_ground_truth_have_nan_and_no_class():
    upload = DatasetUpload(noema.Dataset(training=(X[:2], [0, 1]), unlabeled=X[2:4]))
    chunk = upload.chunk(0)
    assert list(chunk.class_indexes) == [0, 1, -1, -1]
    truth = np.frombuffer(chunk.ground_truths[0], "<f2").reshape(4, 2)
    assert truth[:2].tolist() == [[1, 0], [0, 1]] and np.isnan(truth[2:]).all()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"training": (X[:3], [0, 1, -1])}, 'the first has the id "2"'),
        ({"training": (X[:3], [0.5, float("nan"), 1])}, 'the first has the id "1"'),
        ({"training": (X[:3], [0, 1, 1]), "test": X[:2]}, "the split test has no ground truth"),
    ],
)
def test_only_the_split_unlabeled_lacks_ground_truth(parts, expected):
    with pytest.raises(noema.DatasetError, match=expected):
        DatasetUpload(noema.Dataset(**parts))


def test_the_digest_follows_the_content_alone():
    def digest(x, **more):
        return DatasetUpload(noema.Dataset(training=(x, [0] * 6 + [1] * 6), **more)).manifest.digest

    changed = X.copy()
    changed[11, 7, 7, 2] += 0.25
    assert digest(X) == digest(X.copy()) == digest(list(X))
    assert len({digest(X), digest(changed), digest(X, classes=["a", "b"]), digest(X, training_rows=5)}) == 4


def test_the_population_is_a_fixed_sample_of_the_training_rows():
    first = noema.Dataset(training=(X, [0] * 12), training_rows=5).splits["training"].population
    again = noema.Dataset(training=(X * 2, [1] * 12), training_rows=5).splits["training"].population
    assert len(first) == 5 and first.tolist() == sorted(first.tolist()) == again.tolist()


def test_check_finds_augmentation():
    class Noisy:
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return np.random.random((8, 8, 3)), 0

    with pytest.raises(noema.DatasetError, match="change between two reads"):
        noema.Dataset(training=Noisy()).check()
    assert "8, 8, 3" in noema.Dataset(training=(X, [0] * 12)).check()


def test_batches_scale_and_name_several_inputs():
    data = noema.Dataset(training={"a": X, "b": X[:, 0], "y": [0] * 12}, inputs=["a", "b"], scale=0.5)
    ids, x, y = next(data.batches("training", 5))
    assert ids.split == "training" and y.tolist() == [0] * 5
    np.testing.assert_array_equal(x["b"], X[:5, 0] * np.float32(0.5))


def test_chunks_cover_every_row_once_in_the_order_of_the_splits():
    big = np.zeros((700, 64, 64), np.float32)
    upload = DatasetUpload(noema.Dataset(training=(big, [0] * 700), validation=(big[:30], [0] * 30)))
    chunks = [upload.chunk(i) for i in range(upload.chunk_count)]
    assert len(chunks) > 1
    assert [i for c in chunks for i in c.sample_ids] == [str(i) for i in range(700)] + [
        str(i) for i in range(30)
    ]
    assert all(len(c.sample_ids) == upload.manifest.chunk_rows for c in chunks[:-1])
    assert max(c.ByteSize() for c in chunks) < 4 << 20
