"""Heat maps of small networks in plain numpy, float64, gradients by central differences: the fixture of the explainers' spec.

Independent of Noema: forward passes are written out as loops over positions, no automatic gradient is used. Needs numpy alone. From the repository root:
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
            out[..., i, j, :] = np.tensordot(x[..., i:i + kh, j:j + kw, :], kernel, 3) + bias
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
        "conv/kernel": rng.normal(size=(kh, kw, channels, filters)) * 0.5, "conv/bias": rng.normal(size=filters) * 0.1,
        "dense/kernel": rng.normal(size=(positions * filters, 7)) * 0.3, "dense/bias": rng.normal(size=7) * 0.1,
        "out/kernel": rng.normal(size=(7, classes)), "out/bias": rng.normal(size=classes) * 0.1,
    }


def trunk(m, x):
    return relu(convolve(x, m["conv/kernel"], m["conv/bias"]))


def head(m, a):
    return np.tanh(a.reshape(*a.shape[:-3], -1) @ m["dense/kernel"] + m["dense/bias"]) @ m["out/kernel"] + m["out/bias"]


def explained(m, x, truth):
    height, width = x.shape[:2]
    a, classes = trunk(m, x), len(m["out/bias"])
    maps = {}
    for c in range(classes):
        g = differences(lambda t: head(m, t)[..., c], a)
        sums = a.sum((0, 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            alpha = np.where(g != 0, g ** 2 / (2 * g ** 2 + g ** 3 * sums), 0)
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
    maps["loss-gradient"] = differences(lambda t: -np.log(softmax(head(m, trunk(m, t)))[..., truth]), x).sum(-1)
    return maps


def case(height, width, channels, filters, kernel, classes, truth):
    m = picture_model(height, width, channels, filters, kernel, classes)
    x = rng.uniform(size=(height, width, channels))
    rounded = {k: np.float64(np.float32(v)) for k, v in m.items() if k != "shape"}
    x = np.float64(np.float32(x))
    z = head(rounded, trunk(rounded, x))
    return {
        "shape": m["shape"], "filters": filters, "kernel": list(kernel), "classes": classes, "truth": truth, "input": x.reshape(-1).tolist(),
        "weights": {k: v.reshape(-1).tolist() for k, v in rounded.items()}, "scores": z.tolist(), "emptyScores": head(rounded, trunk(rounded, x * 0)).tolist(),
        "maps": {k: np.round(v.reshape(-1), 9).tolist() for k, v in explained(rounded, x, truth).items()},
    }


print(json.dumps({"picture": case(8, 7, 2, 5, (3, 3), 3, 1), "series": case(1, 20, 3, 4, (1, 5), 2, 0)}))
