"""A training of a fault trial.

`recorded_trial.py loop|ranks|loader NAME SEED [gates=step,…] [resume=epoch] [stop]` prints `at <step>` at each
gate, and goes on with the next line on stdin. What it logs follows from split, sample and epoch alone (`loop`,
`ranks`), or is the model's at the end of the epoch (`loader`). The gate `full` waits until activations were left
out. `stop` ends the loop at its gate by KeyboardInterrupt. `recorded_trial.py check NAME KIND` compares every
epoch on the platform with it, and prints JSON.
"""

import json
import os
import sys
import time
from pathlib import Path

import noema
import numpy as np
from noema import LogError, NoemaError
from noema._arrays import softmax

EPOCHS, BATCH, UNITS = 3, 16, 256
SPLITS = ("", "training", "validation", "test", "unlabeled")
#: Odd, so that a sampler of two ranks repeats a row of each split.
ROWS = {"training": 401, "validation": 101}
CLASSES = ["a", "b", "c"]


def make_numbers(split, rows, epoch, unit):
    """Whole numbers below 2,039, which 16 bits hold: `[n, units]` of rows `[n]` and units `[m]`."""
    base = epoch * 104_729 + SPLITS.index(split) * 611_953
    return (np.asarray(rows)[:, None] * 7_919 + base + np.asarray(unit)[None, :] * 31) % 2_039


def logged(split, rows, epoch):
    """Probabilities in steps of 1/256, losses in steps of 1/1,024, and responses, all without rounding."""
    one, other, loss = make_numbers(split, rows, epoch, [997, 1_499, 1_999]).T
    first, second = 1 + one % 100, 1 + other % 100
    shares = np.stack([first, second, 256 - first - second], axis=1)
    return {
        "probabilities": (shares / 256).astype(np.float32),
        "loss": (loss / 1_024).astype(np.float32),
        "activation": {"hidden": make_numbers(split, rows, epoch, range(UNITS)).astype(np.float32)},
    }


def make_data():
    count = sum(ROWS.values())
    x = np.random.default_rng(1).random((count, 6), dtype=np.float32)
    y = np.arange(count) % len(CLASSES)
    cut = ROWS["training"]
    return noema.Dataset(training=(x[:cut], y[:cut]), validation=(x[cut:], y[cut:]), classes=CLASSES)


def interrupt(*_):
    raise KeyboardInterrupt


class Gates:
    """Steps at which the process waits for a line."""

    def __init__(self, steps):
        self.steps, self.step = steps, 0

    def pass_step(self, run):
        self.step += 1
        if self.steps and self.steps[0] == "full":
            # Not by the number of the step: when the disk is full depends on the thread that writes.
            if run._recorder.dropped_rows > 0:
                self.wait(run, "full")
        elif self.steps and self.step >= int(self.steps[0]):
            self.wait(run, self.step)

    def wait(self, run, name):
        # A fault comes after the start: the platform has the dataset and the run.
        while not run.id:
            time.sleep(0.05)
        print(f"at {name}", flush=True)
        self.steps = self.steps[1:]
        if not sys.stdin.readline():
            raise SystemExit("the trial has ended")


def log(run, ids, **things):
    try:
        run.log(ids, **things)
    except (LogError, NoemaError, OSError, RuntimeError, ValueError) as error:
        print(f"raised {type(error).__name__}: {error}", flush=True)


def loop(run, seed, gates, _folder):
    data = run.data
    for epoch in run.epochs(EPOCHS):
        for split in data.splits:
            for ids, _, _ in data.batches(split, BATCH, shuffle=True, seed=seed + epoch):
                log(run, ids, **logged(split, [int(one) for one in ids], epoch))
                gates.pass_step(run)
    wait_for_full_disk(run, gates)


def wait_for_full_disk(run, gates):
    """The rows of the last steps are written at the end of their epoch, by another thread."""
    while gates.steps and gates.steps[0] == "full":
        run._recorder.wake_writer()
        if run._recorder.dropped_rows > 0:
            gates.wait(run, "full")


def ranks(run, seed, gates, _folder):
    import torch
    from noema.torch import WithIds

    loaders = {}
    for split, count in ROWS.items():
        samples = WithIds(torch.utils.data.TensorDataset(torch.arange(count)))
        sampler = torch.utils.data.DistributedSampler(
            samples, int(os.environ["WORLD_SIZE"]), int(os.environ["RANK"]), shuffle=True, seed=seed
        )
        loaders[split] = torch.utils.data.DataLoader(samples, BATCH, sampler=sampler)
        assert len(sampler) * 2 == count + 1, "the sampler pads"
    for epoch in run.epochs(EPOCHS):
        for split, loader in loaders.items():
            loader.sampler.set_epoch(epoch)
            for ids, (rows,) in loader:
                log(run, ids, split=split, **logged(split, rows.numpy(), epoch))
                gates.pass_step(run)


def loader(run, seed, gates, folder):
    import torch
    from noema.torch import WithIds

    data, model = run.data, run.model
    optimizer = torch.optim.SGD(model.parameters(), 0.05)

    class Augmented(torch.utils.data.Dataset):
        """Rows with noise, other in each epoch."""

        def __len__(self):
            return ROWS["training"]

        def __getitem__(self, at):
            x, y = data.read("training", np.array([at]))
            return x[0] + np.float32(0.3) * torch.randn(6).numpy(), y[0]

    torch.manual_seed(seed)
    loads = torch.utils.data.DataLoader(WithIds(Augmented()), BATCH, shuffle=True, num_workers=seed % 3)
    for epoch in run.epochs(EPOCHS):
        model.train()
        for ids, (x, y) in loads:
            logits = model(x)
            losses = torch.nn.functional.cross_entropy(logits, y, reduction="none")
            optimizer.zero_grad()
            losses.mean().backward()
            optimizer.step()
            log(run, ids, logits=logits, loss=losses)
            gates.pass_step(run)
        save_expected(model, data, folder, epoch)


def save_expected(model, data, folder, epoch):
    """What the model says of the rows without noise, in the batches in which the end of the epoch runs it."""
    import torch

    model.eval()
    found, responses = {}, []
    with torch.no_grad():
        for split, count in ROWS.items():
            x, _ = data.read(split, np.arange(count))
            parts = [model[:2](torch.from_numpy(x[at : at + 256])) for at in range(0, count, 256)]
            found[split] = torch.cat([model[2](part) for part in parts]).numpy()
            responses.append(np.concatenate([torch.cat(parts).numpy(), found[split]], axis=1))
    np.savez(folder / f"expected-{epoch}.npz", **found)
    # Responses are sent in 16 bits.
    np.concatenate(responses).astype(np.float16).astype(np.float32).tofile(folder / f"responses-{epoch}.f32")


def save_responses(folder, epoch):
    """The responses of an epoch of the other trainings, in the order of the dataset."""
    parts = [logged(split, range(count), epoch)["activation"]["hidden"] for split, count in ROWS.items()]
    np.concatenate(parts).tofile(folder / f"responses-{epoch}.f32")


def make_model():
    import torch

    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(6, 32), torch.nn.ReLU(), torch.nn.Linear(32, len(CLASSES)))


def train(kind, name, seed, options):
    more = {}
    if "resume" in options:
        more = {"resume": True, "first_epoch": int(options["resume"]) or None}
    model = make_model() if kind == "loader" else None
    gates = Gates([one for one in options.get("gates", "").split(",") if one])
    run = noema.run(name, make_data(), watch=model, progress=False, graph=False, **more)
    run.model = model
    work = {"loop": loop, "ranks": ranks, "loader": loader}[kind]
    if "stop" not in options:
        with run:
            work(run, seed, gates, Path.cwd())
        print(f"health {run.health}", flush=True)
        return
    try:
        with run:
            gates.wait = interrupt
            work(run, seed, gates, Path.cwd())
    except KeyboardInterrupt:
        print(f"health {run.health}", flush=True)


def read_epoch(client, run_id, number, kind, folder):
    """Returns what is wrong with an epoch, in words, and the numbers of rows with and without an output."""
    rows, token = [], ""
    while True:
        page = client.evaluation.list_sample_evaluations(
            run_id=run_id, epoch=number, page_size=1000, page_token=token
        )
        rows += page.evaluations
        token = page.next_page_token
        if not token:
            break
    wrong, missing, seen, losses = [], 0, set(), {split: [] for split in ROWS}
    path = folder / f"expected-{number}.npz"
    expected = np.load(path) if path.exists() else None
    for row in rows:
        split, at = SPLITS[row.sample.split], int(row.sample.sample_id)
        seen.add((split, at))
        said = np.array(row.probabilities, dtype=np.float32)
        if row.predicted_class < 0 or said.size == 0 or not np.isfinite(said).all():
            missing += 1
            continue
        if kind == "loader":
            if expected is None:
                continue  # The epoch was interrupted, so nothing is known of its end.
            logits = expected[split][[at]]
            shares = np.exp(logits.astype(np.float64))
            shares /= shares.sum()
            # To the bit, and right: the softmax of the package is in 32 bits, this one in 64.
            if not np.array_equal(said, softmax(logits)[0]) or np.abs(said - shares[0]).max() > 3e-7:
                wrong.append(f"{split}/{at}: {said}, not {shares[0]}")
            continue
        right = logged(split, [at], number)
        if not np.array_equal(said, right["probabilities"][0]) or np.float32(row.loss) != right["loss"][0]:
            wrong.append(f"{split}/{at}: {said}, {row.loss}")
        losses[split].append(row.loss)
    if len(rows) != len(seen) or len(seen) != sum(ROWS.values()):
        wrong.append(f"{len(rows)} rows of {len(seen)} samples")
    return wrong, missing, losses


def check(name, kind):
    with noema.client(start=False) as client:
        runs = [
            run
            for run in client.run.list_runs(project_id=client.find_project()).runs
            if run.display_name == name
        ]
        if len(runs) != 1:
            raise SystemExit(f"{len(runs)} runs have the name {name}")
        run_id, found = runs[0].id, []
        recording = client.recording.get_recording(run_id=run_id).recording
        for epoch in client.epoch.list_epochs(run_id=run_id, page_size=100).epochs:
            wrong, missing, losses = read_epoch(client, run_id, epoch.epoch, kind, Path.cwd())
            for part in epoch.splits:
                mean = np.mean(losses[SPLITS[part.split]] or [part.loss])
                # A row that counts twice moves the mean by more.
                if abs(mean - part.loss) > 1e-6:
                    wrong.append(f"the mean loss of {SPLITS[part.split]} is {part.loss}, not {mean}")
            if kind != "loader":
                save_responses(Path.cwd(), epoch.epoch)
            elif not epoch.partial_reason and not Path(f"expected-{epoch.epoch}.npz").exists():
                wrong.append("an interrupted epoch is not named as partial")
            found.append(
                {
                    "epoch": epoch.epoch,
                    "responses": epoch.recorded_responses.uri,
                    "partial": epoch.partial_reason,
                    "wrong": wrong[:3],
                    "missing": missing,
                }
            )
    print(
        json.dumps(
            {
                "run": run_id,
                "ended": min(one.epochs_ended for one in recording.writers),
                "epochs": found,
                "share": recording.open_epoch_share,
            }
        )
    )


if sys.argv[1] == "check":
    check(sys.argv[2], sys.argv[3])
else:
    pairs = (text.split("=", 1) if "=" in text else (text, "1") for text in sys.argv[4:])
    train(sys.argv[1], sys.argv[2], int(sys.argv[3]), dict(pairs))
