from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest
from conftest import logits_of, make_data

import noema
from noema._arrays import softmax
from noema._recorder import Record, Recorder
from noema._records import LOSS, OUTPUT, RESPONSE_MAX, RESPONSE_MEAN
from noema._spool import Spool


def log_epoch(run, data, epoch, batch=16):
    for split in data.splits:
        for ids, _, _ in data.batches(split, batch, shuffle=split == "training", seed=epoch):
            run.log(ids, logits=logits_of(split, ids, epoch))


def test_delivers_every_row_of_every_epoch(platform, data):
    with noema.run("first", data, epochs=2) as run:
        for epoch in run.epochs():
            log_epoch(run, data, epoch)
    for epoch in (1, 2):
        rows = platform.rows(epoch, OUTPUT)
        assert len(rows) == 50
        for (split, key), values in rows.items():
            assert len(values) == 1
            np.testing.assert_array_equal(values[0], softmax(logits_of(split, [int(key)], epoch))[0])
    assert [end.epoch for end in platform.ends()] == [1, 2]
    assert platform.run_end().error == ""
    assert platform.runs[platform.only_run()].output_dims == [3]
    assert not list((platform_spool()).glob("*"))


def platform_spool():
    from noema._spool import spool_root

    return spool_root()


def test_computes_the_loss_and_the_metrics_of_all_training_rows(platform, data):
    with noema.run("first", data) as run:
        for epoch in run.epochs(1):
            log_epoch(run, data, epoch)
    losses = platform.rows(1, LOSS)
    labels = data.labels.values["training"]
    expected = [
        -np.log(softmax(logits_of("training", [i], 1)).astype(np.float64)[0, labels[i]]) for i in range(40)
    ]
    found = [losses[("training", str(i))][0][0] for i in range(40)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    metrics = {m.name: m.value for m in platform.ends()[0].epoch_end.metrics}
    assert metrics["running_loss"] == pytest.approx(np.mean(expected), rel=1e-5)
    assert metrics["running_accuracy"] == pytest.approx(np.mean(labels == 1))


def test_rows_outside_of_the_population_count_in_the_metrics_alone(platform):
    data = make_data(training_rows=8)
    with noema.run("first", data) as run:
        for epoch in run.epochs(1):
            log_epoch(run, data, epoch)
    assert sum(split == "training" for split, _ in platform.rows(1, OUTPUT)) == 8
    metrics = {m.name: m.value for m in platform.ends()[0].epoch_end.metrics}
    assert metrics["running_accuracy"] == pytest.approx(np.mean(data.labels.values["training"] == 1))
    assert "training 8 of 40" in repr(data)


def test_pools_activations_over_positions(platform, data):
    maps = np.random.default_rng(0).random((10, 4, 5, 7)).astype(np.float32)
    with noema.run("first", data) as run:
        run.log(
            range(10),
            split="validation",
            logits=np.zeros((10, 3)),
            activation={"conv": maps},
            embedding=np.ones((10, 2)),
        )
    mean = platform.rows(1, RESPONSE_MEAN, layer="conv")
    top = platform.rows(1, RESPONSE_MAX, layer="conv")
    for i in range(10):
        np.testing.assert_allclose(mean[("validation", str(i))][0], maps[i].mean(axis=(0, 1)), rtol=2e-3)
        np.testing.assert_allclose(top[("validation", str(i))][0], maps[i].max(axis=(0, 1)), rtol=2e-3)
    layers = platform.runs[platform.only_run()].layers
    assert [(x.name, x.unit_count, list(x.position_dims)) for x in layers] == [
        ("conv", 7, [4, 5]),
        ("embedding", 2, []),
    ]


@pytest.mark.parametrize(
    ("ids", "things", "expected"),
    [
        (
            [0, 1],
            {"logits": np.zeros((3, 3))},
            r"test_run.py:\d+: logits has the shape \[3, 3\], but there are 2 ids",
        ),
        (
            [0, 1],
            {"logits": np.zeros((2, 4))},
            r"logits has the shape \[2, 4\], but the dataset has 3 classes",
        ),
        ([0, 1], {"logits": np.zeros((2, 3)), "loss": np.zeros(5)}, r"loss has the shape \[5\]"),
        ([0, 99], {"logits": np.zeros((2, 3))}, 'no id "99"'),
        ([[0], [1]], {"logits": np.zeros((2, 3))}, "not hashable"),
        ([0, 1], {"activation": {"conv": np.zeros((3, 4))}}, "3 rows, but there are 2 ids"),
        ([0, 1], {"logits": np.zeros((2, 3)), "prediction": np.zeros((2, 3))}, "give one of"),
    ],
)
def test_a_wrong_first_call_is_an_error_with_its_line(platform, data, ids, things, expected):
    run = noema.run("first", data)
    with pytest.raises(noema.LogError, match=expected):
        run.log(ids, split="validation", **things)
    run.finish()


def test_a_wrong_later_call_is_left_out_and_said(platform, data):
    with noema.run("first", data) as run:
        run.log([0, 1], split="validation", logits=np.zeros((2, 3)))
        run.log([2, 3], split="validation", logits=np.zeros((3, 3)))
        assert "a batch was left out" in run.health
    assert len(platform.rows(1, OUTPUT)) == 2


def test_an_ambiguous_split_is_an_error(platform, data):
    with noema.run("first", data) as run, pytest.raises(noema.LogError, match="training and validation"):
        run.log([0], logits=np.zeros((1, 3)))


def test_numbers_that_are_not_finite_leave_only_a_loss(platform, data):
    logits = np.zeros((10, 3))
    logits[3, 1], logits[5] = np.nan, np.inf
    loss = np.arange(10.0)
    loss[7] = np.nan
    with noema.run("first", data) as run:
        run.log(range(10), split="validation", logits=logits, loss=loss, activation={"a": np.ones((10, 2))})
        run.log(range(10), split="training", logits=np.full((10, 3), np.nan), rate=np.nan)
        run.end_epoch()
        run.finish()
        assert "outputs of 12 rows were not finite" in run.health
    kept = {("validation", str(i)) for i in range(10) if i not in (3, 5)}
    assert set(platform.rows(1, OUTPUT)) == set(platform.rows(1, RESPONSE_MEAN, layer="a")) == kept
    losses = platform.rows(1, LOSS)
    assert len(losses) == 20 and losses[("validation", "3")][0] == 3
    assert np.isnan(losses[("validation", "7")][0]) and np.isnan(losses[("training", "0")][0])


def test_an_interrupted_run_ends_with_its_error_and_an_epoch_as_it_is(platform, data):
    with pytest.raises(KeyboardInterrupt), noema.run("first", data) as run:
        for epoch in run.epochs(3):
            log_epoch(run, data, epoch)
            if epoch == 2:
                raise KeyboardInterrupt
    assert platform.run_end().error == "KeyboardInterrupt"
    assert [end.epoch for end in platform.ends()] == [1, 2]


def test_an_epoch_ends_once(platform, data):
    with noema.run("first", data) as run:
        run.start_epoch(2)
        log_epoch(run, data, 2)
        run.end_epoch()
        with pytest.raises(noema.LogError, match="epoch 2 has ended already; the next one is 3"):
            run.start_epoch(2)
    assert [end.epoch for end in platform.ends()] == [2]


def test_a_platform_that_is_killed_and_restarted_gets_every_row_once(platform, data):
    with noema.run("first", data) as run:
        for epoch in run.epochs(6):
            log_epoch(run, data, epoch, batch=4)
            if epoch == 2:
                platform.stop()
            if epoch == 4:
                platform.start()
    for epoch in range(1, 7):
        assert {len(values) for values in platform.rows(epoch, OUTPUT).values()} == {1}
        assert len(platform.rows(epoch, OUTPUT)) == 50
    assert platform.gaps == 0


@pytest.mark.parametrize("seed", range(5))
def test_lost_requests_and_responses_lose_and_double_nothing(platform, data, seed):
    platform.random.seed(seed)
    with noema.run("first", data) as run:
        platform.lose_requests = platform.lose_responses = 0.3
        for epoch in run.epochs(2):
            log_epoch(run, data, epoch, batch=4)
    for epoch in (1, 2):
        rows = platform.rows(epoch, OUTPUT)
        assert len(rows) == 50 and {len(values) for values in rows.values()} == {1}
    assert platform.gaps == 0
    numbers = [record.sequence for record in platform.all_records()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_without_a_platform_the_run_waits_in_the_spool_and_sync_sends_it(platform, data, capfd):
    platform.stop()
    with noema.run("first", data) as run:
        for epoch in run.epochs(2):
            log_epoch(run, data, epoch)
        assert run.finish(timeout_s=2) is False
        assert "waiting for the platform" in run.health
    assert "python -m noema sync" in capfd.readouterr().err
    platform.start()
    done = subprocess.run(
        [sys.executable, "-m", "noema", "sync"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "first" in done.stdout
    for epoch in (1, 2):
        assert len(platform.rows(epoch, OUTPUT)) == 50
    assert platform.run_end() is not None
    assert not list(platform_spool().glob("*"))


KILLED = """
    import os, sys, signal
    sys.path.insert(0, {tests!r})
    from conftest import make_data
    from test_run import log_epoch
    import noema, time
    data = make_data()
    run = noema.run("killed", data, resume={resume})
    print(run.epoch + 1, flush=True)
    for epoch in run.epochs(3):
        log_epoch(run, data, epoch)
        if epoch == 2 and not {resume}:
            while run._recorder.spool.ended_epoch < 1:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGKILL)
    run.finish()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_trainer_resumes_at_the_last_epoch_and_loses_no_ended_one(platform):
    def start(resume):
        code = textwrap.dedent(KILLED).format(tests=os.path.dirname(__file__), resume=resume)
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)

    first = start(False)
    assert first.returncode == -9, first.stderr
    second = start(True)
    assert second.returncode == 0, second.stderr
    assert second.stdout.split()[0] == "2"
    assert [end.epoch for end in platform.ends()] == [1, 2, 3]
    assert len(platform.rows(1, OUTPUT)) == 50
    assert len(platform.rows(3, OUTPUT)) == 50
    numbers = [record.sequence for record in platform.all_records()]
    assert numbers == list(range(1, len(numbers) + 1))


UNSENT = """
    import os, sys, signal, time
    sys.path.insert(0, {tests!r})
    from conftest import make_data
    from test_run import log_epoch
    import noema
    from noema import _start
    _start.FIRST_TRY_S = 0.1
    data = make_data()
    run = noema.run("unsent", data)
    run.start_epoch(1)
    log_epoch(run, data, 1)
    run.end_epoch()
    while run._recorder.spool.ended_epoch < 1:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_trainer_whose_dataset_was_never_sent_needs_sync_alone(platform):
    def command(name):
        return subprocess.run(
            [sys.executable, "-m", "noema", name], capture_output=True, text=True, timeout=300
        )

    platform.stop()
    code = textwrap.dedent(UNSENT).format(tests=os.path.dirname(__file__))
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert killed.returncode == -9, killed.stderr
    assert "the dataset of unsent waits there as well" in killed.stderr
    assert "and its dataset" in command("status").stdout
    platform.start()
    done = command("sync")
    assert done.returncode == 0, done.stdout
    assert len(platform.rows(1, OUTPUT)) == 50
    assert [end.epoch for end in platform.ends()] == [1]
    (chunks,) = platform.chunks.values()
    assert sum(len(chunk.sample_ids) for chunk in chunks.values()) == 50
    assert not list(platform_spool().glob("*"))


BACK = """
    import os, sys, signal, time
    sys.path.insert(0, {tests!r})
    from conftest import make_data
    from test_run import log_epoch
    import noema
    data = make_data()
    run = noema.run("back", data, resume={again}, first_epoch=2 if {again} else None)
    print(run.epoch + 1, flush=True)
    for epoch in run.epochs(3 if not {again} else 2):
        log_epoch(run, data, epoch)
    if {again}:
        run.finish()
    else:
        while run._recorder.spool.ended_epoch < 3:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_trainer_that_resumes_from_an_earlier_checkpoint_records_its_epochs_again(platform):
    def start(again):
        code = textwrap.dedent(BACK).format(tests=os.path.dirname(__file__), again=again)
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)

    assert start(False).returncode == -9
    second = start(True)
    assert second.returncode == 0, second.stderr
    assert second.stdout.split()[0] == "2"
    kinds = [
        (record.WhichOneof("content"), record.epoch)
        for record in platform.all_records()
        if not record.HasField("samples")
    ]
    assert kinds == [
        ("epoch_end", 1),
        ("epoch_end", 2),
        ("epoch_end", 3),
        ("rewind", 2),
        ("epoch_end", 2),
        ("run_end", 2),
    ]
    numbers = [record.sequence for record in platform.all_records()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_run_goes_back_to_epochs_that_it_has_ended_alone(platform):
    data = make_data()
    with pytest.raises(noema.NoemaError) as refused:
        noema.run("new", data, first_epoch=2)
    assert refused.value.reason == "RESUME_INVALID"
    with noema.run("rewound", data) as run:
        run.rewind(1)  # Nothing was recorded.
        for epoch in run.epochs(2):
            log_epoch(run, data, epoch)
        with pytest.raises(noema.LogError, match=r"run.rewind\(2\)"):
            run.start_epoch(2)
        with pytest.raises(noema.LogError, match="ended 2, give 1 to 3"):
            run.rewind(4)
        run.rewind(2)
        assert run.epoch == 1
        assert [run._delivery.find_branch(epoch) for epoch in (1, 2, 3)] == [0, 1, 1]
        run.rewind(1)
        assert [run._delivery.find_branch(epoch) for epoch in (1, 2, 3)] == [2, 2, 2]
        for epoch in run.epochs(1):
            log_epoch(run, data, epoch)
    assert [end.epoch for end in platform.ends()] == [1, 2, 1]


def test_a_program_that_fails_ends_its_run_with_the_error(platform):
    code = f"""
        import sys
        sys.path.insert(0, {os.path.dirname(__file__)!r})
        from conftest import make_data
        from test_run import log_epoch
        import noema
        data = make_data()
        run = noema.run("fails", data)
        run.start_epoch()
        log_epoch(run, data, 1)
        raise RuntimeError("out of memory")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1
    assert platform.run_end().error == "RuntimeError: out of memory"
    assert [end.epoch for end in platform.ends()] == [1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_sends_nothing_and_ends(platform, data):
    with noema.run("first", data) as run:
        run.log([0, 1], split="validation", logits=np.zeros((2, 3)))
        child = os.fork()
        if child == 0:
            run.log([2, 3], split="validation", logits=np.zeros((2, 3)))
            run.finish()
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        run.log([4, 5], split="validation", logits=np.zeros((2, 3)))
    assert sorted(key for _, key in platform.rows(1, OUTPUT)) == ["0", "1", "4", "5"]


def test_two_ranks_are_two_writers_of_one_run(platform, tmp_path):
    code = textwrap.dedent("""
        import sys
        sys.path.insert(0, {tests!r})
        from conftest import make_data, logits_of
        import noema, os
        rank = int(os.environ["RANK"])
        data = make_data()
        with noema.run("ranks", data) as run:
            for epoch in run.epochs(1):
                for split in data.splits:
                    rows = list(range(len(data.splits[split])))[rank::2]
                    run.log(rows, split=split, logits=logits_of(split, rows, epoch))
    """).format(tests=os.path.dirname(__file__))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "RANK": str(rank), "WORLD_SIZE": "2", "NOEMA_RUN_KEY": "k"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in (0, 1)
    ]
    output = [process.communicate(timeout=300)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], output
    assert platform.runs[platform.only_run()].writers == 2
    assert len(platform.rows(1, OUTPUT, writer=0)) == len(platform.rows(1, OUTPUT, writer=1)) == 25


KILLED_RANKS = """
    import os, sys, signal, time
    sys.path.insert(0, {tests!r})
    from conftest import logits_of, make_data
    import noema
    rank, data = int(os.environ["RANK"]), make_data()
    again = {{"resume": True, "first_epoch": 2}} if {again} else {{}}
    with noema.run("ranks", data, **again) as run:
        for epoch in run.epochs(3):
            if epoch == 3 - rank and not again:
                while run._recorder.spool.ended_epoch < 2 - rank:
                    time.sleep(0.01)
                os.kill(os.getpid(), signal.SIGKILL)
            for split in data.splits:
                rows = list(range(len(data.splits[split])))[rank::2]
                run.log(rows, split=split, logits=logits_of(split, rows, epoch))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_ranks_that_have_ended_different_epochs_go_back_to_the_same_one(platform, monkeypatch):
    def start(again):
        code = textwrap.dedent(KILLED_RANKS).format(tests=os.path.dirname(__file__), again=again)
        both = {**os.environ, "WORLD_SIZE": "2", "NOEMA_RUN_KEY": "k"}
        started = [
            subprocess.Popen(
                [sys.executable, "-c", code],
                env={**both, "RANK": str(rank)},
                stderr=subprocess.PIPE,
                text=True,
            )
            for rank in (0, 1)
        ]
        errors = [process.communicate(timeout=300)[1] for process in started]
        return [process.returncode for process in started], errors

    assert start(False)[0] == [-9, -9]
    codes, errors = start(True)
    assert codes == [0, 0], errors
    kinds = [
        [(r.WhichOneof("content"), r.epoch) for r in records if not r.HasField("samples")]
        for records in map(platform.all_records, (0, 1))
    ]
    after = [("rewind", 2), ("epoch_end", 2), ("epoch_end", 3), ("run_end", 3)]
    # The rank that was killed goes back as well: an epoch of one branch needs all writers.
    assert kinds[0] == [("epoch_end", 1), ("epoch_end", 2), *after]
    assert kinds[1] == [("epoch_end", 1), *after]
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(noema.NoemaError, match="needs first_epoch="):
        noema.run("ranks", make_data(), resume=True)


def test_a_platform_that_refuses_ends_the_sending_and_not_the_training(platform, data):
    with noema.run("first", data) as run:
        run.log([0], split="validation", logits=np.zeros((1, 3)))
        platform.refuse_records = True
        for _ in run.epochs(2):
            run.log([0], split="validation", logits=np.zeros((1, 3)))
        run.finish(timeout_s=10)
        assert "refused a record" in run.health


def test_trainings_that_begin_at_once_with_the_same_data_share_one_version(platform, data):
    from noema._client import Client
    from noema._upload import DatasetUpload, ensure_version

    def send(name):
        with Client(platform.platform, retry_s=0) as client:
            return ensure_version(client, "p", DatasetUpload(data), name, lambda _done, _all: None)

    first = send("first")
    # The other training has asked before the first one had created the version.
    platform.versions.clear()
    assert send("second") == first
    (integration,) = platform.integrations.values()
    assert integration.display_name == "first"


def test_the_dataset_is_sent_once(platform, data):
    for _ in range(2):
        noema.run("first", data).finish()
    (chunks,) = platform.chunks.values()
    sent = [chunk for _, chunk in sorted(chunks.items())]
    assert sum(len(chunk.sample_ids) for chunk in sent) == 50
    assert sent[0].visuals[0].files[0].startswith(b"\x89PNG")


def test_log_from_several_threads_loses_nothing(platform, data):
    with noema.run("first", data) as run:
        run.start_epoch(1)
        threads = [
            threading.Thread(
                target=lambda k=k: [
                    run.log([k * 10 + i], split="training", logits=np.zeros((1, 3))) for i in range(10)
                ]
            )
            for k in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        run.end_epoch()
    assert len(platform.rows(1, OUTPUT)) == 40


def test_a_platform_that_was_started_again_at_another_port_is_found(platform, data, tmp_path, monkeypatch):
    folder = tmp_path / ".noema"
    folder.mkdir()

    def write_address():
        address = f"127.0.0.1:{platform.port}"
        state = {"grpcAddress": address, "url": f"http://{address}"}
        (folder / "platform.json").write_text(json.dumps(state))

    (folder / "platform.lock").write_text(json.dumps({"pid": os.getpid()}))
    (folder / "credentials.json").write_text(json.dumps({"api_key": "key"}))
    write_address()
    monkeypatch.delenv("NOEMA_URL")
    monkeypatch.delenv("NOEMA_API_KEY")
    with noema.client(start=False) as client, noema.run("moved", data, epochs=2) as run:
        project = client.find_project()
        for epoch in run.epochs():
            if epoch == 2:
                before = platform.port
                platform.stop()
                # The old address answers nothing for a while, as in a restart.
                platform.port = 0
                platform.start()
                assert platform.port != before
                write_address()
            log_epoch(run, data, epoch)
        assert client.find_project() == project
        assert client.platform.address == f"127.0.0.1:{platform.port}"
    assert [end.epoch for end in platform.ends()] == [1, 2]
    assert len(platform.rows(2, OUTPUT)) == 50


@pytest.mark.parametrize("send_s, sent", [("1000", 0), ("0", 40)])
def test_records_are_sent_with_the_end_of_their_epoch_or_when_they_are_old(
    platform, data, monkeypatch, send_s, sent
):
    monkeypatch.setenv("NOEMA_SEND_S", send_s)
    with noema.run("together", data) as run:
        run.start_epoch()
        for ids, _, _ in data.batches("training", 4):
            run.log(ids, logits=logits_of("training", ids, 1))
        run._recorder.wake_writer()
        spool = run._recorder.spool
        wait_until(lambda: platform.runs and spool.last > 0 and spool.is_drained == (sent > 0))
        assert sum(len(r.samples.sample_ids) for r in platform.all_records()) == sent
        run.end_epoch()
        wait_until(lambda: platform.ends())
        assert len(platform.rows(1, OUTPUT)) == 40


def test_a_record_that_is_written_when_the_last_one_has_arrived_is_sent(tmp_path, monkeypatch):
    monkeypatch.setenv("NOEMA_SEND_S", "0")
    arrived = threading.Event()

    def send(record):
        arrived.wait(30)
        return record.sequence

    def samples():
        record = Record(epoch=1)
        record.samples.SetInParent()
        return record

    spool = Spool(tmp_path, 0, 1 << 20)
    recorder = Recorder(spool, lambda: (send, 0))
    append = spool.append

    def append_late(record):
        arrived.set()
        wait_until(lambda: spool.unsent_bytes == 0 and recorder._sendable._waiters)
        return append(record)

    recorder._spool(samples())
    monkeypatch.setattr(spool, "append", append_late)
    recorder._spool(samples())
    wait_until(lambda: spool.acknowledged == 2)
    assert recorder.close(30)


@pytest.mark.parametrize("name", ["NOEMA_SEND_S", "NOEMA_EXIT_S", "NOEMA_SPOOL_BYTES", "NOEMA_GRAPH_BYTES"])
@pytest.mark.parametrize("value", ["5s", "-1", "nan"])
def test_a_setting_that_is_no_number_is_refused_before_the_training(platform, data, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(noema.NoemaError, match=f"{name} is '{value}'") as found:
        noema.run("refused", data)
    assert found.value.reason == "SETTING_INVALID"
    assert not platform.runs


def wait_until(holds):
    for _ in range(6000):
        if holds():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come to hold within 300 s")
