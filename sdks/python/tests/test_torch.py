from __future__ import annotations

import copy

import numpy as np
import pytest
from conftest import make_data

import noema
from noema._arrays import softmax
from noema._records import OUTPUT, RESPONSE_MAX, RESPONSE_MEAN

torch = pytest.importorskip("torch")

from noema.torch import ModuleWatch  # noqa: E402


def make_model():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3),
        torch.nn.BatchNorm2d(4),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.5),
        torch.nn.Flatten(),
        torch.nn.Linear(64, 8),
        torch.nn.Tanh(),
        torch.nn.Linear(8, 3),
        torch.nn.Softmax(dim=1),
    )


def channels_first(training=40, validation=10):
    data = make_data(training, validation)
    x = {
        name: np.moveaxis(split.columns["x"].take(np.arange(len(split))), -1, 1)
        for name, split in data.splits.items()
    }
    y = data.labels.values
    return noema.Dataset(
        training=(x["training"], y["training"]),
        validation=(x["validation"], y["validation"]),
        classes=["a", "b", "c"],
    )


def test_an_epoch_is_whole_and_at_one_state_of_the_weights(platform):
    data, model = channels_first(), make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with noema.run("torch", data, watch=model, output="probabilities", epochs=1) as run:
        for _ in run.epochs():
            model.train()
            for ids, x, y in data.batches("training", 8, shuffle=True, seed=0, device="cpu"):
                output = model(x)
                loss = torch.nn.functional.nll_loss(output.log(), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                run.log(ids, probabilities=output, loss=loss)
            # The steps of the training run without hooks, once the first one has shown the layers.
            assert not any(part._forward_hooks for part in model.modules())
        assert model.training
    model.eval()
    for split in ("training", "validation"):
        x = torch.from_numpy(data.read(split, np.arange(len(data.splits[split])))[0])
        with torch.no_grad():
            conv = torch.relu(model[1](model[0](x)))
            hidden = torch.tanh(model[5](conv.flatten(1)))
            expected = {
                (RESPONSE_MEAN, "0"): conv.mean(dim=(2, 3)),
                (RESPONSE_MAX, "0"): conv.amax(dim=(2, 3)),
                (RESPONSE_MEAN, "5"): hidden,
                (RESPONSE_MEAN, "7"): model[7](hidden),
                (OUTPUT, ""): model(x),
            }
        for (content, layer), values in expected.items():
            rows = platform.rows(1, content, layer=layer)
            # The last record of a row is the one of inference mode.
            found = np.stack([rows[(split, str(i))][-1] for i in range(len(x))])
            np.testing.assert_allclose(found, values.numpy(), rtol=2e-3, atol=2e-3)
    layers = platform.runs[platform.only_run()].layers
    assert [(x.name, x.kind, x.unit_count, list(x.position_dims)) for x in layers] == [
        ("0", "Conv2d", 4, [4, 4]),
        ("5", "Linear", 8, []),
        ("7", "Linear", 3, []),
    ]
    samples = [r.samples for r in platform.all_records() if r.WhichOneof("content") == "samples"]
    # Activations of training mode would be replaced. Only the first batch has some: it shows the layers.
    with_activations = [s for s in samples if s.training_mode and any(c.layer for c in s.columns)]
    assert sum(len(s.sample_ids) for s in with_activations) == 8
    modes = [s.training_mode for s in samples]
    assert True in modes and False in modes


def test_the_sweep_changes_neither_weights_nor_statistics_nor_modes(platform):
    data, model = channels_first(), make_model()
    model.train()
    model[3].eval()
    before = copy.deepcopy(model.state_dict())
    with noema.run("torch", data, watch=model) as run:
        run.start_epoch()
        run.end_epoch()
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert model.training and not model[3].training and model[1].training
    assert len(platform.rows(1, OUTPUT)) == 50


def test_a_model_that_cannot_be_run_ends_no_training(platform):
    data = make_data()  # Channels last, which the model does not take.
    model = make_model()
    with noema.run("torch", data, watch=model) as run:
        run.log([0], split="training", loss=np.zeros(1))
        run.end_epoch()
        assert "could not be run at the end of epoch 1" in run.health


def test_every_second_epoch_has_activations(platform):
    data, model = channels_first(), make_model()
    with noema.run("torch", data, watch=model, every=2, epochs=4) as run:
        for _ in run.epochs():
            for split in ("training", "validation"):
                for ids, x, _ in data.batches(split, 16, device="cpu"):
                    model.train(split == "training")
                    run.log(ids, probabilities=model(x))
    counts = [len(platform.rows(epoch, RESPONSE_MEAN, layer="5")) for epoch in (1, 2, 3, 4)]
    assert counts == [50, 0, 50, 50]


def test_another_number_of_ids_than_samples_is_an_error(platform):
    data, model = channels_first(), make_model()
    with noema.run("torch", data, watch=model, sweep=False) as run:
        output = model(torch.zeros(4, 1, 6, 6))
        with pytest.raises(noema.LogError, match="run on 4 samples, but there are 2 ids"):
            run.log([0, 1], split="training", probabilities=output[:2])


def test_layers_are_chosen_by_name_and_pattern(platform):
    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = torch.nn.Conv2d(1, 1, 3, padding=1)

        def forward(self, x):
            return torch.relu(x + self.inner(x))

    model = torch.nn.Sequential(
        Block(), torch.nn.Flatten(), torch.nn.Linear(36, 5), torch.nn.Linear(5, 3)
    ).eval()
    data = channels_first()
    with noema.run("chosen", data, watch=model, layers=["0", "3*"]) as run:
        run.start_epoch()
        run.end_epoch()
    layers = platform.runs[platform.only_run()].layers
    assert [(x.name, x.kind, list(x.position_dims)) for x in layers] == [
        ("0", "Block", [6, 6]),
        ("3", "Linear", []),
    ]
    x = torch.from_numpy(data.read("validation", np.arange(10))[0])
    with torch.no_grad():
        expected = model[0](x).mean(dim=(2, 3)).numpy()
    rows = platform.rows(1, RESPONSE_MEAN, layer="0")
    found = np.stack([rows[("validation", str(i))][0] for i in range(10)])
    np.testing.assert_allclose(found, expected, rtol=2e-3)
    with pytest.raises(noema.NoemaError, match=r'no layer "encoder\.\*"'):
        noema.run("chosen", data, watch=model, layers=["encoder.*"])


def test_an_activation_of_a_sum_belongs_to_no_layer(platform):
    class Residual(torch.nn.Module):
        """The same activation runs on a normalised convolution, and on the sum of two paths."""

        def __init__(self):
            super().__init__()
            self.first, self.second = torch.nn.Conv2d(1, 4, 3, padding=1), torch.nn.Conv2d(4, 4, 3, padding=1)
            self.norm, self.short = torch.nn.BatchNorm2d(4), torch.nn.Conv2d(1, 4, 1)
            self.relu = torch.nn.ReLU(inplace=True)

        def forward(self, x):
            return self.relu(self.second(self.relu(self.norm(self.first(x)))) + self.short(x))

    torch.manual_seed(0)
    block = Residual()
    model = torch.nn.Sequential(block, torch.nn.Flatten(), torch.nn.Linear(144, 3)).eval()
    data = channels_first()
    with noema.run("residual", data, watch=model) as run:
        run.start_epoch()
        run.end_epoch()
    x = torch.from_numpy(data.read("validation", np.arange(10))[0])
    with torch.no_grad():
        first = torch.relu(block.norm(block.first(x)))
        expected = {"0.first": first, "0.second": block.second(first), "0.short": block.short(x)}
    for layer, values in expected.items():
        rows = platform.rows(1, RESPONSE_MEAN, layer=layer)
        found = np.stack([rows[("validation", str(i))][0] for i in range(10)])
        np.testing.assert_allclose(found, values.mean(dim=(2, 3)).numpy(), rtol=2e-3, atol=1e-3)


@pytest.mark.parametrize("inference_mode", [False, True])
def test_what_is_changed_in_place_keeps_its_own_responses(inference_mode):
    class Residual(torch.nn.Module):
        """The blocks of torchvision: the sum is written into a normalised convolution, or into a bare one."""

        def __init__(self):
            super().__init__()
            for name in ("first", "second", "third", "fourth"):
                setattr(self, name, torch.nn.Conv2d(2, 2, 3, padding=1))
            self.norm, self.other = torch.nn.BatchNorm2d(2), torch.nn.BatchNorm2d(2)
            self.relu = torch.nn.ReLU(inplace=True)

        def forward(self, x):
            out = self.norm(self.first(x))
            out += x
            out = self.relu(out)
            two = self.second(out)
            two += out
            three = torch.nn.functional.relu(self.third(two), inplace=True)
            four = self.relu(self.other(self.fourth(three)))
            four += three
            return four

    torch.manual_seed(0)
    block = Residual().eval()
    x = torch.randn(4, 2, 5, 5)
    with torch.no_grad():
        plain = block(x)
        out = torch.relu(block.norm(block.first(x)) + x)
        two = block.second(out) + out
        three = torch.relu(block.third(two))
        expected = {
            "first": block.first(x),
            "second": block.second(out),
            "third": block.third(two),
            "fourth": torch.relu(block.other(block.fourth(three))),
        }
    watch = ModuleWatch(block)
    with torch.inference_mode() if inference_mode else torch.no_grad():
        torch.testing.assert_close(block(x), plain)
    taken = watch.take_raw()
    assert list(taken) == list(expected)
    for name, (_, value, axis) in taken.items():
        torch.testing.assert_close(value, expected[name])
        assert axis == 1
    # A gradient reaches what is kept.
    watch.keeps_graph = True
    block(x).sum().backward(inputs=(kept := [value for _, value, _ in watch.take_raw().values()]))
    assert all(float(value.grad.abs().sum()) > 0 for value in kept)
    watch.close()


def test_prepare_makes_the_inputs_of_the_sweep(platform):
    data, model = make_data(), make_model()  # Channels last, which the model does not take.
    with noema.run("torch", data, watch=model, prepare=lambda x: np.moveaxis(x, -1, 1)) as run:
        run.start_epoch()
        run.end_epoch()
    assert len(platform.rows(1, OUTPUT)) == 50


def test_bfloat16_and_scalar_losses_are_taken(platform):
    data = channels_first()
    with noema.run("torch", data) as run:
        logits = torch.zeros(10, 3, dtype=torch.bfloat16, requires_grad=True)
        run.log(torch.arange(10), split="validation", logits=logits, loss=torch.tensor(2.0))
    metrics = {m.name: m.value for m in platform.ends()[0].epoch_end.metrics}
    assert metrics["validation_loss"] == 2.0
    assert len(platform.rows(1, OUTPUT)) == 10


def test_the_model_mode_says_the_split(platform):
    data, model = channels_first(), make_model()
    with noema.run("torch", data, watch=model, sweep=False) as run:
        x = torch.zeros(2, 1, 6, 6)
        model.train()
        run.log([0, 1], probabilities=model(x))
        model.eval()
        run.log([0, 1], probabilities=model(x))
    assert set(platform.rows(1, OUTPUT)) == {(s, i) for s in ("training", "validation") for i in ("0", "1")}


def test_a_torch_dataset_is_read_by_its_items(platform):
    class Squares(torch.utils.data.Dataset):
        def __len__(self):
            return 12

        def __getitem__(self, i):
            return torch.full((3, 9, 9), float(i)), i % 3

    data = noema.Dataset(training=Squares(), classes=["a", "b", "c"])
    assert repr(data) == "Dataset(training 12; x [3, 9, 9] float32; multi class of 3 classes)"
    ids, x, y = next(data.batches("training", 4))
    assert ids == [0, 1, 2, 3] and x.shape == (4, 3, 9, 9) and y.tolist() == [0, 1, 2, 0]
    noema.run("items", data).finish()
    (chunks,) = platform.chunks.values()
    assert len(chunks[0].visuals[0].files) == 12


def test_a_shuffled_loader_gives_the_ids_of_its_batches(platform):
    from noema.torch import WithIds

    x, y = np.random.default_rng(0).random((40, 6), dtype=np.float32), np.arange(40) % 3
    samples = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    loader = torch.utils.data.DataLoader(WithIds(samples), batch_size=7, shuffle=True)
    texts = [f"s{row}" for row in range(40)]
    named = torch.utils.data.DataLoader(WithIds(samples, texts), batch_size=7, shuffle=True)
    data = noema.Dataset(training=samples, validation={"x": x, "y": y, "id": texts})
    with noema.run("loader", data, progress=False) as run:
        for _ in run.epochs(1):
            for ids, (inputs, labels) in loader:
                assert torch.equal(labels, ids % 3)
                run.log(ids, logits=inputs[:, :3], split="training")
            for ids, (inputs, _) in named:
                run.log(ids, logits=inputs[:, :3], split="validation")
    rows = platform.rows(1, OUTPUT)
    assert len(rows) == 80
    for (split, key), values in rows.items():
        row = int(key.lstrip("s"))
        assert (split == "validation") == key.startswith("s") and len(values) == 1
        np.testing.assert_allclose(values[0], softmax(x[row : row + 1, :3])[0], rtol=1e-6)
    with pytest.raises(noema.DatasetError, match="there are 39 ids, but 40 samples"):
        WithIds(samples, texts[1:])

    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(samples)

    with pytest.raises(noema.DatasetError, match="a Stream has no positions"):
        WithIds(Stream())
