"""Measures what recording adds to a PyTorch loop on a GPU. `python tests/gpu.py [epochs]`; needs torch.

Bare and recorded epochs take turns. Prints one JSON object: milliseconds of a step with and without `log`
(median and 99th percentile), processor milliseconds of the process for each step, where the responses of the
end of an epoch were pooled, and the bytes that an epoch writes to the spool. No platform is needed.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

ROWS, HELD, BATCH = 8_000, 2_000, 32


def build_network(torch):
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1600, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def main(epochs):
    try:
        import torch
    except ImportError:
        sys.exit("gpu.py: torch is not installed; nothing was measured")
    if not torch.cuda.is_available():
        sys.exit("gpu.py: torch finds no GPU here; nothing was measured")
    spool = tempfile.mkdtemp(prefix="noema-gpu-")
    # Nothing answers at this address, so that the spool keeps what is written.
    os.environ.update(
        NOEMA_SPOOL=spool, NOEMA_URL="grpc://127.0.0.1:9", NOEMA_API_KEY="none", NOEMA_EXIT_S="0"
    )
    import noema
    from noema.torch import ModuleWatch

    numbers = np.random.default_rng(0)
    x = numbers.random((ROWS + HELD, 1, 28, 28), dtype=np.float32)
    y = numbers.integers(0, 10, ROWS + HELD)
    data = noema.Dataset(training=(x[:ROWS], y[:ROWS]), validation=(x[ROWS:], y[ROWS:]))
    torch.manual_seed(0)
    model = build_network(torch).cuda()
    optimizer = torch.optim.Adam(model.parameters())

    def steps(log):
        times, started = [], time.perf_counter()
        busy = time.process_time()
        model.train()
        for ids, images, labels in data.batches("training", BATCH, shuffle=True, seed=0, device="cuda"):
            logits = model(images)
            losses = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
            optimizer.zero_grad()
            losses.mean().backward()
            optimizer.step()
            if log is not None:
                log(ids, logits=logits, loss=losses)
            # Each step is waited for, or the times are those of queueing.
            torch.cuda.synchronize()
            now = time.perf_counter()
            times.append(1000 * (now - started))
            started = now
        return times, 1000 * (time.process_time() - busy) / len(times)

    steps(None)
    found = {"bare": [], "recorded": []}
    written, sweeps = [], []
    run = noema.run("gpu", data, watch=model, progress=False, graph=False)
    for _ in range(epochs):
        found["bare"].append(steps(None))
        before = size_of(spool)
        run.start_epoch()
        found["recorded"].append(steps(run.log))
        started = time.perf_counter()
        run.end_epoch()
        sweeps.append(time.perf_counter() - started)
        wait_until_written(run)
        written.append(size_of(spool) - before)
    run.finish(timeout_s=0)
    print(
        json.dumps(
            {
                "device": torch.cuda.get_device_name(),
                "torch": torch.__version__,
                "responses_on": find_device(ModuleWatch(model), torch),
                "bytes_of_an_epoch": int(np.median(written)),
                "seconds_of_the_end_of_an_epoch": round(float(np.median(sweeps)), 3),
                **{name: summarize(rounds) for name, rounds in found.items()},
                "median_ratio": ratio(found, 50),
                "slowest_percentile_ratio": ratio(found, 99),
            },
            indent=2,
        )
    )


def find_device(watch, torch):
    """Returns the device on which the responses of one batch are pooled."""
    with watch.inference() as predict:
        predict(np.zeros((2, 1, 28, 28), np.float32))
        parts = {str(part.device.type) for response in watch.take() for _, part in response.parts}
    watch.close()
    return ", ".join(sorted(parts))


def size_of(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*.frames"))


def wait_until_written(run):
    recorder, end = run._recorder, time.monotonic() + 60
    while recorder.written_epochs < run.epoch and time.monotonic() < end:
        time.sleep(0.05)


def summarize(rounds):
    times = np.concatenate([one for one, _ in rounds])
    return {
        "step_ms": round(float(np.median(times)), 4),
        "slowest_percentile_ms": round(float(np.percentile(times, 99)), 4),
        "processor_ms": round(float(np.median([busy for _, busy in rounds])), 4),
    }


def ratio(found, percentile):
    pairs = zip(found["bare"], found["recorded"])
    ratios = [np.percentile(b, percentile) / np.percentile(a, percentile) for (a, _), (b, _) in pairs]
    return round(float(np.median(ratios)), 4)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
