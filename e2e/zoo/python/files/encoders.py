"""What the encoders of a manifest give, by their documentation (docs/data-without-code.md)."""

import unicodedata
from math import gcd

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask
from scipy.io import wavfile
from scipy.signal import get_window, resample_poly


def spectrogram(spec, rows, files):
    """[n, frames, mels]: natural logarithms of the power in bands of the mel scale, standardised."""
    window, hop, rate = spec["window"], spec["hop"], spec["rate"]
    length = round(rate * spec["seconds"])
    hann = get_window("hann", window, fftbins=True)
    bands = slaney_bands(spec)

    def one(path):
        own, samples = wavfile.read(path)
        sound = samples / 2.0**15
        if own != rate:
            common = gcd(own, rate)
            sound = resample_poly(sound, rate // common, own // common)
        sound = np.pad(sound[:length], (0, max(0, length - len(sound))))
        padded = np.pad(sound, window // 2)
        frames = np.stack([padded[at : at + window] for at in range(0, length + 1, hop)])
        power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2
        return (np.log(np.maximum(power @ bands.T, 1e-10)) - spec["mean"]) / spec["std"]

    return np.stack([one(files / row[spec["column"]]) for row in rows])


def slaney_bands(spec):
    """[mels, 1 + window / 2]: triangles of equal area on Slaney's scale (Auditory Toolbox, 1998)."""
    to_mel = lambda f: np.where(
        f < 1000, 3 * f / 200, 15 + 27 * np.log(np.maximum(f, 1) / 1000) / np.log(6.4)
    )
    to_hertz = lambda m: np.where(m < 15, 200 * m / 3, 1000 * 6.4 ** ((m - 15) / 27))
    ends = to_mel(np.array([spec.get("low", 0.0), spec.get("high", spec["rate"] / 2)]))
    edges = to_hertz(np.linspace(*ends, spec["mels"] + 2))
    f = np.fft.rfftfreq(spec["window"], 1 / spec["rate"])
    left, centre, right = (edges[i : i + spec["mels"], None] for i in range(3))
    rising, falling = (f - left) / (centre - left), (right - f) / (right - centre)
    return 2 / (right - left) * np.maximum(0, np.minimum(rising, falling))


def words(spec, rows, files):
    """[n, length]: 2 + the place of a word in the vocabulary, 1 for another word, 0 behind the text."""
    known = {
        word: i + 2 for i, word in enumerate((files / spec["vocabulary"]).read_text().split("\n")) if word
    }
    out = np.zeros((len(rows), spec["length"]))
    for at, row in enumerate(rows):
        text = row[spec["column"]]
        parts = text.split(" ") if spec.get("split") == "spaces" else split_words(text)
        found = [known.get(word.lower(), 1) for word in parts][: spec["length"]]
        out[at, : len(found)] = found
    return out


def split_words(text):
    """Words of letters, with digits, marks and apostrophes inside; numbers, with one `.`, `,` or `:` between
    digits; every other sign that is no space."""
    kinds = [unicodedata.category(c)[0] for c in text] + ["Z"]
    at, found = 0, []
    while at < len(text):
        end = at + 1
        if kinds[at] == "L":
            while kinds[end] in "LMN" or (end < len(text) and text[end] in "'’"):
                end += 1
        elif kinds[at] == "N":
            while kinds[end] == "N" or (end < len(text) and text[end] in ".,:" and kinds[end + 1] == "N"):
                end += 1
        elif text[at].isspace():
            at = end
            continue
        found.append(text[at:end])
        at = end
    return found


def features(spec, rows, files):
    """[n, d]: standardised numbers, one number for each category, booleans."""
    columns = []
    for part in spec["columns"]:
        cells = [row[part["column"]] for row in rows]
        if "values" in part:
            columns += [[float(cell == value) for cell in cells] for value in part["values"]]
        elif "mean" in part:
            columns.append([0.0 if c is None else (c - part["mean"]) / part["std"] for c in cells])
        else:
            columns.append([float(bool(cell)) for cell in cells])
    return np.array(columns).T


def picture(spec, rows, files):
    """[n, height, width, channels]: pictures of that very size, as shares of 255."""
    pictures = [np.asarray(Image.open(files / row[spec["column"]]).convert("RGB")) for row in rows]
    assert all(p.shape == (spec["height"], spec["width"], 3) for p in pictures), "a picture is resized"
    scaled = np.stack(pictures) * spec.get("scale", 1 / 255)
    return (scaled - np.array(spec.get("mean", [0] * 3))) / np.array(spec.get("std", [1] * 3))


def classes(spec, rows, files):
    """[n] numbers of the classes."""
    return np.array([spec["values"].index(row[spec["column"]]) for row in rows])


def tags(spec, rows, files):
    """[n, length, tags]: the tag of each word; zeros behind the last word."""
    out = np.zeros((len(rows), spec["length"], len(spec["values"])), np.float32)
    for at, row in enumerate(rows):
        for i, tag in enumerate(row[spec["column"]].split(" ")[: spec["length"]]):
            out[at, i, spec["values"].index(tag)] = 1
    return out


def boxes(spec, rows, files):
    """[n, length, 5]: x, y, width, height as shares of the picture, and the class; -1 is no object."""
    out = np.zeros((len(rows), spec["length"], 5), np.float32)
    out[:, :, 4] = -1
    for at, row in enumerate(rows):
        for i, (label, *box) in enumerate(row[spec["column"]]["boxes"]):
            out[at, i] = [*box, spec["values"].index(label)]
    return out


def mask(spec, rows, files):
    """[n, height, width, 1 + classes]: the class of each pixel after the background."""
    out = np.zeros((len(rows), spec["height"], spec["width"], len(spec["values"]) + 1), np.float32)
    out[..., 0] = 1
    for at, row in enumerate(rows):
        for label, runs in row[spec["column"]]["runs"]:
            inside = coco_mask.decode(runs).astype(bool)
            out[at][inside] = np.eye(out.shape[-1])[spec["values"].index(label) + 1]
    return out


ENCODERS = {
    "spectrogram": spectrogram,
    "words": words,
    "features": features,
    "picture": picture,
    "classes": classes,
    "tags": tags,
    "boxes": boxes,
    "mask": mask,
}
