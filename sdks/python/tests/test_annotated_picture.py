from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from noema.integration import Box, ImageWithBoxes, ImageWithMask, IntegrationError

PICTURE = np.zeros((20, 30, 3), dtype=np.uint8)
SMALL = np.zeros((3, 4), dtype=np.uint8)
MASK = np.array([[0, 1, 1, 0], [2, 1, 0, 0], [2, 2, 0, 1]])
LABELS = ["nothing", "cat", "dog"]
CAT = Box("cat", 2, 3, 10, 5)


def chunks(png: bytes) -> dict[str, bytes]:
    found, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        body = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(
            png[at + 4 : at + 8] + body
        )
        found[png[at + 4 : at + 8].decode()] = body
        at += 12 + length
    return found


def test_boxes_are_stored_in_the_picture_as_the_sdk_for_javascript_stores_them():
    dog = {"label": "dog", "x": 2.0, "y": np.float32(3), "width": 10, "height": 5, "angle": 30}
    visual = ImageWithBoxes(PICTURE, [CAT, {**dog, "score": 0.5, "predicted": True}]).encode()
    assert visual.media_type == "image/vnd.noema.boxes+png"
    found = chunks(visual.content)
    assert list(found) == ["IHDR", "noMa", "IDAT", "IEND"]
    assert found["noMa"].decode() == (
        '{"width":30,"height":20,"labels":["cat","dog"],"boxes":[{"label":0,"x":2,"y":3,"width":10,'
        '"height":5},{"label":1,"x":2,"y":3,"width":10,"height":5,"angle":30,"score":0.5,"predicted":true}]}'
    )


def test_masks_are_stored_as_runs_of_each_class_and_object():
    visual = ImageWithMask(SMALL, MASK, LABELS).encode()
    assert visual.media_type == "image/vnd.noema.mask+png"
    assert chunks(visual.content)["noMa"].decode() == (
        '{"width":4,"height":3,"labels":["nothing","cat","dog"],"regions":[{"label":1,"runs":[1,2,2,1,5,1]},'
        '{"label":2,"runs":[4,1,3,2]}]}'
    )
    instances = np.array([[0, 1, 1, 0], [7, 1, 0, 0], [7, 7, 0, 2]])
    visual = ImageWithMask(SMALL, MASK, LABELS, instances=instances, predicted=MASK, background=[0, 2])
    assert chunks(visual.encode().content)["noMa"].decode() == (
        '{"width":4,"height":3,"labels":["nothing","cat","dog"],"regions":[{"label":1,"instance":1,'
        '"runs":[1,2,2,1]},{"label":1,"instance":2,"runs":[11,1]},{"label":1,"runs":[1,2,2,1,5,1],'
        '"predicted":true}]}'
    )


@pytest.mark.parametrize(
    ("box", "message"),
    [
        (CAT._replace(x=float("nan")), '"x" of box 0 is nan'),
        (CAT._replace(width=-1), '"width" of box 0 is -1'),
        (CAT._replace(score=1.5), '"score" of box 0 is 1.5'),
        (CAT._replace(label=7), "the label of box 0"),
        (CAT._replace(label="cow"), '"cow" is not one of the labels cat'),
        ({"label": "cat"}, "box 0 is"),
        (7, "box 0 is"),
    ],
)
def test_a_box_that_is_none_is_refused(box, message):
    with pytest.raises(IntegrationError, match=message):
        ImageWithBoxes(PICTURE, [box], labels=["cat"]).encode()


@pytest.mark.parametrize(
    ("mask", "options", "message"),
    [
        ([[1, 2]], {}, r"the mask has the shape \[1, 2\], but the picture has \[3, 4\]"),
        (MASK / 2, {}, "the mask has the number 0.5; give whole numbers"),
        (MASK + 1, {}, "the mask has the number 3, but there are 3 labels"),
        (MASK, {"predicted": [[1]]}, "the predicted mask has the shape"),
        (MASK, {"instances": [[1]]}, "the instances of the mask has the shape"),
        (MASK, {"labels": "cat"}, "the labels must be at most"),
    ],
)
def test_a_mask_that_is_none_is_refused(mask, options, message):
    with pytest.raises(IntegrationError, match=message):
        ImageWithMask(SMALL, mask, **{"labels": LABELS, **options}).encode()
