"""What the default choice of layers costs: a ResNet-18 learns digits, and the vectors of the recorded layers are
held against those of all layers. Needs torch and scipy; takes ten minutes on two cores.

`recorded_layers.py DATA responses.npz`: DATA has the digits of `make bench`; the responses are kept in the file
and read from it the next time. Prints megabytes of records for 10,000 samples, rank correlation of distances,
overlap with the 15 nearest, and label agreement with them.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.linalg import eigh

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sdks" / "python" / "src"))
from noema._choice import choose_layers  # noqa: E402
from noema._records import LOSS, OUTPUT, RESPONSE_MAX, RESPONSE_MEAN, Samples, encode  # noqa: E402
from noema._responses import Layer  # noqa: E402

from data import images, labels  # noqa: E402

LEARNED, HELD = slice(0, 2560), slice(8000, 9500)


def resnet_18(torch):
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, before, units, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(before, units, 3, stride, 1, bias=False)
            self.bn1, self.bn2 = nn.BatchNorm2d(units), nn.BatchNorm2d(units)
            self.conv2 = nn.Conv2d(units, units, 3, 1, 1, bias=False)
            self.relu, self.downsample = nn.ReLU(inplace=True), None
            if stride > 1:
                self.downsample = nn.Sequential(
                    nn.Conv2d(before, units, 1, stride, bias=False), nn.BatchNorm2d(units)
                )

        def forward(self, x):
            y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
            return self.relu(y + (x if self.downsample is None else self.downsample(x)))

    def stage(before, units, stride):
        return nn.Sequential(Block(before, units, stride), Block(units, units, 1))

    return nn.Sequential(
        *(nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)),
        *(stage(64, 64, 1), stage(64, 128, 2), stage(128, 256, 2), stage(256, 512, 2)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10)),
    )


def record_responses(data):
    """Trains one epoch, and returns mean and maximum of every layer with learned units for held samples."""
    import torch
    from noema.torch import ModuleWatch

    torch.manual_seed(0)
    x = np.repeat(np.moveaxis(images(data)[:10_000], -1, 1), 3, axis=1)
    y = torch.from_numpy(labels(data)[:10_000].astype(np.int64))
    model = resnet_18(torch)
    optimizer = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)
    for rows in torch.randperm(LEARNED.stop).split(64):
        loss = torch.nn.functional.cross_entropy(model(torch.from_numpy(x[rows.numpy()])), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    watch, parts = ModuleWatch(model), []
    with watch.inference() as predict:
        for start in range(HELD.start, HELD.stop, 250):
            predict(x[start : start + 250])
            parts.append({f"{r.layer}|{c}": v.numpy() for r in watch.take() for c, v in r.parts})
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def to_vectors(blocks):
    """Standardised units, balanced layers, 64 principal components."""
    total = 0
    for block in blocks:
        varying = block.std(axis=0) > 1e-7
        z = (block[:, varying] - block[:, varying].mean(axis=0)) / block[:, varying].std(axis=0)
        products = z @ z.T
        total = total + products / first_eigenvalue(products)
    values, components = eigh(total, subset_by_index=[len(total) - 64, len(total) - 1])
    return components * np.sqrt(np.maximum(values, 0))


def first_eigenvalue(products):
    vector = np.random.default_rng(0).normal(size=len(products)).astype(np.float32)
    for _ in range(30):
        vector = products @ (vector / np.linalg.norm(vector))
    return np.linalg.norm(vector)


def nearest(vectors, k=15):
    squares = (vectors**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * vectors @ vectors.T
    np.fill_diagonal(distances, np.inf)
    return np.argpartition(distances, k, axis=1)[:, :k]


def rank(values):
    return values.argsort().argsort()


def main(data, path):
    if not Path(path).exists():
        np.savez(path, **record_responses(data))
    found = np.load(path)
    y = labels(data)[HELD]
    names = list(dict.fromkeys(key.split("|")[0] for key in found.files if "|" in key))

    def columns(name):
        return {(c, name): found[f"{name}|{c}"] for c in (RESPONSE_MEAN, RESPONSE_MAX) if f"{name}|{c}" in found}

    layers = [Layer(n, "", found[f"{n}|3"].shape[1], (1,) if len(columns(n)) > 1 else ()) for n in names]
    choice = choose_layers(layers)
    numbers = np.random.default_rng(0)
    a, b = numbers.integers(0, len(y), (2, 8000))
    reference = None
    for label, taken, small in (
        ("all layers, 16 bits", names, False),
        ("all layers, 8 bits", names, True),
        (choice.note, [n for n in names if n in choice.names], choice.is_small),
    ):
        size, blocks = 0, {name: [] for name in taken}
        for start in range(0, len(y), 256):
            rows = slice(start, start + 256)
            count = len(y[rows])
            parts = {(OUTPUT, ""): np.zeros((count, 10), "f4"), (LOSS, ""): np.zeros(count, "f4")}
            for name in taken:
                parts.update({key: value[rows] for key, value in columns(name).items()})
            ids = [str(9000 + i) for i in range(count)]
            kept = frozenset(taken) if small else frozenset()
            for record in encode(Samples(1, "validation", ids, False, parts, small=kept)):
                size += record.ByteSize()
                for column in record.samples.columns:
                    if column.content == RESPONSE_MEAN:
                        blocks[column.layer].append(decode(column, len(record.samples.sample_ids)))
        vectors = to_vectors([np.concatenate(blocks[name]) for name in taken])
        distances, near = np.linalg.norm(vectors[a] - vectors[b], axis=1), nearest(vectors)
        reference = reference or (rank(distances), near)
        overlap = np.mean([len(set(m) & set(n)) / 15 for m, n in zip(reference[1], near)])
        print(
            f"{label}: {size / len(y) / 100:.1f} MB, "
            f"rank correlation {np.corrcoef(reference[0], rank(distances))[0, 1]:.4f}, "
            f"overlap {overlap:.3f}, label agreement {(y[near] == y[:, None]).mean():.4f}",
            flush=True,
        )


def decode(column, rows):
    if column.data_type == 2:
        low, steps = np.array(column.steps, np.float32).reshape(2, -1)
        return low + steps * np.frombuffer(column.data, "u1").reshape(rows, -1)
    return np.frombuffer(column.data, "<f2").reshape(rows, -1).astype(np.float32)


main(*sys.argv[1:])
