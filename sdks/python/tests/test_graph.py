from __future__ import annotations

import hashlib

import numpy as np
import pytest
from test_torch import channels_first, make_model

import noema
from noema._graph import PART_BYTES, Graph, GraphMissing, describe_failure, split_graph

torch = pytest.importorskip("torch")


def train(run, data, model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in run.epochs():
        model.train()
        for ids, x, y in data.batches("training", 8, shuffle=True, seed=0, device="cpu"):
            output = model(x)
            loss = torch.nn.functional.nll_loss(output.log(), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            run.log(ids, probabilities=output, loss=loss)


def record(data, model, **options):
    with noema.run("graph", data, watch=model, output="probabilities", **{"epochs": 1, **options}) as run:
        train(run, data, model)
    return run


def graphs(platform):
    """Returns the bytes and the description of each epoch."""
    found = []
    content = b""
    for sent in platform.all_records():
        if sent.HasField("graph_part"):
            assert 0 < len(sent.graph_part.content) <= 4 << 20
            content += sent.graph_part.content
        if sent.HasField("epoch_end"):
            found.append((content, sent.epoch_end.graph))
            content = b""
    return found


@pytest.fixture
def exported(monkeypatch):
    """Graphs of a few bytes, where the exporter is not the matter of a test."""

    class Exporter:
        content = b"a graph"
        error: BaseException | None = None
        calls = 0

        def __call__(self, watch, data, layers, prepare):
            self.calls += 1
            if self.error is not None:
                raise self.error
            return Graph(self.content, "output", [])

    exporter = Exporter()
    monkeypatch.setattr("noema._run.export_graph", exporter)
    return exporter


def needs_exporter():
    try:
        torch.onnx.export(torch.nn.Linear(1, 1), (torch.zeros(1, 1),), __import__("io").BytesIO())
    except Exception as error:
        pytest.skip(f"PyTorch cannot export: {error}")


def test_the_file_of_an_epoch_has_the_weights_of_its_end(platform):
    needs_exporter()
    data, model = channels_first(), make_model()
    run = record(data, model, epochs=2)
    first, second = graphs(platform)
    for content, graph in (first, second):
        assert graph.size_bytes == len(content) > 1000
        assert graph.sha256 == hashlib.sha256(content).hexdigest()
        assert (graph.output, graph.output_activation, graph.missing_reason) == ("output", 0, "")
        assert list(graph.channels_first) == ["x"]
        assert [(layer.name, layer.unit_axis) for layer in graph.layers] == [("0", 1), ("5", 1), ("7", 1)]
    assert model[5].weight.detach().numpy().tobytes() in second[0]
    assert model[5].weight.detach().numpy().tobytes() not in first[0]
    assert "exporting its graphs" in run.health


def test_the_file_gives_what_the_model_gives(platform):
    onnx = pytest.importorskip("onnx.reference")
    needs_exporter()
    data, model = channels_first(), make_model()
    record(data, model)
    ((content, graph),) = graphs(platform)
    x = data.read("validation", np.arange(5))[0]
    model.eval()
    with torch.no_grad():
        conv = torch.relu(model[1](model[0](torch.from_numpy(x))))
        hidden = torch.tanh(model[5](conv.flatten(1)))
        expected = [model(torch.from_numpy(x)), conv, hidden, model[7](hidden)]
    names = [graph.output, *(layer.output for layer in graph.layers)]
    found = onnx.ReferenceEvaluator(__import__("onnx").load_from_string(content)).run(names, {"x": x})
    for values, wanted in zip(found, expected):
        np.testing.assert_allclose(values, wanted.numpy(), rtol=1e-4, atol=1e-5)


def test_prepare_is_a_part_of_the_graph(platform):
    needs_exporter()
    data, model = channels_first(), make_model()
    run = record(data, model, prepare=lambda x: (x - 0.5) / 0.25)
    ((content, graph),) = graphs(platform)
    assert graph.missing_reason == "" and b"Div" in content and b"Sub" in content
    run = record(data, model, prepare=lambda x: np.asarray(x) / 2)
    assert "no heat maps: prepare= returns no tensor for a tensor; use operations of torch" in run.health


def test_the_mode_of_every_part_and_the_activations_stay_as_they_are(platform):
    data, model = channels_first(), make_model()
    model[1].eval()
    with noema.run("graph", data, watch=model, output="probabilities", epochs=1) as run:
        ids, x, _ = next(iter(data.batches("training", 8, device="cpu")))
        run.log(ids, probabilities=model(x))
        run.end_epoch()
        assert [part.training for part in model][:3] == [True, False, True]


@pytest.mark.parametrize(("graph", "epochs", "expected"), [(True, 3, 3), ("last", 3, 1), (False, 3, 0)])
def test_an_option_limits_the_epochs(platform, exported, graph, epochs, expected):
    data, model = channels_first(), make_model()
    record(data, model, graph=graph, epochs=epochs)
    assert exported.calls == expected
    found = graphs(platform)
    assert [content for content, _ in found] == [b""] * (epochs - expected) + [b"a graph"] * expected
    assert [message.missing_reason for _, message in found] == [
        f"the run was started with graph={graph!r}"
    ] * (epochs - expected) + [""] * expected


@pytest.mark.parametrize("options", [{"graph": "first"}, {"graph": "last", "epochs": 0}])
def test_a_wrong_option_is_an_error(platform, options):
    with pytest.raises(noema.NoemaError, match="graph is") as error:
        noema.run("graph", channels_first(), **options)
    assert error.value.reason == "GRAPH_INVALID"


def test_a_model_that_cannot_be_exported_costs_nothing_but_heat_maps(platform, exported, caplog):
    exported.error = RuntimeError("aten::fft is not exported\nand a long text")
    data, model = channels_first(), make_model()
    run = record(data, model, epochs=2)
    reason = "RuntimeError: aten::fft is not exported"
    assert [(content, graph.missing_reason) for content, graph in graphs(platform)] == [(b"", reason)] * 2
    assert f"no heat maps: {reason}" in run.health
    assert sum("no heat maps" in entry.message for entry in caplog.records) == 1
    assert len(platform.rows(2, 1)) == 50


def test_a_graph_that_is_too_large_is_not_sent(platform, monkeypatch):
    needs_exporter()
    monkeypatch.setenv("NOEMA_GRAPH_BYTES", "1000")
    run = record(channels_first(), make_model())
    ((content, graph),) = graphs(platform)
    assert content == b"" and "more than 1000; NOEMA_GRAPH_BYTES" in graph.missing_reason
    assert "NOEMA_GRAPH_BYTES" in run.health


def test_a_full_spool_leaves_out_the_graph_and_keeps_the_records(platform, exported, monkeypatch):
    exported.content = bytes(5 << 20)
    monkeypatch.setenv("NOEMA_SPOOL_BYTES", str(2 << 20))
    platform.delay_s = 0.05
    run = record(channels_first(), make_model())
    ((content, graph),) = graphs(platform)
    assert len(content) < len(exported.content)
    assert graph.size_bytes == 0 and "no room" in graph.missing_reason
    assert len(platform.rows(1, 1)) == 50
    assert run.state == "ended, all delivered"


def test_a_file_is_cut_into_parts():
    content = bytes(range(256)) * (PART_BYTES // 100)
    parts = [record.graph_part.content for record in split_graph(3, content)]
    assert b"".join(parts) == content and max(map(len, parts)) == PART_BYTES


def test_a_failure_is_described_by_its_first_line():
    assert describe_failure(GraphMissing("why\nmore")) == "why"
    assert describe_failure(ValueError("\n  first\nsecond")) == "ValueError: first"
