"""Heat maps of small networks in plain numpy, float64, gradients by central differences:
the fixture of the explainers' spec.

Independent of Noema: forward passes are written out as loops over positions, no automatic gradient is used.
Needs numpy alone. From the repository root:
python bench/reference/saliency.py > services/explanations/test/fixtures/explainers.json
"""

import json
import numpy as np

rng = np.random.default_rng(11)
H = 1e-6
STEPS = 2000


def convolve(x, kernel, bias):
    """Valid convolution, stride 1, channels last: x [..., h, w, c], kernel [kh, kw, c, o]."""
    kh, kw = kernel.shape[:2]
    out = np.empty((*x.shape[:-3], x.shape[-3] - kh + 1, x.shape[-2] - kw + 1, kernel.shape[3]))
    for i in range(out.shape[-3]):
        for j in range(out.shape[-2]):
            out[..., i, j, :] = np.tensordot(x[..., i : i + kh, j : j + kw, :], kernel, 3) + bias
    return out


def relu(x):
    return np.maximum(x, 0)


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def differences(f, x):
    """Gradient by every element of x of a function that takes rows [n, ...] and gives [n]."""
    steps = H * np.eye(x.size).reshape(x.size, *x.shape)
    return ((f(x + steps) - f(x - steps)) / (2 * H)).reshape(x.shape)


def resize(m, height, width):
    """Bilinear between pixel centres."""

    def axis(n, to):
        at = np.clip((np.arange(to) + 0.5) * n / to - 0.5, 0, n - 1)
        low = np.floor(at).astype(int)
        return low, np.minimum(low + 1, n - 1), at - low

    y0, y1, v = axis(m.shape[0], height)
    x0, x1, u = axis(m.shape[1], width)
    rows = m[y0] * (1 - v)[:, None] + m[y1] * v[:, None]
    return rows[:, x0] * (1 - u) + rows[:, x1] * u


def picture_model(height, width, channels, filters, kernel, classes):
    kh, kw = kernel
    positions = (height - kh + 1) * (width - kw + 1)
    return {
        "shape": [height, width, channels],
        "conv/kernel": rng.normal(size=(kh, kw, channels, filters)) * 0.5,
        "conv/bias": rng.normal(size=filters) * 0.1,
        "dense/kernel": rng.normal(size=(positions * filters, 7)) * 0.3,
        "dense/bias": rng.normal(size=7) * 0.1,
        "out/kernel": rng.normal(size=(7, classes)),
        "out/bias": rng.normal(size=classes) * 0.1,
    }


def trunk(m, x):
    return relu(convolve(x, m["conv/kernel"], m["conv/bias"]))


def head(m, a):
    hidden = np.tanh(a.reshape(*a.shape[:-3], -1) @ m["dense/kernel"] + m["dense/bias"])
    return hidden @ m["out/kernel"] + m["out/bias"]


def occlusion(f, x):
    """By class the mean fall of f [classes] over windows of a seventh (28th of a series) of each side,
    moved by half, filled with the channel's mean."""
    height, width = x.shape[:2]
    side = [-(-n // (28 if height == 1 else 7)) for n in (height, width)]
    starts = [sorted({min(s, n - w) for s in range(0, n, -(-w // 2))}) for n, w in zip((height, width), side)]
    falls, covers = np.zeros((f(x).size, height, width)), np.zeros((height, width))
    for top in starts[0]:
        for left in starts[1]:
            y = x.copy()
            window = np.s_[top : top + side[0], left : left + side[1]]
            y[window] = x.mean((0, 1))
            falls[(np.s_[:], *window)] += (f(x) - f(y))[:, None, None]
            covers[window] += 1
    return falls / covers


def rise(f, x, masks=40000):
    """By class the mean of f where a place is seen less that where it is hidden."""
    height, width = x.shape[:2]
    rows, columns = (1, 16) if height == 1 else (min(7, height), min(7, width))
    h, w = -(-height // rows), -(-width // columns)
    chance = np.random.default_rng(5)
    m = np.empty((masks, height, width))
    for i in range(masks):
        y, z = chance.integers(h), chance.integers(w)
        grid = (chance.uniform(size=(rows + 1, columns + 1)) < 0.5).astype(float)
        m[i] = resize(grid, (rows + 1) * h, (columns + 1) * w)[y : y + height, z : z + width]
    scores = f(x * m[..., None])
    weigh = lambda by: np.einsum("nc,nhw->chw", scores, by) / by.sum(0)
    return weigh(m) - weigh(1 - m)


def explained(m, x, truth):
    height, width = x.shape[:2]
    a, classes = trunk(m, x), len(m["out/bias"])
    maps = {}
    for c in range(classes):
        g = differences(lambda t: head(m, t)[..., c], a)
        sums = a.sum((0, 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            alpha = np.where(g != 0, g**2 / (2 * g**2 + g**3 * sums), 0)
        cams = {
            "grad-cam": relu((a * g.mean((0, 1))).sum(-1)),
            "grad-cam++": relu((a * (alpha * relu(g)).sum((0, 1))).sum(-1)),
            "layer-cam": relu((a * relu(g)).sum(-1)),
        }
        for key, cam in cams.items():
            maps[f"{key}-{c}"] = resize(cam, height, width)
        score = lambda t: head(m, trunk(m, t))[..., c]
        maps[f"gradient-x-input-{c}"] = (x * differences(score, x)).sum(-1)
        path = sum(differences(score, x * (k + 0.5) / STEPS) for k in range(STEPS)) / STEPS
        maps[f"integrated-gradients-{c}"] = (x * path).sum(-1)
    probabilities = lambda t: softmax(head(m, trunk(m, t)))
    for c, (occluded, seen) in enumerate(zip(occlusion(probabilities, x), rise(probabilities, x))):
        maps[f"occlusion-{c}"], maps[f"rise-{c}"] = occluded, seen
    loss = lambda t: -np.log(softmax(head(m, trunk(m, t)))[..., truth])
    maps["loss-gradient"] = differences(loss, x).sum(-1)
    return maps


def case(height, width, channels, filters, kernel, classes, truth):
    m = picture_model(height, width, channels, filters, kernel, classes)
    x = rng.uniform(size=(height, width, channels))
    rounded = {k: np.float64(np.float32(v)) for k, v in m.items() if k != "shape"}
    x = np.float64(np.float32(x))
    z = head(rounded, trunk(rounded, x))
    return {
        "shape": m["shape"],
        "filters": filters,
        "kernel": list(kernel),
        "classes": classes,
        "truth": truth,
        "input": x.reshape(-1).tolist(),
        "weights": {k: v.reshape(-1).tolist() for k, v in rounded.items()},
        "scores": z.tolist(),
        "emptyScores": head(rounded, trunk(rounded, x * 0)).tolist(),
        "maps": {k: np.round(v.reshape(-1), 9).tolist() for k, v in explained(rounded, x, truth).items()},
    }


def tokens(length, vocabulary, width, filters, kernel, classes, truth):
    """A series whose values are the rows of a table that whole numbers pick;
    attributions are those of the rows, summed."""
    m = {
        k: np.float64(np.float32(v)) if k != "shape" else v
        for k, v in picture_model(1, length, width, filters, kernel, classes).items()
    }
    table = np.float64(np.float32(rng.normal(size=(vocabulary, width))))
    numbers = rng.integers(1, vocabulary, length)
    f = lambda n: softmax(head(m, trunk(m, table[n][None])))
    x = table[numbers][None]
    made_anew = ("occlusion", "rise", "loss")
    maps = {k: v for k, v in explained(m, x, truth).items() if not k.startswith(made_anew)}
    for c in range(classes):
        maps[f"occlusion-{c}"] = np.array(
            [f(numbers)[c] - f(np.where(np.arange(length) == i, 0, numbers))[c] for i in range(length)]
        )
    loss = lambda t: -np.log(softmax(head(m, trunk(m, t)))[..., truth])
    maps["loss-gradient"] = (x * differences(loss, x)).sum(-1)
    return {
        "shape": [1, length],
        "filters": filters,
        "kernel": list(kernel),
        "classes": classes,
        "truth": truth,
        "input": numbers.tolist(),
        "table": [vocabulary, width],
        "weights": {
            "embedding/embeddings": table.reshape(-1).tolist(),
            **{k: v.reshape(-1).tolist() for k, v in m.items() if k != "shape"},
        },
        "scores": head(m, trunk(m, x)).tolist(),
        "emptyScores": head(m, trunk(m, x * 0)).tolist(),
        "maps": {k: np.round(v.reshape(-1), 9).tolist() for k, v in maps.items()},
    }


print(
    json.dumps(
        {
            "picture": case(8, 7, 2, 5, (3, 3), 3, 1),
            "series": case(1, 20, 3, 4, (1, 5), 2, 0),
            "tokens": tokens(12, 15, 6, 5, (1, 3), 3, 2),
        }
    )
)
