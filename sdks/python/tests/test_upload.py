from __future__ import annotations

import numpy as np
import pytest

import noema
from noema._records import OUTPUT, RESPONSE_MEAN


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
