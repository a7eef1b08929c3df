"""Networks that PyTorch exports to ONNX, for model_files.py.

python model_files_torch.py OUT
    Writes `<name>.onnx`, `<name>.npz` with two samples, and made.json.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

OUT = Path(sys.argv[1])
torch.manual_seed(11)
rng = np.random.default_rng(11)
made = []


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.bn = nn.BatchNorm2d(8)
        self.conv = nn.Conv2d(8, 8, 3, padding=1)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        y = torch.relu(self.bn(self.stem(x)))
        y = y + nn.functional.silu(self.conv(y))
        return self.fc(nn.functional.adaptive_avg_pool2d(y, 1).flatten(1))


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30, 6)
        self.lstm = nn.LSTM(6, 7, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(14, 3)

    def forward(self, tokens):
        y, _ = self.lstm(self.embedding(tokens))
        return self.fc(y.mean(1))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30, 8)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)
        self.fc = nn.Linear(8, 3)

    def forward(self, tokens):
        y = self.embedding(tokens)
        for layer in self.encoder.layers:
            # The export of the fast path is not standard ONNX.
            y = layer.norm1(y + layer.self_attn(y, y, y, need_weights=False)[0])
            y = layer.norm2(y + layer.linear2(torch.relu(layer.linear1(y))))
        return self.fc(y.mean(1))


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 6, 3, stride=2, padding=1)
        self.mid = nn.Conv2d(6, 6, 3, padding=1)
        self.out = nn.Conv2d(7, 3, 3, padding=1)

    def forward(self, x):
        y = torch.relu(self.mid(torch.relu(self.down(x))))
        y = nn.functional.interpolate(y, size=x.shape[2:], mode="bilinear", align_corners=False)
        return self.out(torch.cat([x, y], 1))


class Branch(nn.Module):
    """Its `if` depends on a size, and is a constant once sizes are known."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(6, 8), nn.Linear(8, 4)

    def forward(self, x):
        y = torch.relu(self.first(x))
        if y.size(1) > 4:
            y = y * 2.0
        else:
            y = y - 1.0
        return self.second(y)


class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 5, 2, batch_first=True)
        self.fc = nn.Linear(5, 2)

    def forward(self, x):
        _, last = self.gru(x)
        return self.fc(last[-1])


def export(name, net, inputs, opset, dynamic=None, options=None, script=False):
    net.eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 1.5)
    values = {key: torch.from_numpy(value) for key, value in inputs.items()}
    axes = {key: {0: "n", **(dynamic or {})} for key in inputs}
    torch.onnx.export(
        torch.jit.script(net) if script else net,
        tuple(values.values()),
        str(OUT / f"{name}.onnx"),
        opset_version=opset,
        input_names=list(inputs),
        output_names=["y"],
        dynamic_axes=axes,
        do_constant_folding=not script,
    )
    np.savez(OUT / f"{name}.npz", **inputs)
    made.append({"name": name, "opset": opset, "options": options or {}})


image = rng.random((2, 3, 16, 16), dtype=np.float32)
tokens = rng.integers(0, 30, (2, 9))
export("torch-residual-7", Residual(), {"image": image}, 7)
export("torch-text-9", Text(), {"tokens": tokens}, 9)
export("torch-transformer-14", Transformer(), {"tokens": tokens}, 14)
plane = rng.random((2, 1, 12, 12), dtype=np.float32)
shapes = {"inputShapes": {"plane": [1, 12, 12]}}
export("torch-unet-11", Unet(), {"plane": plane}, 11, {2: "height", 3: "width"}, shapes)
export("torch-branch-12", Branch(), {"x": rng.random((2, 6), dtype=np.float32)}, 12, script=True)
export("torch-gru-16", Cells(), {"series": rng.random((2, 7, 4), dtype=np.float32)}, 16)
(OUT / "made.json").write_text(json.dumps(made))
