"""Emoji at random places of pictures, with the box and the mask of each, in the form of COCO."""

import json

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

from data_kinds.emoji import package

SOURCE = "npm emoji-datasource-twitter 16.0.0, put on pictures"
LICENCE = "MIT (pictures: Twemoji, CC BY 4.0)"
CATEGORIES = ["Animals & Nature", "Food & Drink", "Flags"]
SIDE, PICTURES, OPAQUE = 48, 480, 127


def write(folder, segmented):
    """Pictures of one to three emoji that do not overlap, their annotations, and the records."""
    source = package("emoji-datasource-twitter", "16.0.0")
    entries = json.loads((source / "emoji.json").read_text())
    named = {c: [e["image"] for e in entries if e["category"] == c][:150] for c in CATEGORIES}
    rng, records = np.random.default_rng(5), []
    for split, share in (("training", 0.75), ("validation", 0.25)):
        (folder / split).mkdir(parents=True, exist_ok=True)
        images, annotations = [], []
        for at in range(int(PICTURES * share)):
            name = f"{at:03}.png"
            objects = [
                place(rng, source / "img/twitter/64", named, x)
                for x in rng.permutation(3)[: rng.integers(1, 4)]
            ]
            ground = Image.fromarray(noise(rng))
            for emoji, _, corner in objects:
                ground.paste(emoji, corner, emoji)
            ground.save(folder / split / name)
            images.append({"id": at, "file_name": name, "width": SIDE, "height": SIDE})
            found = [described(emoji, label, corner) for emoji, label, corner in objects]
            for label, box, runs in found:
                annotations.append(
                    {
                        "id": len(annotations),
                        "image_id": at,
                        "category_id": CATEGORIES.index(label) + 1,
                        "bbox": box,
                        "area": box[2] * box[3],
                        "iscrowd": 0,
                        **({"segmentation": runs} if segmented else {}),
                    }
                )
            path = f"{split}/{name}"
            shares = [(label, *(v / SIDE for v in box)) for label, box, _ in found]
            value = {"boxes": shares, "runs": [(label, runs) for label, _, runs in found]}
            records.append({"id": path, "split": split, "image": path, "objects": value})
        content = {
            "images": images,
            "annotations": annotations,
            "categories": [{"id": i + 1, "name": name} for i, name in enumerate(CATEGORIES)],
        }
        (folder / split / "_annotations.coco.json").write_text(json.dumps(content))
    return sorted(records, key=lambda record: record["id"])


def place(rng, folder, named, slot):
    """An emoji of 14 to 22 pixels, its category, and its corner in one of three places of the picture."""
    label = CATEGORIES[rng.integers(len(CATEGORIES))]
    side = int(rng.integers(14, 23))
    emoji = Image.open(folder / named[label][rng.integers(len(named[label]))]).convert("RGBA")
    left, top = [(0, 0), (24, 0), (12, 24)][slot]
    corner = (left + int(rng.integers(0, 25 - side)), top + int(rng.integers(0, 25 - side)))
    return emoji.resize((side, side), Image.LANCZOS), label, corner


def noise(rng):
    """A background of one light color with noise, [side, side, 3] uint8."""
    return np.clip(rng.integers(150, 256, 3) + rng.normal(0, 8, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)


def described(emoji, label, corner):
    """Category, box in pixels, and mask as runs of the opaque pixels."""
    inside = np.zeros((SIDE, SIDE), np.uint8, order="F")
    opaque = np.asarray(emoji)[:, :, 3] > OPAQUE
    inside[corner[1] : corner[1] + emoji.height, corner[0] : corner[0] + emoji.width] = opaque
    runs = coco_mask.encode(inside)
    box = [float(v) for v in coco_mask.toBbox(runs)]
    return label, box, {"size": [SIDE, SIDE], "counts": runs["counts"].decode("ascii")}
