"""Pairs of copies that imagededup finds by its perceptual hash: copy_pairs.py FOLDER

FOLDER has pixels.f32 ([n, height, width, channels] from 0 to 1) and shape.json; pairs.json is written there for each
distance. Its network needs torch, which is not installed: its hashes are the peer.
"""

import json
import pathlib
import sys
from unittest import mock

import numpy as np
import scipy.fftpack  # noqa: F401
import sklearn.metrics.pairwise  # noqa: F401

STUBS = (
    "torch",
    "torch.nn",
    "torch.utils",
    "torch.utils.data",
    "torchvision",
    "torchvision.models",
    "torchvision.models.efficientnet",
    "torchvision.models.mobilenetv3",
    "torchvision.models.vision_transformer",
    "torchvision.transforms",
    "torchvision.transforms.transforms",
)
for name in STUBS:
    sys.modules[name] = mock.MagicMock()
from imagededup.methods import PHash  # noqa: E402

# scipy looks for torch among the modules.
for name in STUBS:
    del sys.modules[name]

folder = pathlib.Path(sys.argv[1])
shape = json.loads((folder / "shape.json").read_text())
pixels = np.fromfile(folder / "pixels.f32", dtype=np.float32).reshape(shape)
pictures = np.clip(np.rint(pixels * 255), 0, 255).astype(np.uint8)
if pictures.shape[3] == 1:
    pictures = np.repeat(pictures, 3, axis=3)
hasher = PHash(verbose=False)
codes = {str(at): hasher.encode_image(image_array=picture) for at, picture in enumerate(pictures)}
result = {}
for distance in (0, 10):
    found = hasher.find_duplicates(encoding_map=codes, max_distance_threshold=distance)
    result[distance] = sorted({(min(int(a), int(b)), max(int(a), int(b))) for a, some in found.items() for b in some})
(folder / "pairs.json").write_text(json.dumps(result))
