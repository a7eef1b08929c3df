"""Records an epoch of networks that nobody here wrote, and compares the responses with plain hooks and numpy.

Needs torch, torchvision, timm, transformers and scikit-learn, and the folder sdks/python/src on PYTHONPATH.
The weights are random (seed 0). Inputs are the handwritten digits of scikit-learn at 32 x 32, or 40 bytes of
its descriptions of data sets. `python bench/reference/foreign_models.py [name ...]` prints a row of the table
in docs/python.md for each network.

Expected values: every module is called with hooks that copy its input and output. The activation of a layer
is the output of the activation module whose input has the values of the layer's output, after modules of
normalisation and dropout; values are compared, not objects. Mean and maximum over the positions are numpy's,
in float64.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
os.environ["NOEMA_SPOOL"] = tempfile.mkdtemp()
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sdks/python/tests"))

import noema
import numpy as np
import sklearn.datasets
import timm
import torch
import torchvision
import transformers
from fake_platform import FakePlatform
from torch import nn

ROWS, HELD, CLASSES, LENGTH = 200, 56, 10, 40
RESPONSE_MEAN, RESPONSE_MAX = 3, 4
LAYERS = (nn.Conv2d, nn.Linear, nn.Embedding, nn.MultiheadAttention, transformers.pytorch_utils.Conv1D)
PASSES = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm, nn.Dropout, nn.Identity)
ACTIVATIONS = "ReLU GELU SiLU Hardswish Hardsigmoid Tanh GELUActivation NewGELUActivation".split()
TOKENS = {"vocab_size": 128, "num_labels": 4, "pad_token_id": 0}


class Tokens(nn.Module):
    """A network of transformers as a function from tokens to logits."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, tokens):
        """Returns `[n, 4]`."""
        return self.network(input_ids=tokens).logits


def bert():
    """BERT with 4 layers of 128 units."""
    config = transformers.BertConfig(
        hidden_size=128, num_hidden_layers=4, num_attention_heads=4, intermediate_size=256, **TOKENS
    )
    return Tokens(transformers.BertForSequenceClassification(config))


def gpt2():
    """GPT-2 with 4 layers of 128 units."""
    config = transformers.GPT2Config(n_embd=128, n_layer=4, n_head=4, n_positions=LENGTH, **TOKENS)
    return Tokens(transformers.GPT2ForSequenceClassification(config))


MODELS = {
    "ResNet-18 (torchvision)": lambda: torchvision.models.resnet18(num_classes=CLASSES),
    "MobileNetV3 small 0.5 (timm)": lambda: timm.create_model("mobilenetv3_small_050", num_classes=CLASSES),
    "ConvNeXt atto (timm)": lambda: timm.create_model("convnext_atto", num_classes=CLASSES),
    "BERT, 4 layers (transformers)": bert,
    "GPT-2, 4 layers (transformers)": gpt2,
}


def read_digits():
    """Returns pictures `[n, 3, 32, 32]` from 0 to 1, and classes `[n]`."""
    digits = sklearn.datasets.load_digits()
    large = np.kron(np.float32(digits.images[: ROWS + HELD]) / 16, np.ones((1, 4, 4), np.float32))
    return np.repeat(large[:, None], 3, axis=1), digits.target[: ROWS + HELD]


def read_texts():
    """Returns bytes of texts `[n, 40]` as tokens, and which text a row is from `[n]`."""
    names = ("breast_cancer", "diabetes", "iris", "linnerud")
    rows, labels = [], []
    for label, name in enumerate(names):
        text = getattr(sklearn.datasets, f"load_{name}")().DESCR.encode("ascii", "replace")
        own = [text[at : at + LENGTH] for at in range(0, len(text) - LENGTH, 9)]
        rows += own[: (ROWS + HELD) // len(names)]
        labels += [label] * (len(rows) - len(labels))
    order = np.random.default_rng(0).permutation(len(rows))
    return np.array([list(row) for row in rows], np.int32)[order], np.array(labels)[order]


def record(model, data, layers):
    """Records an epoch without training. Returns the platform that has it."""
    platform = FakePlatform()
    with noema.run(
        "foreign", data, watch=model, epochs=1, layers=layers, graph=False, progress=False,
        url=f"grpc://127.0.0.1:{platform.port}", api_key="key",
    ) as run:  # fmt: skip
        for _ in run.epochs():
            pass
    platform.stop()
    return platform


def call_all(model, x):
    """Returns name, module, first input and output of each call of a module without parts, in order."""
    calls, inputs = [], {}

    def before(part, args):
        inputs[part] = args[0].clone() if args and isinstance(args[0], torch.Tensor) else None

    def after(name):
        def hook(part, _, output):
            value = output[0] if isinstance(output, tuple) else output
            if isinstance(value, torch.Tensor):
                calls.append((name, part, inputs.get(part), value.clone()))

        return hook

    hooks = []
    for name, part in model.named_modules():
        if not list(part.children()) or type(part).__name__ in ACTIVATIONS:
            hooks += [part.register_forward_pre_hook(before), part.register_forward_hook(after(name))]
    with torch.no_grad():
        model.eval()(x)
    for hook in hooks:
        hook.remove()
    return calls


def find_activation(calls, at):
    """Returns the activation of the layer at a position of the calls."""
    own = value = calls[at][3]
    for _, part, given, output in calls[at + 1 :]:
        follows = given is not None and given.shape == value.shape and torch.equal(given, value)
        if type(part).__name__ in ACTIVATIONS:
            return output if follows and output.shape == own.shape else own
        if isinstance(part, PASSES) or "Norm" in type(part).__name__:
            value = output if follows else value
        else:
            return own
    return own


def expected_responses(model, x):
    """Returns mean and maximum `[n, units]` of each layer by its name."""
    calls, found = call_all(model, x), {}
    for at, (name, part, _, output) in enumerate(calls):
        if not isinstance(part, LAYERS) or output.dim() < 2 or len(output) != len(x):
            continue
        value = np.asarray(find_activation(calls, at), np.float64)
        axes = tuple(range(2, value.ndim)) if isinstance(part, nn.Conv2d) else tuple(range(1, value.ndim - 1))
        found[name] = (value.mean(axis=axes), value.max(axis=axes))
    return found


def compare(platform, expected, held):
    """Returns the largest difference of a response, as a share of the largest number of its layer."""
    worst = 0.0
    for layer in platform.runs[platform.only_run()].layers:
        for content, values in zip((RESPONSE_MEAN, RESPONSE_MAX), expected[layer.name]):
            if content == RESPONSE_MAX and not layer.position_dims:
                continue
            rows = platform.rows(1, content, layer=layer.name)
            found = np.stack([rows[("validation", str(i))][-1] for i in range(held)])
            worst = max(worst, float(np.abs(found - values).max() / np.abs(values).max()))
    return worst


def main(names):
    """Prints a row for each network."""
    pictures, texts = read_digits(), read_texts()
    for name, build in MODELS.items():
        if names and not any(part in name for part in names):
            continue
        x, y = texts if "transformers" in name else pictures
        data = noema.Dataset(training=(x[:ROWS], y[:ROWS]), validation=(x[ROWS:], y[ROWS:]))
        torch.manual_seed(0)
        model = build().eval()
        given = torch.from_numpy(x[ROWS:].astype(np.int64) if x.dtype == np.int32 else x[ROWS:])
        expected = expected_responses(model, given)
        whole = record(model, data, "all")
        layers = [layer.name for layer in whole.runs[whole.only_run()].layers]
        assert set(layers) == set(expected), set(layers) ^ set(expected)
        worst = compare(whole, expected, len(given))
        default = record(model, data, None)
        start = default.runs[default.only_run()]
        size = sum(layer.unit_count * (2 if layer.position_dims else 1) for layer in start.layers)
        parameters = sum(p.numel() for p in model.parameters())
        print(
            f"| {name} | {parameters / 1e6:.2f} | {len(layers)} | {worst:.1e} | "
            f"{len(start.layers)}, {size:,} numbers, {start.layers[0].name} to {start.layers[-1].name} |",
            flush=True,
        )


main(sys.argv[1:])
