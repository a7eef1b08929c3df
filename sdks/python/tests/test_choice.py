from __future__ import annotations

import numpy as np
import pytest

from noema._choice import SAMPLE_BYTES, choose_layers
from noema._records import OUTPUT, RESPONSE_MAX, RESPONSE_MEAN, Samples, encode
from noema._responses import Layer


def layers_of(*units, positions=(7, 7)):
    convs = [Layer(f"conv{i}", "Conv2d", n, positions) for i, n in enumerate(units)]
    return [*convs, Layer("fc", "Linear", 10, ())]


RESNET_18 = layers_of(*[64] * 5, *[128] * 5, *[256] * 5, *[512] * 5)


def test_a_small_network_is_recorded_whole_in_16_bits():
    layers = layers_of(16, 32, 64)
    choice = choose_layers(layers)
    assert choice.names == {layer.name for layer in layers}
    assert not choice.is_small
    assert choice.note == ""


def test_a_network_that_fits_in_8_bits_keeps_all_layers():
    choice = choose_layers(layers_of(256, 256, 256))
    assert choice.is_small
    assert len(choice.names) == 4
    assert choice.note == "all 4 layers with learned units are recorded, in 8 bits: 1,546 bytes a sample"


def test_a_resnet_18_is_recorded_at_all_depths_below_the_limit():
    choice = choose_layers(RESNET_18)
    taken = [i for i, layer in enumerate(RESNET_18) if layer.name in choice.names]
    assert sum(RESNET_18[i].units * 2 for i in taken) <= SAMPLE_BYTES
    assert len(RESNET_18) - 2 in taken and 0 in taken
    assert max(b - a for a, b in zip(taken, taken[1:])) <= 10
    assert choice.note.startswith(f"{len(taken)} of 21 layers with learned units are recorded, in 8 bits")


def test_the_last_hidden_layer_is_recorded_even_above_the_limit():
    layers = [Layer(f"fc{i}", "Linear", 4096, ()) for i in range(3)]
    assert choose_layers(layers).names == {"fc1"}
    assert choose_layers(layers[:1]).names == {"fc0"}


def small_samples(mean):
    columns = {(RESPONSE_MEAN, "a"): mean, (OUTPUT, ""): np.ones((len(mean), 2), dtype=np.float32)}
    ids = [str(i) for i in range(len(mean))]
    return Samples(1, "training", ids, False, columns, small=frozenset({"a"}))


def test_8_bits_have_the_range_of_each_unit_in_255_steps():
    numbers = np.random.default_rng(0)
    mean = numbers.normal(size=(300, 4)).astype(np.float32) * np.array([1, 100, 0, 1e30], dtype=np.float32)
    mean[:, 2] = 7
    (record,) = encode(small_samples(mean))
    by_content = {column.content: column for column in record.samples.columns}
    column = by_content[RESPONSE_MEAN]
    assert column.data_type == 2 and len(column.data) == mean.size
    assert by_content[OUTPUT].data_type == 1
    low, steps = np.array(column.steps, dtype=np.float32).reshape(2, -1)
    found = low + steps * np.frombuffer(column.data, np.uint8).reshape(mean.shape)
    assert np.array_equal(found[:, 2], mean[:, 2])
    assert (np.abs(found - mean) <= 0.51 * (mean.max(axis=0) - mean.min(axis=0)) / 255).all()


def test_a_range_that_is_no_float32_is_sent_as_float32():
    mean = np.array([[-3e38], [3e38]], dtype=np.float32)
    (record,) = encode(small_samples(mean))
    assert record.samples.columns[0].data_type == 1


def test_records_of_8_bits_are_filled_by_what_they_take():
    wide = np.random.default_rng(0).random((1500, 1024), dtype=np.float32)
    records = list(encode(small_samples(wide)))
    assert [len(record.samples.sample_ids) for record in records] == [1500]
    assert len(list(encode(small_samples(np.tile(wide, 2))))) == 2


@pytest.mark.parametrize("layers", [None, "all"])
def test_a_large_watched_network_says_what_it_records(platform, capsys, layers):
    torch = pytest.importorskip("torch")
    import noema

    numbers = np.random.default_rng(0)
    x = numbers.random((60, 1, 8, 8), dtype=np.float32)
    y = numbers.integers(0, 3, 60)
    data = noema.Dataset(training=(x[:40], y[:40]), validation=(x[40:], y[40:]), classes=["a", "b", "c"])
    torch.manual_seed(0)
    widths = [1, *[256] * 6]
    convs = [torch.nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths, widths[1:])]
    model = torch.nn.Sequential(*convs, torch.nn.Flatten(), torch.nn.Linear(256 * 64, 3)).eval()
    with noema.run("wide", data, watch=model, layers=layers) as run:
        run.start_epoch()
        run.end_epoch()
    request = platform.runs[platform.only_run()]
    names = [layer.name for layer in request.layers]
    last_hidden = platform.rows(1, RESPONSE_MAX, layer="5")
    assert len(last_hidden) == 60
    with torch.no_grad():
        expected = model[:6](torch.from_numpy(x[40:])).amax(dim=(2, 3)).numpy()
    found = np.stack([last_hidden[("validation", str(i))][-1] for i in range(20)])
    printed = capsys.readouterr().out
    if layers is None:
        assert names == ["0", "3", "4", "5", "7"]
        assert request.layers_note == (
            "5 of 7 layers with learned units are recorded, in 8 bits: 2,051 bytes a sample"
        )
        assert request.layers_note in printed
        assert (np.abs(found - expected) <= 0.51 * np.ptp(expected, axis=0) / 255 + 1e-6).all()
    else:
        assert len(names) == 7
        assert request.layers_note == "" and "8 bits" not in printed
        np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-4)
