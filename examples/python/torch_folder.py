"""A small ResNet on a folder of pictures, `training/<class>/<name>.png` and `validation/…`.

`python torch_folder.py [epochs] [folder]`. Without a folder, one is made of 2,500 digits. Needs Pillow.
"""

import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

import noema
import numpy as np
import torch
from digits import split_digits
from PIL import Image
from torch import nn


class Pictures(torch.utils.data.Dataset):
    """Reads a picture when it is asked for, so that a folder may be larger than memory."""

    def __init__(self, folder):
        self.folder, self.paths = folder, sorted(folder.glob("*/*.png"))

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, i):
        path = self.paths[i]
        pixels = np.asarray(Image.open(path).convert("L"))
        return {"id": path.relative_to(self.folder).as_posix(), "image": pixels[None], "y": path.parent.name}


class Block(nn.Module):
    """Residual block (He et al. 2016)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
        )
        self.second = nn.Sequential(
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        )
        self.short = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
        self.relu = nn.ReLU()

    def forward(self, x):
        """Returns activations `[n, outputs, height / stride, width / stride]`."""
        return self.relu(self.second(self.first(x)) + self.short(x))


def make_folder(root):
    """Writes every fourth digit as a picture, and returns the folder."""
    for split, (pictures, classes) in zip(("training", "validation"), split_digits()):
        for row in range(0, len(classes), 4):
            path = root / split / str(classes[row]) / f"{row:05}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pictures[row]).save(path)
    return root


epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
device = "cuda" if torch.cuda.is_available() else "cpu"
temporary = tempfile.TemporaryDirectory()
root = Path(sys.argv[2]) if len(sys.argv) > 2 else make_folder(Path(temporary.name))

# The samples have the path in their split as id, and class names that are the names of the folders.
data = noema.Dataset(
    training=Pictures(root / "training"), validation=Pictures(root / "validation"), scale=1 / 255
)
torch.manual_seed(0)
model = nn.Sequential(
    OrderedDict(
        stem=nn.Conv2d(1, 16, 3, padding=1),
        block1=Block(16, 16, 2),
        block2=Block(16, 32, 2),
        block3=Block(32, 64, 2),
        pool=nn.AdaptiveAvgPool2d(1),
        flat=nn.Flatten(),
        head=nn.Linear(64, len(data.labels.class_names)),
    )
).to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

# The outputs of the blocks are recorded, not those of every convolution in them.
layers = ["block1", "block2", "block3", "head"]
with noema.run("torch folder", data, watch=model, layers=layers, epochs=epochs) as run:
    for _ in run.epochs():
        model.train()
        for ids, x, y in data.batches("training", 32, shuffle=True, device=device):
            logits = model(x)
            losses = nn.functional.cross_entropy(logits, y, reduction="none")
            optimizer.zero_grad()
            losses.mean().backward()
            optimizer.step()
            run.log(ids, logits=logits, loss=losses)
