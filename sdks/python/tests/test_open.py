from __future__ import annotations

import numpy as np
import pytest

import noema


def numbers(count, seed=0):
    return np.random.default_rng(seed).random((count, 5, 4), dtype=np.float32)


def test_a_folder_of_classes_is_divided_by_a_hash_of_the_file_names(tmp_path):
    image = pytest.importorskip("PIL.Image")
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for i in range(30):
            pixels = np.full((9, 8, 3), i + (100 if label == "dog" else 0), dtype=np.uint8)
            image.fromarray(pixels).save(tmp_path / label / f"{i}.png")
        (tmp_path / label / "notes.txt").write_text("no picture")
    data = noema.Dataset.open(tmp_path)
    assert len(data) == 60
    assert data.labels.class_names == ["cat", "dog"]
    assert 4 <= len(data.splits["validation"]) <= 20
    again = noema.Dataset.open(tmp_path)
    assert {n: s.ids for n, s in again.splits.items()} == {n: s.ids for n, s in data.splits.items()}
    for split in data.splits:
        for ids, x, y in data.batches(split, 7):
            for text, pixels, label in zip(ids, x, y):
                name, file = text.split("/")
                assert label == ["cat", "dog"].index(name)
                assert (pixels == int(file[:-4]) + (100 if name == "dog" else 0)).all()
                assert pixels.shape == (9, 8, 3)
    assert "validation" not in noema.Dataset.open(tmp_path, validation=0).splits


def test_folders_named_by_splits_are_splits_and_grey_stays_grey(tmp_path):
    image = pytest.importorskip("PIL.Image")
    for split, label, count in (("train", "a", 3), ("train", "b", 2), ("val", "b", 4)):
        folder = tmp_path / split / label
        folder.mkdir(parents=True)
        for i in range(count):
            image.fromarray(np.full((9, 9), i, dtype=np.uint8)).save(folder / f"{i}.jpg")
    data = noema.Dataset.open(tmp_path)
    assert {name: len(split) for name, split in data.splits.items()} == {"training": 5, "validation": 4}
    assert data.inputs[0].dims == (9, 9)


def test_arrays_in_an_npz_have_their_splits_in_their_names(tmp_path):
    path = tmp_path / "digits.npz"
    x, y = numbers(20), np.arange(20) % 3
    np.savez(path, x_train=x[:12], y_train=y[:12], x_test=x[12:], y_test=y[12:])
    data = noema.Dataset.open(path, classes=["a", "b", "c"])
    assert {name: len(split) for name, split in data.splits.items()} == {"training": 12, "test": 8}
    found, truth = data.read("test", np.arange(8))
    assert np.array_equal(found, x[12:]) and np.array_equal(truth, y[12:])


def test_an_npz_without_splits_is_divided_and_keeps_the_positions_as_ids(tmp_path):
    path = tmp_path / "digits.npz"
    x, y = numbers(200), np.arange(200) % 3
    np.savez(path, x=x, y=y)
    data = noema.Dataset.open(path, validation=0.25)
    assert 30 <= len(data.splits["validation"]) <= 70
    for split in data.splits:
        for ids, found, truth in data.batches(split, 16):
            rows = [int(text) for text in ids]
            assert np.array_equal(found, x[rows]) and np.array_equal(truth, y[rows])


def test_an_npy_is_inputs_alone(tmp_path):
    np.save(tmp_path / "x.npy", numbers(6))
    data = noema.Dataset.open(tmp_path / "x.npy")
    assert list(data.splits) == ["training"] and data.labels is None
    assert np.array_equal(data.read("training", np.arange(6))[0], numbers(6))


def test_a_table_of_text_has_types_splits_and_a_label(tmp_path):
    path = tmp_path / "wine.csv"
    lines = ["split,sugar,acid,class,grower"]
    for i in range(12):
        split, color = "train" if i % 3 else "Test", "red" if i % 2 else "white"
        lines.append(f"{split},{i / 2},{i},{color},house {i}")
    path.write_text("\n".join(lines) + "\n")
    data = noema.Dataset.open(path)
    assert {name: len(split) for name, split in data.splits.items()} == {"test": 4, "training": 8}
    assert data.labels.class_names == ["red", "white"]
    assert data.inputs[0].names == ("sugar", "acid")
    x, y = data.read("test", np.arange(4))
    assert x.tolist() == [[0, 0], [1.5, 3], [3, 6], [4.5, 9]] and y.tolist() == [1, 0, 1, 0]
    assert data.metadata == ["sugar", "acid", "grower"]
    assert noema.Dataset.open(path, label="sugar", inputs=["acid"]).labels.task == "regression"


def test_a_folder_of_tables_has_a_split_in_each(tmp_path):
    for name, count in (("train", 5), ("valid", 3)):
        rows = "\n".join(f"{i}\t{i * 2}\t{i % 2}" for i in range(count))
        (tmp_path / f"{name}.tsv").write_text(f"a\tb\ty\n{rows}\n")
    data = noema.Dataset.open(tmp_path)
    assert {name: len(split) for name, split in data.splits.items()} == {"training": 5, "validation": 3}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("table.parquet", "PAR1", r"table\.parquet is a \.parquet; open reads a folder .* \.npz, \.npy"),
        ("table.csv", "a,b\n1,2\n3\n", r"row 3 of .* has 1 values; the first has 2"),
        ("table.csv", "a,b\n", r"needs a line with the names"),
        ("table.csv", "x,split\n1,train\n2,dev\n", r'has the split "dev"; splits: train'),
        ("x.npz", "no zip", r"cannot be read as arrays"),
        ("x.npy", "\x93NUMPY", r"cannot be read as arrays"),
    ],
)
def test_a_layout_that_is_not_recognised_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(noema.DatasetError, match=message):
        noema.Dataset.open(tmp_path / name)


def test_an_empty_folder_and_a_missing_path_are_refused(tmp_path):
    with pytest.raises(noema.DatasetError, match="has no folders of pictures"):
        noema.Dataset.open(tmp_path)
    with pytest.raises(noema.DatasetError, match="does not exist"):
        noema.Dataset.open(tmp_path / "nothing")
    with pytest.raises(noema.DatasetError, match="validation is 1"):
        noema.Dataset.open(tmp_path, validation=1)
