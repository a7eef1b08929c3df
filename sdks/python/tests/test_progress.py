from __future__ import annotations

import io
import sys
import types

import numpy as np
import pytest
from conftest import logits_of

import noema
from noema import _progress
from noema._progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def open_terminal(monkeypatch):
    # Not a fixture: pytest sets stderr anew before the test.
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(_progress, "_EVERY_S", 0.0)
    return screen


def record(data, **options):
    with noema.run("digits", data, epochs=2, **options) as run:
        for epoch in run.epochs():
            for split, part in data.splits.items():
                run.log(part.ids, split=split, logits=logits_of(split, np.arange(len(part)), epoch))


def test_a_log_gets_one_line_for_each_epoch(platform, data, capfd):
    record(data)
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("noema: digits: epoch 1 of 2 in ")
    assert "running_loss" in lines[0]


@pytest.mark.parametrize("how", ["environment", "option"])
def test_progress_can_be_turned_off(platform, data, capfd, monkeypatch, how):
    if how == "environment":
        monkeypatch.setenv("NOEMA_PROGRESS", "0")
    record(data, **({} if how == "environment" else {"progress": False}))
    assert capfd.readouterr().err == ""


def test_a_terminal_has_one_line_that_is_written_over(platform, data, monkeypatch):
    terminal = open_terminal(monkeypatch)
    record(data)
    shown = terminal.getvalue()
    assert "\r\x1b[Knoema: digits: epoch 1 of 2: 40 of 50 samples" in shown
    assert "epoch 1 of 2: 50 of 50 samples" in shown
    assert shown.count("\n") == 2


def test_a_line_is_no_longer_than_the_terminal(monkeypatch):
    terminal = open_terminal(monkeypatch)
    Progress("digits").update("x" * 500)
    assert "noema: digits: xxx" in terminal.getvalue()
    assert len(terminal.getvalue()) < 100


def test_a_terminal_that_does_not_tell_its_width_has_80_columns(monkeypatch):
    terminal = open_terminal(monkeypatch)
    terminal.fileno = lambda: 2
    monkeypatch.setattr(_progress.os, "get_terminal_size", lambda _: types.SimpleNamespace(columns=0))
    Progress("digits").update("x" * 500)
    assert len(terminal.getvalue()) == len("\r\x1b[K") + 79


def test_an_open_bar_of_tqdm_keeps_its_line(monkeypatch):
    terminal = open_terminal(monkeypatch)
    bars = types.SimpleNamespace(tqdm=types.SimpleNamespace(_instances=[object()]))
    monkeypatch.setitem(sys.modules, "tqdm", bars)
    progress = Progress("digits")
    progress.update("3 of 5")
    assert terminal.getvalue() == ""
    bars.tqdm._instances.clear()
    progress.update("4 of 5")
    assert "4 of 5" in terminal.getvalue()


def test_a_notebook_has_one_display_that_is_updated(platform, data, capfd, monkeypatch):
    shown = []

    class Handle:
        def update(self, data, raw):
            shown.append(("update", data["text/plain"]))

    def display(data, raw, display_id):
        shown.append(("display", data["text/plain"]))
        return Handle()

    kernel = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(
        sys.modules,
        "IPython",
        types.SimpleNamespace(get_ipython=lambda: kernel, display=types.SimpleNamespace(display=display)),
    )
    record(data)
    assert capfd.readouterr().err == ""
    displays = [text for kind, text in shown if kind == "display"]
    # One for the dataset, one for the run.
    assert len(displays) == 2
    assert "epoch 2 of 2 in" in shown[-1][1]
    assert ("update", "noema: digits: dataset, all chunks") in shown


def test_a_log_has_no_line_of_a_wait(capfd):
    progress = Progress("digits")
    progress.update("map of epoch 1: waits for the layout, 3 s")
    progress.clear("map of epoch 1, after 3 s")
    assert capfd.readouterr().err == ""


def test_a_closed_output_does_not_stop_a_training(platform, data, monkeypatch):
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    record(data)
    monkeypatch.setattr(sys, "stderr", None)
    record(data)
    assert len(platform.runs) == 2
