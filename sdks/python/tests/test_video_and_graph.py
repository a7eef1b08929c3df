from __future__ import annotations

import io
import json

import numpy as np
import pytest

from noema.integration import Graph, IntegrationError, Video


def read_annotation(png):
    at = png.index(b"noMa")
    return json.loads(png[at + 4 : at + 4 + int.from_bytes(png[at - 4 : at], "big")])


def test_a_video_is_one_picture_of_all_frames():
    picture = pytest.importorskip("PIL.Image")
    frames = np.zeros((5, 2, 2), np.uint8)
    frames += np.arange(5, dtype=np.uint8)[:, None, None] * 10
    media_type, content = Video(frames, frames_per_second=4).encode()
    assert media_type == "image/vnd.noema.video+png"
    assert read_annotation(content) == {
        "frameCount": 5,
        "columns": 3,
        "width": 2,
        "height": 2,
        "framesPerSecond": 4,
    }
    sheet = np.asarray(picture.open(io.BytesIO(content)))
    assert sheet.tolist() == [[0, 0, 10, 10, 20, 20]] * 2 + [[30, 30, 40, 40, 0, 0]] * 2
    assert Video([frame for frame in frames], 4).encode().content == content


@pytest.mark.parametrize("frames", [[1, 2], np.zeros((2, 2, 2, 5)), np.zeros((1001, 1, 1)), "film"])
def test_a_video_that_is_none_is_refused(frames):
    with pytest.raises(IntegrationError) as raised:
        Video(frames).encode()
    assert raised.value.reason == "VISUAL_INVALID"


def test_a_graph_is_stored_as_the_other_sdk_stores_it():
    graph = Graph(
        ["C", "O"], [(1, 0, 2)], groups=["atom", None], positions=np.array([[0, 0.5], [1, 0]]), directed=True
    )
    media_type, content = graph.encode()
    assert media_type == "application/vnd.noema.graph+json"
    assert content.decode() == (
        '{"names":["C","O"],"groups":["atom"],"nodeGroups":[0,-1],"positions":[[0,0.5],[1,0]],"edges":'
        '[[1,0,2]],"directed":true}'
    )


@pytest.mark.parametrize(
    ("edges", "options"),
    [
        ([(0, 2)], {}),
        ([(0,)], {}),
        ([(0, 1, -1)], {}),
        ([], {"groups": ["a"]}),
        ([], {"positions": [[0, 1]]}),
        ([], {"positions": [[0, 1], [np.nan, 0]]}),
    ],
)
def test_a_graph_that_is_none_is_refused(edges, options):
    with pytest.raises(IntegrationError) as raised:
        Graph(["a", "b"], edges, **options).encode()
    assert raised.value.reason == "VISUAL_INVALID"
