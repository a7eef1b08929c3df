"""How a network reaches the platform. Each origin writes the file that is given to it,
and knows how to run the network anew."""

import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

EPOCHS, BATCH = 12, 32


@dataclass
class Origin:
    """`write(data, data_folder, folder)` makes the file; `trains` says that the platform trains it;
    `onnx` that ONNX Runtime runs the reference."""

    file: str
    trains: bool
    onnx: bool
    write: Callable


def layers_json(build):
    """Layers as Keras writes them, without weights: the platform trains them."""

    def write(data, data_folder, folder):
        (folder / "topology.json").write_text(build(data).to_json())

    return Origin("topology.json", True, False, write)


def proposed():
    """The network that the platform proposes for data that are files."""

    def write(data, data_folder, folder):
        shutil.copyfile(data_folder / "proposed.json", folder / "topology.json")

    return Origin("topology.json", True, False, write)


def fitted(build, data):
    """The Keras network, trained here."""
    import keras

    keras.utils.set_random_seed(3)
    model = build(data)
    names, truths = list(data.truths or data.hidden), data.truths or data.hidden
    targets = {
        n: (
            np.eye(len(t.classes), dtype=np.float32)[t.values.astype(int) % len(t.classes)]
            if t.classes
            else t.values
        )
        for n, t in truths.items()
    }
    losses = {n: ("categorical_crossentropy" if t.classes else data.loss) for n, t in truths.items()}
    rows = data.splits.get("training", data.rows)
    model.compile("adam", loss=[losses[n] for n in names])
    model.fit(
        [v[:rows] for v in data.inputs.values()],
        [targets[n][:rows] for n in names],
        epochs=EPOCHS,
        batch_size=BATCH,
        verbose=0,
    )
    return model


def tfjs_zip(build):
    """The layers and trained weights in the format of TF.js, zipped as its converter leaves them."""

    def write(data, data_folder, folder):
        model = fitted(build, data)
        (folder / "topology.json").write_text(model.to_json())
        weights = [(tfjs_name(w.path), w.numpy().astype("<f4")) for w in model.weights]
        np.savez(folder / "weights.npz", **dict(weights))
        manifest = [
            {
                "paths": ["weights.bin"],
                "weights": [{"name": n, "shape": list(v.shape), "dtype": "float32"} for n, v in weights],
            }
        ]
        with zipfile.ZipFile(folder / "model.zip", "w") as archive:
            archive.writestr(
                "model.json",
                json.dumps(
                    {
                        "format": "layers-model",
                        "modelTopology": {"model_config": json.loads(model.to_json())},
                        "weightsManifest": manifest,
                    }
                ),
            )
            archive.writestr("weights.bin", b"".join(v.tobytes() for _, v in weights))

    return Origin("model.zip", False, False, write)


def keras_onnx(build):
    """What Keras itself exports as ONNX, trained."""

    def write(data, data_folder, folder):
        model = fitted(build, data)
        model.export(str(folder / "model.onnx"), format="onnx", verbose=False)

    return Origin("model.onnx", False, True, write)


def pytorch_onnx(name):
    """What PyTorch exports as ONNX, trained by it in a process of the interpreter that has it."""

    def write(data, data_folder, folder):
        script = Path(__file__).parent.parent / "torch_networks.py"
        done = subprocess.run(
            [
                os.environ.get("NOEMA_ZOO_TORCH", "/usr/bin/python3"),
                str(script),
                name,
                str(data_folder),
                str(folder / "model.onnx"),
            ],
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            said = done.stderr.strip().splitlines()
            raise RuntimeError(f"PyTorch could not export {name}: {said[-1] if said else done.returncode}")

    return Origin("model.onnx", False, True, write)


def tfjs_name(path):
    """`lstm/lstm_cell/kernel` of Keras 3 is `lstm/kernel` in TF.js."""
    return "/".join(
        part for part in path.split("/") if not part.endswith(("lstm_cell", "gru_cell", "simple_rnn_cell"))
    )
