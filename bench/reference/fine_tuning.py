"""Fine-tuning of a pretrained network in PyTorch: fixtures of libs/importers/test/adaptation.spec.ts.

    pip install torch==1.13.1 numpy==1.24.4
    python bench/reference/fine_tuning.py libs/importers/test/fixtures

Writes fine-tuning.onnx, a network of five classes, and fine-tuning.json: twelve pictures of three other classes,
the first weights of a new head, and the weights after five steps of gradient descent on the whole batch, once with
the base frozen, once with its first convolution frozen, and once with nothing frozen.
"""

import copy
import json
import sys
import torch
from pathlib import Path
from torch import nn

STEPS, RATE, CLASSES = 5, 0.1, 3
torch.manual_seed(5)
torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 8, 3)
        self.pool, self.fc = nn.MaxPool2d(2), nn.Linear(8 * 2 * 2, 5)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        return self.fc(torch.relu(self.conv2(x)).flatten(1))


def train(base, head, x, y, frozen):
    net, head = copy.deepcopy(base), copy.deepcopy(head)
    net.fc = head
    for name, parameter in net.named_parameters():
        parameter.requires_grad = not name.startswith(frozen)
    optimizer = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=RATE)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        probabilities = torch.softmax(net(x), 1)
    return {
        "losses": losses,
        "weights": {name: value.detach().flatten().tolist() for name, value in net.named_parameters()},
        "probabilities": probabilities.flatten().tolist(),
    }


def main(folder):
    base, head = Net(), nn.Linear(8 * 2 * 2, CLASSES)
    x, y = torch.rand(12, 3, 8, 8), torch.arange(12) % CLASSES
    torch.onnx.export(
        base,
        x[:1],
        str(folder / "fine-tuning.onnx"),
        opset_version=16,
        input_names=["image"],
        output_names=["scores"],
        dynamic_axes={"image": {0: "n"}, "scores": {0: "n"}},
    )
    result = {
        # Channels last, as data are stored.
        "pictures": x.permute(0, 2, 3, 1).flatten().tolist(),
        "labels": y.tolist(),
        "rate": RATE,
        # A kernel of Keras is the transpose of a weight of PyTorch.
        "head": {"kernel": head.weight.detach().T.flatten().tolist(), "bias": head.bias.detach().tolist()},
        "base": train(base, head, x, y, ("conv1", "conv2")),
        "conv1": train(base, head, x, y, ("conv1",)),
        "nothing": train(base, head, x, y, ("none",)),
    }
    (folder / "fine-tuning.json").write_text(json.dumps(result) + "\n")


main(Path(sys.argv[1]))
