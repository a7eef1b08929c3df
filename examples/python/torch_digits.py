"""PyTorch: three lines in a training loop of your own. `python torch_digits.py [epochs]`"""

import sys

import noema
import numpy as np
import torch
from digits import split_digits
from torch import nn

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
device = "cuda" if torch.cuda.is_available() else "cpu"
(x, y), (x_held, y_held) = split_digits()
x, x_held = (np.float32(part)[:, None] / 255 for part in (x, x_held))

torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 16, 3),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(800, 64),
    nn.ReLU(),
    nn.Dropout(0.5),
    nn.Linear(64, 10),
).to(device)
optimizer = torch.optim.Adam(model.parameters())
loader = torch.utils.data.DataLoader(range(len(y)), batch_size=64, shuffle=True)
images, labels = torch.from_numpy(x), torch.from_numpy(y)

data = noema.Dataset(training=(x, y), validation=(x_held, y_held))
with noema.run("torch digits", data, watch=model, epochs=epochs) as run:
    for _ in run.epochs():
        model.train()
        for rows in loader:
            logits = model(images[rows].to(device))
            losses = nn.functional.cross_entropy(logits, labels[rows].to(device), reduction="none")
            optimizer.zero_grad()
            losses.mean().backward()
            optimizer.step()
            run.log(rows, logits=logits, loss=losses)
