from __future__ import annotations

import hashlib

import numpy as np
import pytest
from conftest import make_data
from test_keras import keras, make_model

import noema

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")


def can_export():
    if keras.backend.backend() == "tensorflow":
        pytest.importorskip("tf2onnx")
    return keras.backend.backend() in ("tensorflow", "torch")


@pytest.mark.skipif(not can_export(), reason="this backend writes no ONNX here")
def test_the_file_gives_what_the_model_and_its_layers_give(platform):
    data, model = make_data(), make_model()
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = data.read("training", np.arange(len(data.splits["training"])))
    model.fit(x, y, epochs=1, verbose=0, callbacks=[noema.keras.Watch(data, "digits")])
    content = b"".join(r.graph_part.content for r in platform.all_records() if r.HasField("graph_part"))
    (end,) = platform.ends()
    graph = end.epoch_end.graph
    assert graph.missing_reason == ""
    assert graph.sha256 == hashlib.sha256(content).hexdigest()
    assert graph.output_activation == 0 and list(graph.channels_first) == []
    layers = platform.runs[platform.only_run()].layers
    assert [layer.name for layer in graph.layers] == [layer.name for layer in layers]
    assert [layer.unit_axis for layer in graph.layers] == [3, 1, 1]
    file = onnx.load_from_string(content)
    names = [graph.output, *(layer.output for layer in graph.layers)]
    found = reference.ReferenceEvaluator(file).run(names, {file.graph.input[0].name: x[:5]})
    conv = keras.ops.relu(model.layers[1](model.layers[0](x[:5]), training=False))
    hidden = model.layers[5](keras.ops.reshape(conv, (5, -1)))
    logits = keras.ops.matmul(hidden, model.layers[6].kernel) + model.layers[6].bias
    for values, wanted in zip(found, [keras.ops.softmax(logits), conv, hidden, logits]):
        wanted = keras.ops.convert_to_numpy(wanted)
        np.testing.assert_allclose(values, wanted, rtol=1e-4, atol=1e-5)
