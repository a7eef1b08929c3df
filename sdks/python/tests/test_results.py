from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import logits_of, make_data
from fake_results import FAILED, QUEUED, RUNNING, SUCCEEDED

import noema
from noema._map_html import draw_map, place

PNG = b"\x89PNG\r\n\x1a\n and the rest"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def parse(html):
    tags = Tags()
    tags.feed(html)
    return tags


def require_self_contained(html):
    """Fails for anything that runs, or that a browser would fetch."""
    tags = parse(html)
    assert {tag for tag, _ in tags.found} <= {
        *("div", "style", "svg", "path", "span", "i", "b", "br", "a"),
        *("table", "tr", "th", "td", "img"),
    }
    for _, attributes in tags.found:
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("src", "data:image/png;base64,").startswith("data:image/png;base64,")
    assert "url(" not in html
    assert "@import" not in html
    return tags


def record(data, epochs=2, **options):
    with noema.run("digits", data, epochs=epochs, **options) as run:
        for epoch in run.epochs():
            for split, part in data.splits.items():
                rows = np.arange(len(part))
                logits = logits_of(split, rows, epoch)
                run.log(part.ids, split=split, logits=logits, embedding=logits)
    return run


def test_a_map_has_coordinates_in_the_order_of_the_dataset_version(platform, data):
    run = record(data)
    found = run.map()
    assert found.epoch == 2
    assert len(found) == 50
    xy = found.to_numpy()
    assert xy.dtype == np.float32
    np.testing.assert_array_equal(xy, np.stack([np.arange(50), -2.0 * np.arange(50)], axis=1))
    np.testing.assert_array_equal(run.map(1).to_numpy()[:, 1], -np.arange(50.0))


def test_the_columns_of_a_map_name_every_sample(platform, data):
    columns = record(data).map().to_columns()
    assert list(columns) == ["split", "id", "label", "predicted", "loss", "correct", "x", "y"]
    assert columns["split"].tolist() == ["training"] * 40 + ["validation"] * 10
    assert columns["id"].tolist() == [*map(str, range(40)), *map(str, range(10))]
    assert columns["label"].tolist()[:5] == ["a", "b", "c", None, "b"]
    assert columns["predicted"].tolist() == ["b"] * 50
    assert columns["correct"].tolist()[:3] == [False, True, False]
    assert np.isfinite(columns["loss"]).all()
    assert platform.results.pages == 4


def test_the_columns_of_a_map_are_of_the_named_output(platform, data):
    platform.results.outputs = ["digit", "next"]
    found = record(data).map()
    of_all, digit, after = found.to_columns(), found.to_columns("digit"), found.to_columns(output="next")
    assert list(of_all) == list(digit) == list(after)
    np.testing.assert_allclose(digit["loss"], of_all["loss"] / 4)
    np.testing.assert_allclose(after["loss"], of_all["loss"] / 2)
    assert digit["label"].tolist() == of_all["label"].tolist()
    assert after["label"].tolist()[:3] == ["b", "c", "a"]
    assert after["correct"].tolist()[:3] == [True, False, False]
    assert "output next" in parse(found.to_html("correct", output="next")).text
    assert found.to_html("correct", output="next") != found.to_html("correct")
    with pytest.raises(noema.NoemaError, match='no output "size"; it has digit, next') as caught:
        found.to_columns("size")
    assert caught.value.reason == "OUTPUT_NOT_FOUND"


def test_a_map_becomes_a_table_of_pandas(platform, data):
    pandas = pytest.importorskip("pandas")
    frame = record(data).map().to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.shape == (50, 8)
    assert frame.query("split == 'validation'").id.tolist() == list(map(str, range(10)))


def test_a_map_is_waited_for_while_it_is_computed(platform, data):
    run = record(data)
    platform.results.map_states = [None, QUEUED, RUNNING, SUCCEEDED]
    assert run.map().epoch == 2
    assert platform.results.map_states == [SUCCEEDED]


@pytest.mark.parametrize(
    ("change", "reason", "text"),
    [
        ({"map_states": [FAILED]}, "OUT_OF_MEMORY", "the layout needs 9 GiB"),
        ({"map_states": [None], "set_states": [FAILED]}, "JOB_CANCELLED", "activation set of epoch 2"),
        ({"map_states": [RUNNING]}, "MAP_TIMEOUT", "waits for the layout"),
        ({"map_states": [None], "set_states": [SUCCEEDED]}, "MAP_TIMEOUT", "waits for the neighbors"),
        (
            {"map_states": [None], "set_states": [], "partial_reason": "7 samples have no response"},
            "EPOCH_PARTIAL",
            "7 samples have no response",
        ),
        (
            {"map_states": [None], "set_states": [], "has_activations": False},
            "EPOCH_WITHOUT_ACTIVATIONS",
            "embedding=",
        ),
    ],
)
def test_a_map_that_will_not_come_is_an_error_with_its_reason(platform, data, change, reason, text):
    run = record(data)
    for name, value in change.items():
        setattr(platform.results, name, value)
    with pytest.raises(noema.NoemaError, match=re.escape(text)) as caught:
        run.map(timeout_s=0.3)
    assert caught.value.reason == reason


def test_an_epoch_that_has_not_ended_has_no_map(platform, data):
    run = record(data)
    with pytest.raises(noema.NoemaError, match="epoch 3 has not ended; the last one is 2"):
        run.map(3)
    with noema.run("other", data) as started, pytest.raises(noema.NoemaError, match="no epoch has ended"):
        started.map()


def test_a_run_that_was_not_delivered_has_no_map(platform, data):
    platform.stop()
    run = noema.run("digits", data, epochs=1)
    for _ in run.epochs():
        run.log(data.splits["validation"].ids, split="validation", logits=np.zeros((10, 3), np.float32))
    assert not run.finish(timeout_s=0.1)
    assert run.state == "ended, not all delivered"
    with pytest.raises(noema.NoemaError, match="noema sync") as caught:
        run.map()
    assert caught.value.reason == "NOT_DELIVERED"


def test_the_picture_of_a_map_has_a_dot_for_every_sample_and_escapes_names(platform, data):
    platform.results.class_names = ["<script>alert(1)</script>", '"b"', "c&d"]
    html = record(data).map()._repr_html_()
    tags = require_self_contained(html)
    dots = "".join(attributes["d"] for tag, attributes in tags.found if tag == "path")
    assert dots.count("M") == 50
    assert "<script>alert(1)</script>" in tags.text
    assert "prefers-color-scheme:dark" in html


def test_a_map_is_coloured_by_what_is_asked_for(platform, data):
    found = record(data).map()
    assert "loss: " in parse(found.to_html("loss")).text
    assert "correct: " in parse(found.to_html("correct")).text
    with pytest.raises(noema.NoemaError, match="this map has label, predicted, loss, correct"):
        found.to_html("colour")


def test_a_large_map_is_drawn_as_a_stated_sample():
    xy = np.random.default_rng(3).normal(size=(10_001, 2)).astype(np.float32)
    html = draw_map(xy, title="Epoch 1", color="", values=None, names=None, dots=10_000)
    assert html.count("h0") == 10_000
    assert "10,000 of them are drawn, chosen at random with seed 0" in html
    assert html == draw_map(xy, title="Epoch 1", color="", values=None, names=None, dots=10_000)


@pytest.mark.parametrize("values", [[np.nan] * 4, [1.0] * 4, [0.0, 1.0, np.nan, 5.0]])
def test_numbers_of_any_kind_colour_every_dot(values):
    xy = np.zeros((4, 2), dtype=np.float32)
    html = draw_map(xy, title="", color="loss", values=np.array(values), names=None, dots=10)
    assert html.count("h0") == 4


def test_positions_keep_the_shape_of_the_map_and_lie_in_the_picture():
    spots = place(np.array([[0, 0], [10, 0], [0, 5]], dtype=np.float32))
    np.testing.assert_allclose(spots[1, 0] - spots[0, 0], 2 * (spots[0, 1] - spots[2, 1]))
    assert (spots >= 0).all()
    assert (spots <= [640, 480]).all()


def test_similar_samples_come_nearest_first_with_what_the_model_says(platform, data):
    run = record(data)
    found = run.similar("38", k=3, split="training")
    assert [(row["split"], row["id"]) for row in found] == [
        ("training", "39"),
        ("validation", "0"),
        ("validation", "1"),
    ]
    columns = found.to_columns()
    assert list(columns) == [
        *("rank", "split", "id", "label", "predicted", "loss", "correct", "distance", "similarity")
    ]
    assert columns["rank"].tolist() == [1, 2, 3]
    assert columns["predicted"].tolist() == ["b"] * 3
    assert columns["label"].tolist() == [None] * 3
    assert "3 samples nearest to training 38" in repr(found)


def test_several_samples_of_any_split_are_one_query(platform, data):
    run = record(data)
    # Ids 10 and above are in the training split alone.
    found = run.similar([20, 22], k=2)
    assert [row["id"] for row in found] == ["21", "23"]


@pytest.mark.parametrize(
    ("ids", "options", "reason"),
    [
        ("nobody", {}, "SAMPLE_ID_UNKNOWN"),
        ("3", {}, "SPLIT_AMBIGUOUS"),
        ("3", {"split": "tests"}, "SPLIT_UNKNOWN"),
        ([], {}, "SAMPLE_ID_MISSING"),
        ("30", {"k": 0}, "K_INVALID"),
        ("30", {"k": 1001}, "K_INVALID"),
    ],
)
def test_a_wrong_query_is_an_error_with_its_reason(platform, data, ids, options, reason):
    run = record(data)
    with pytest.raises(noema.NoemaError) as caught:
        run.similar(ids, **options)
    assert caught.value.reason == reason


def test_a_sample_outside_of_the_population_cannot_be_searched_by(platform):
    data = make_data(training_rows=5)
    run = record(data)
    outside = next(i for i in range(10, 40) if i not in data.splits["training"].population)
    with pytest.raises(noema.NoemaError, match="training_rows=") as caught:
        run.similar(outside)
    assert caught.value.reason == "SAMPLE_NOT_RECORDED"


def test_the_table_of_similar_samples_has_pictures_and_escapes_ids(platform):
    ids = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "c"]
    x = np.zeros((3, 6, 6, 1), dtype=np.float32)
    data = noema.Dataset(validation={"id": ids, "x": x, "y": [0, 1, 2]}, classes=["a", "b", "c"])
    html = record(data).similar("c")._repr_html_()
    tags = require_self_contained(html)
    assert sum(tag == "img" for tag, _ in tags.found) == 3
    for text in ids:
        assert text in tags.text


@pytest.mark.parametrize(
    ("visual", "shown"),
    [
        (("text/plain; charset=utf-8", b"<b>a text</b>"), "<b>a text</b>"),
        (("image/svg+xml", b"<svg onload='alert(1)'/>"), ""),
        (("image/png", b"not a picture"), ""),
        (None, ""),
    ],
)
def test_other_visuals_than_pictures_are_text_or_nothing(platform, data, visual, shown):
    platform.results.visual = visual
    tags = require_self_contained(record(data).similar("30", k=1)._repr_html_())
    assert all(tag != "img" for tag, _ in tags.found)
    assert shown in tags.text
    assert "alert" not in tags.text


def test_a_run_says_its_state_epochs_and_address(platform, data):
    run = noema.run("<b>digits", data, epochs=3)
    assert repr(run) == 'Run("<b>digits", recording, 0 of 3 epochs)'
    run.start_epoch()
    run.log(data.splits["validation"].ids, split="validation", logits=np.zeros((10, 3), np.float32))
    run.finish(error="ValueError: <script>")
    assert repr(run) == 'Run("<b>digits", ended by ValueError: <script>, all delivered, 1 of 3 epochs)'
    tags = require_self_contained(run._repr_html_())
    assert "<b>digits" in tags.text
    assert "ValueError: <script>" in tags.text


def test_the_samples_with_the_highest_loss_come_first(platform, data):
    run = record(data)
    found = run.samples(20)
    assert (len(found), found.total) == (20, 50)
    losses = found.to_columns()["loss"]
    assert (np.diff(losses) <= 0).all()
    assert losses[0] == run.map().to_columns()["loss"].max()
    assert [one.page_size for one in platform.results.asked] == [20, 4]
    assert "20 of 50 samples" in parse(found._repr_html_()).text
    require_self_contained(found._repr_html_())


def test_samples_wait_until_the_platform_has_stored_the_epoch(platform, data):
    run = record(data)
    platform.results.late_answers = 2
    assert run.samples(1).total == 50


def test_samples_are_filtered_and_ordered_by_the_platform(platform, data):
    record(data).samples(1, filter="correct = false", order_by="row")
    asked = platform.results.asked[0]
    assert (asked.filter, asked.order_by, asked.page_size) == ("correct = false", "row", 1)
    with pytest.raises(noema.NoemaError, match="n is 0"):
        record(data).samples(0)


def test_samples_and_similar_ones_are_of_the_named_output(platform, data):
    run = record(data)
    run.samples(1, output="parity")
    run.similar("38", k=3, split="training", output="parity")
    assert [one.output for one in platform.results.asked] == ["parity", "parity"]
    platform.results.asked.clear()
    run.samples(1)
    assert platform.results.asked[0].output == ""


def test_the_analysis_of_a_sample_is_waited_for(platform, data):
    run = record(data)
    found = run.analyze("30", methods=["grad-cam"], classes=[1])
    asked = platform.results.asked[0]
    assert (asked.sample.sample_id, asked.epoch) == ("30", 2)
    assert (list(asked.settings.methods), list(asked.settings.classes)) == (["grad-cam"], [1])
    assert [(one.method, one.target, one.warning) for one in found] == [
        ("grad-cam", "a", ""),
        ("loss-gradient", "loss", "no better than a random mask"),
    ]
    assert found.sample == ("training", "30")
    assert found[0].read_png().startswith(b"\x89PNG")
    assert found.units()[0]["unit"] == 3
    assert repr(found) == "Analysis(training 30, epoch 2, 2 heat maps)"


def test_an_analysis_names_the_output_that_it_explains(platform, data):
    record(data).analyze("30", output="parity")
    assert platform.results.asked[0].settings.output == "parity"


def test_an_analysis_without_settings_leaves_them_to_the_platform(platform, data):
    record(data).analyze("30")
    assert not platform.results.asked[0].HasField("settings")


def test_an_analysis_shows_pictures_warnings_and_units_and_escapes_names(platform, data):
    platform.results.class_names = ["<script>alert(1)</script>", "b", "c"]
    tags = require_self_contained(record(data).analyze("30")._repr_html_())
    assert sum(tag == "img" for tag, _ in tags.found) == 2
    for text in ("<script>alert(1)</script>", "<conv>", "no better than a random mask", "3 (+0.25)"):
        assert text in tags.text


def test_an_analysis_that_fails_is_an_error_with_its_reason(platform, data):
    run = record(data)
    platform.results.analysis_states = [RUNNING, FAILED]
    with pytest.raises(noema.NoemaError, match="the gradients need 9 GiB") as caught:
        run.analyze("30")
    assert caught.value.reason == "OUT_OF_MEMORY"
    platform.results.analysis_states = [RUNNING]
    with pytest.raises(noema.NoemaError, match="has no analysis after") as caught:
        run.analyze("30", timeout_s=0.3)
    assert caught.value.reason == "ANALYSIS_TIMEOUT"
    with pytest.raises(noema.NoemaError, match="2 samples were given"):
        run.analyze(["30", "31"])


def test_a_stored_run_has_the_results_of_its_newest(platform, data):
    recorded = record(data)
    found = noema.open_run("digits")
    assert repr(found) == 'StoredRun("digits", run-2)'
    assert noema.open_run("run-1").id == "run-1"
    np.testing.assert_array_equal(found.map().to_numpy(), recorded.map().to_numpy())
    assert [row["id"] for row in found.similar(20, k=2)] == ["21", "22"]
    assert found.similar("3", k=1, split="validation").queries == [("validation", "3")]
    assert found.samples(1).to_columns()["loss"] == recorded.samples(1).to_columns()["loss"]
    assert len(found.analyze(20)) == 2


def test_the_objects_of_an_epoch_become_a_dataset_version(platform, data):
    record(data)
    found = noema.open_run("run-1")
    assert found.objects() == "objects of run-1-2"
    assert found.objects(1, name="crops") == "objects of run-1-1"
    assert [one.display_name for one in platform.integrations.values()][-2:] == ["", "crops"]
    with pytest.raises(noema.NoemaError, match="no epoch has ended yet"):
        found.objects(0)


@pytest.mark.parametrize(
    ("ids", "split", "reason"),
    [
        ("nobody", None, "SAMPLE_ID_UNKNOWN"),
        ("3", None, "SPLIT_AMBIGUOUS"),
        ("3", "tests", "SPLIT_UNKNOWN"),
        ([], None, "SAMPLE_ID_MISSING"),
    ],
)
def test_a_wrong_query_of_a_stored_run_is_an_error_with_its_reason(platform, data, ids, split, reason):
    record(data)
    with pytest.raises(noema.NoemaError) as caught:
        noema.open_run("digits").similar(ids, split=split)
    assert caught.value.reason == reason


def test_an_unknown_run_is_an_error_that_lists_runs(platform, data):
    with pytest.raises(noema.NoemaError, match='there is no run "letters"; runs: digits'):
        noema.open_run("letters")
