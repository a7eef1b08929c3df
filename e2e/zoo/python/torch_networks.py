"""Trains one of the PyTorch networks on stored data and exports it as ONNX.
Runs in an interpreter with PyTorch and numpy alone:
python torch_networks.py <network> <folder of the data> <file to write>
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x))))))


class Resnet(nn.Module):
    def __init__(self, dims, width):
        super().__init__()
        self.stem = nn.Conv2d(dims[-1], 16, 3, padding=1)
        self.block1, self.block2 = Residual(16), Residual(16)
        self.head = nn.Linear(16, width)

    def forward(self, x):
        x = torch.nn.functional.max_pool2d(torch.relu(self.stem(x)), 2)
        return self.head(self.block2(self.block1(x)).mean((2, 3)))


class Mlp(nn.Module):
    def __init__(self, dims, width):
        super().__init__()
        self.fc1 = nn.Linear(int(np.prod(dims)), 32)
        self.fc2 = nn.Linear(32, 16)
        self.head = nn.Linear(16, width)

    def forward(self, x):
        return self.head(torch.relu(self.fc2(torch.relu(self.fc1(x.flatten(1))))))


class Transformer(nn.Module):
    """Attention written out, over the letters of a text."""

    def __init__(self, dims, width):
        super().__init__()
        self.embedding = nn.Embedding(64, 24)
        self.query, self.key, self.value, self.merge = (nn.Linear(24, 24) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(24), nn.LayerNorm(24)
        self.local = nn.Conv1d(24, 24, 3, padding=1)
        self.feed, self.back, self.head = nn.Linear(24, 48), nn.Linear(48, 24), nn.Linear(24, width)

    def forward(self, tokens):
        x = self.embedding(tokens.long())
        x = x + torch.relu(self.local(x.transpose(1, 2))).transpose(1, 2)
        part = lambda layer: layer(x).reshape(-1, x.shape[1], 2, 12).transpose(1, 2)
        weights = torch.softmax(part(self.query) @ part(self.key).transpose(2, 3) / 12**0.5, -1)
        merged = self.merge((weights @ part(self.value)).transpose(1, 2).reshape(-1, x.shape[1], 24))
        x = self.norm1(x + merged)
        x = self.norm2(x + self.back(torch.nn.functional.gelu(self.feed(x))))
        return self.head(x.mean(1))


class Unet(nn.Module):
    def __init__(self, dims, width):
        super().__init__()
        self.down, self.bottom = nn.Conv2d(dims[-1], 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.up, self.head = nn.Conv2d(24, 8, 3, padding=1), nn.Conv2d(8, width, 1)

    def forward(self, x):
        wide = torch.relu(self.down(x))
        deep = torch.relu(self.bottom(torch.nn.functional.max_pool2d(wide, 2)))
        deep = torch.nn.functional.interpolate(deep, scale_factor=2.0, mode="nearest")
        return self.head(torch.relu(self.up(torch.cat([deep, wide], 1))))


NETWORKS = {"mlp": Mlp, "resnet": Resnet, "transformer": Transformer, "unet": Unet}


class WithOutput(nn.Module):
    """The network and the non-linearity of its task, so that what it gives are probabilities."""

    def __init__(self, network, output):
        super().__init__()
        self.network, self.output = network, output

    def forward(self, x):
        return self.output(self.network(x))


def main(name, folder, target):
    torch.manual_seed(5)
    torch.set_num_threads(1)  # small batches, and a machine that may do much else
    folder = Path(folder)
    head = json.loads((folder / "data.json").read_text())
    (input_name, dims), *_ = head["inputs"].items()
    x = torch.from_numpy(np.fromfile(folder / f"{input_name}.f32", np.float32).reshape(-1, *dims))
    (truth_name, truth), *_ = (head["truths"] or head["hidden"]).items()
    y = torch.from_numpy(np.fromfile(folder / f"{truth_name}.f32", np.float32).reshape(-1, *truth["dims"]))
    rows = head["splits"].get("training", len(x))
    if len(dims) == 3 and name != "mlp":
        x = x.permute(0, 3, 1, 2)
    if truth["classes"]:
        width, y, loss, output = len(truth["classes"]), y.long(), nn.CrossEntropyLoss(), nn.Softmax(1)
    elif head["task"] == "regression":
        width, loss, output = truth["dims"][-1], nn.MSELoss(), nn.Identity()
    else:
        width, y = truth["dims"][-1], y.permute(0, 3, 1, 2)
        loss, output = nn.BCEWithLogitsLoss(), nn.Sigmoid()
    network = NETWORKS[name](dims, width)
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(8):
        for batch in torch.randperm(rows).split(32):
            optimizer.zero_grad()
            loss(network(x[batch]), y[batch]).backward()
            optimizer.step()
    torch.onnx.export(
        WithOutput(network, output).eval(),
        x[:2],
        target,
        input_names=[input_name],
        output_names=[truth_name],
        opset_version=16,
        dynamic_axes={input_name: {0: "n"}, truth_name: {0: "n"}},
    )


main(*sys.argv[1:])
