from __future__ import annotations

import json

import numpy as np
import pytest

from noema.integration import Audio, Bars, IntegrationError, Series, Span, Spans, Text


def stored(visual):
    media_type, content = visual.encode()
    return media_type.removeprefix("application/vnd.noema.").removesuffix("+json"), json.loads(content)


def test_offsets_of_tokens_are_counted_as_a_browser_counts():
    text = "a 😀 b"
    assert stored(Text(text, [(0, 1), (2, 3), (4, 5), (0, 0), None])) == (
        "tokens",
        {"text": text, "offsets": [[0, 1], [2, 4], [5, 6], [0, 0], None]},
    )
    for offset in ((0, 6), (2, 1), (0,), 7, (0, 0.5)):
        with pytest.raises(IntegrationError, match="offset 0 is"):
            Text(text, [offset]).encode()


def test_spans_have_the_index_of_their_class():
    spans = [Span(0, 3, "who"), {"start": 7, "end": 12, "label": "place", "score": 0.5, "predicted": True}]
    assert stored(Spans("Ann in 😀Rome", spans, labels=["who", "place"])) == (
        "spans",
        {
            "text": "Ann in 😀Rome",
            "labels": ["who", "place"],
            "spans": [
                {"start": 0, "end": 3, "label": 0},
                {"start": 7, "end": 13, "label": 1, "score": 0.5, "predicted": True},
            ],
        },
    )


def test_spans_keep_the_places_of_the_tokens():
    kind, value = stored(Spans("😀 Rome", [Span(2, 6, "place")], offsets=[None, (0, 1), (2, 6)]))
    assert (kind, value["offsets"]) == ("spans", [None, [0, 2], [3, 7]])
    with pytest.raises(IntegrationError, match="offset 0 is"):
        Spans("Rome", [], offsets=[(0, 5)]).encode()


@pytest.mark.parametrize(
    ("span", "message"),
    [
        (Span(0, 4, "who"), "span 0 is"),
        (Span(2, 2, "who"), "span 0 is"),
        (Span(0, 1, 7), "span 0 is"),
        (Span(0, 1, "who", 2), "the score of span 0 is 2"),
        (Span(0, 1, "cow"), '"cow" is not one of the labels who'),
        (7, "span 0 is"),
        ({"start": "0", "end": 1, "label": "who"}, "span 0 is"),
    ],
)
def test_a_span_that_is_none_is_refused(span, message):
    with pytest.raises(IntegrationError, match=message):
        Spans("Ann", [span], labels=["who"]).encode()


def test_bars_have_one_number_for_each_name_or_none():
    assert stored(Bars({"cat": np.float32(0.5), "dog": float("nan")}, unit="%")) == (
        "bars",
        {"labels": ["cat", "dog"], "values": [0.5, None], "unit": "%"},
    )
    with pytest.raises(IntegrationError, match='the bar "cat" has no number'):
        Bars({"cat": "x"}).encode()


def test_a_series_has_an_axis_where_one_is_given():
    assert stored(Series({"a": [1, 2]})) == ("series", {"series": {"a": [1, 2]}})
    axis = stored(Series({"a": [1, 2]}, step=0.5, unit="s"))[1]["axis"]
    assert axis == {"unit": "s", "start": 0, "step": 0.5}
    assert stored(Series({"a": [1]}, at=np.array([3])))[1]["axis"] == {"unit": "", "at": [3]}
    for axis in ({"step": 0}, {"step": float("nan")}, {"at": [float("inf")]}):
        with pytest.raises(IntegrationError, match="series"):
            Series({"a": [1]}, **axis).encode()


def test_sound_is_stored_as_the_sdk_for_javascript_stores_it():
    media_type, content = Audio([0, 0.5, -1, 1, 2, float("nan")], sample_rate=8000).encode()
    assert media_type == "audio/wav"
    assert content.hex() == (
        "524946463000000057415645666d74201000000001000100401f0000803e000002001000646174610c000000"
        "000000400080ff7fff7f0000"
    )
    stereo = np.array([[1, -2], [3, 4]], dtype=np.int16)
    assert Audio(stereo, 44_100).encode().content[44:] == stereo.tobytes()


@pytest.mark.parametrize(
    ("samples", "rate", "message"),
    [
        (np.zeros((2, 3)), 8000, r"not \[2, 3\]"),
        ([0], 0, "the sample rate is 0"),
        ([0], 1.5, "the sample rate is 1.5"),
        (["a"], 8000, "sound"),
        (np.zeros(2**23), 8000, "8388608 numbers"),
    ],
)
def test_sound_of_another_form_is_refused(samples, rate, message):
    with pytest.raises(IntegrationError, match=message):
        Audio(samples, rate).encode()
