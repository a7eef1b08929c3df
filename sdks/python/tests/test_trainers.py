from __future__ import annotations

import inspect

import numpy as np
import pytest
from conftest import RESUMED, abandon, kinds_of

from noema._records import OUTPUT, RESPONSE_MEAN

torch = pytest.importorskip("torch")


def on_processor(transformers):
    """The option that keeps a Trainer off the GPU; Transformers 5 has no `no_cuda`."""
    names = inspect.signature(transformers.TrainingArguments).parameters
    return {"use_cpu" if "use_cpu" in names else "no_cuda": True}


def test_a_hugging_face_trainer(platform, tmp_path):
    transformers = pytest.importorskip("transformers")
    import noema.hf

    numbers = np.random.default_rng(0)
    rows = [
        {
            "input_ids": numbers.integers(1, 20, length).tolist(),
            "attention_mask": [1] * length,
            "labels": length % 2,
        }
        for length in numbers.integers(2, 9, 40).tolist()
    ]
    config = transformers.BertConfig(
        vocab_size=20,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        num_labels=2,
    )
    model = transformers.BertForSequenceClassification(config)
    data = noema.Dataset(
        training={key: [row[key] for row in rows] for key in rows[0]}, label="labels", classes=["even", "odd"]
    )
    assert [part.name for part in data.inputs] == ["input_ids", "attention_mask"]

    def collate(batch):
        longest = max(len(row["input_ids"]) for row in batch)
        padded = {
            key: torch.tensor([row[key] + [0] * (longest - len(row[key])) for row in batch])
            for key in ("input_ids", "attention_mask")
        }
        return {**padded, "labels": torch.tensor([row["labels"] for row in batch])}

    arguments = transformers.TrainingArguments(
        str(tmp_path / "out"),
        num_train_epochs=2,
        report_to=[],
        disable_tqdm=True,
        **on_processor(transformers),
        save_strategy="no",
    )
    trainer = transformers.Trainer(
        model, arguments, train_dataset=rows, data_collator=collate, callbacks=[noema.hf.Watch(data, "texts")]
    )
    trainer.train()
    assert [end.epoch for end in platform.ends()] == [1, 2]
    model.eval()
    with torch.no_grad():
        expected = torch.softmax(model(**{k: v for k, v in collate(rows).items() if k != "labels"}).logits, 1)
    found = platform.rows(2, OUTPUT)
    np.testing.assert_allclose(
        np.stack([found[("training", str(i))][-1] for i in range(40)]), expected.numpy(), atol=1e-4
    )
    names = [layer.name for layer in platform.runs[platform.only_run()].layers]
    assert "classifier" in names and "bert.encoder.layer.1.output.dense" in names
    assert len(platform.rows(2, RESPONSE_MEAN, layer="classifier")) == 40


def test_a_lightning_trainer(platform, tmp_path):
    try:
        import pytorch_lightning as lightning
    except Exception as error:
        pytest.skip(f"no Lightning: {error}")
    import noema.lightning

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 3)

        def forward(self, x):
            return self.layer(x)

        def training_step(self, batch, _):
            loss = torch.nn.functional.cross_entropy(self(batch[0]), batch[1])
            self.log("train_loss", loss, on_epoch=True, on_step=False)
            return loss

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    x, y = torch.rand(30, 4), torch.arange(30) % 3
    data = noema.Dataset(training=(x, y))
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=8, shuffle=True)
    trainer = lightning.Trainer(
        max_epochs=2,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=tmp_path,
        callbacks=[noema.lightning.Watch(data, "lightning")],
    )
    module = Module()
    trainer.fit(module, loader)
    assert [end.epoch for end in platform.ends()] == [1, 2]
    assert {m.name for m in platform.ends()[1].epoch_end.metrics} >= {"train_loss"}
    with torch.no_grad():
        expected = torch.softmax(module(x), 1)
    found = platform.rows(2, OUTPUT)
    np.testing.assert_allclose(
        np.stack([found[("training", str(i))][-1] for i in range(30)]), expected.numpy(), atol=1e-4
    )


class Stop(Exception):
    """Ends a trainer in the epoch after its checkpoint."""


def test_a_hugging_face_trainer_goes_back_to_its_checkpoint(platform, tmp_path):
    transformers = pytest.importorskip("transformers")
    import noema.hf

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 3)

        def forward(self, x, labels=None):
            logits = self.layer(x)
            loss = None if labels is None else torch.nn.functional.cross_entropy(logits, labels)
            return (logits,) if loss is None else (loss, logits)

    x, y = torch.rand(24, 4), torch.arange(24) % 3
    data = noema.Dataset(training=(x, y))
    rows = [{"x": x[i], "labels": y[i]} for i in range(24)]

    class StopAfter(transformers.TrainerCallback):
        def on_epoch_end(self, args, state, control, **_):
            if round(state.epoch) == 2:
                raise Stop

    def train(*callbacks, **resume):
        watch = noema.hf.Watch(data, "checkpoints", graph=False)
        arguments = transformers.TrainingArguments(
            str(tmp_path / "out"),
            num_train_epochs=3,
            report_to=[],
            disable_tqdm=True,
            **on_processor(transformers),
            save_strategy="epoch",
        )
        trainer = transformers.Trainer(
            Model(), arguments, train_dataset=rows, callbacks=[watch, *(callback() for callback in callbacks)]
        )
        try:
            trainer.train(**resume)
        finally:
            if callbacks:
                abandon(watch._run)

    with pytest.raises(Stop):
        train(StopAfter)
    # Two epochs are recorded, and the checkpoint is that of the first.
    train(resume_from_checkpoint=str(tmp_path / "out" / "checkpoint-3"))
    assert kinds_of(platform) == RESUMED
    # A checkpoint of which no run is left begins a run; nothing is raised in the trainer.
    train(resume_from_checkpoint=str(tmp_path / "out" / "checkpoint-3"))
    assert len(platform.runs) == 2


def test_a_lightning_trainer_goes_back_to_its_checkpoint(platform, tmp_path):
    try:
        import pytorch_lightning as lightning
    except Exception as error:
        pytest.skip(f"no Lightning: {error}")
    import noema.lightning

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 3)

        def forward(self, x):
            return self.layer(x)

        def training_step(self, batch, _):
            return torch.nn.functional.cross_entropy(self(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    x, y = torch.rand(30, 4), torch.arange(30) % 3
    data = noema.Dataset(training=(x, y))
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=8)

    def fit(epochs, ckpt_path=None):
        watch = noema.lightning.Watch(data, "checkpoints", graph=False)
        trainer = lightning.Trainer(
            max_epochs=epochs,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=tmp_path,
            callbacks=[watch],
        )
        if epochs < 3:
            # As if the process were killed before the end of the fit.
            watch.on_train_end = lambda *_: abandon(watch._run)
        trainer.fit(Module(), loader, ckpt_path=ckpt_path)
        return trainer

    fit(1).save_checkpoint(tmp_path / "one.ckpt")
    # The second epoch goes on with the run, and is then trained again from the checkpoint of the first.
    fit(2, tmp_path / "one.ckpt")
    fit(3, tmp_path / "one.ckpt")
    assert kinds_of(platform) == RESUMED
