from __future__ import annotations

import numpy as np
import pytest

import noema
from noema._records import OUTPUT, RESPONSE_MEAN
from noema._upload import send_missing
from noema._wire.datasets.v1 import upload_pb2


def test_predictions_and_embeddings_alone_are_a_run_of_one_epoch(platform):
    numbers = np.random.default_rng(0)
    data = noema.Dataset(validation={"y": ["a", "b", "a", "b"], "source": ["s", "t", "s", "t"]})
    embeddings = numbers.random((4, 5)).astype(np.float32)
    predictions = numbers.dirichlet((1, 1), 4).astype(np.float32)
    run = noema.upload("mine", data, predictions=predictions, embeddings=embeddings)
    assert run.health == "well"
    found = platform.rows(1, OUTPUT)
    np.testing.assert_array_equal(found[("validation", "2")][0], predictions[2])
    np.testing.assert_allclose(
        platform.rows(1, RESPONSE_MEAN, layer="embedding")[("validation", "3")][0], embeddings[3], rtol=1e-3
    )
    (manifest,) = platform.manifests.values()
    assert [(i.spec.name, list(i.spec.dims)) for i in manifest.inputs] == [("embedding", [5])]
    assert [c.name for c in manifest.metadata_columns] == ["source"]
    assert platform.run_end().error == ""


def test_an_array_of_another_length_is_an_error(platform):
    data = noema.Dataset(validation={"x": np.zeros((4, 3)), "y": [0, 1, 0, 1]})
    with pytest.raises(noema.DatasetError, match=r"predictions of validation has the shape \[5, 2\]"):
        noema.upload("mine", data, predictions=np.zeros((5, 2)))
    with pytest.raises(noema.DatasetError, match="nothing to upload"):
        noema.upload("mine", data)


class Chunks:
    """An upload of five chunks, each named by its number."""

    manifest = upload_pb2.UploadManifest()
    chunk_count = 5

    def chunk(self, index):
        return upload_pb2.UploadChunk(sample_ids=[str(index)])


class Receiver:
    def __init__(self, refused=None):
        self.got, self.refused = [], refused

    def send_chunk(self, upload_id, index, chunk):
        if index == self.refused:
            raise noema.NoemaError("no room", "FULL")
        self.got.append((upload_id, index, list(chunk.sample_ids)))


def test_missing_chunks_are_sent_in_order_and_counted():
    receiver, counted = Receiver(), []
    sent = upload_pb2.Upload(id="u", received_chunks=[0, 3])
    send_missing(receiver, sent, Chunks(), lambda done, total: counted.append((done, total)))
    assert receiver.got == [("u", 1, ["1"]), ("u", 2, ["2"]), ("u", 4, ["4"])]
    assert counted == [(i, 5) for i in range(6)]


@pytest.mark.parametrize("refused", [1, 4])
def test_a_chunk_that_is_refused_ends_the_upload(refused):
    receiver = Receiver(refused)
    with pytest.raises(noema.NoemaError, match="no room"):
        send_missing(receiver, upload_pb2.Upload(id="u"), Chunks(), lambda done, total: None)
    assert [index for _, index, _ in receiver.got] == list(range(refused))
