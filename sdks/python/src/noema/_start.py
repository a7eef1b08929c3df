"""Starts recorded runs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from noema._client import TRANSIENT, Client
from noema._dataset import Dataset
from noema._delivery import Delivery
from noema._errors import NoemaError
from noema._graph import graph_bytes
from noema._kept import KeptDataset
from noema._platform import Platform, default_project, find_platform
from noema._progress import Progress
from noema._ranks import Rank, find_rank, shared_key
from noema._recorder import LOG, Recorder, send_seconds
from noema._run import Run, RunOptions, Watch, exit_seconds, use
from noema._spool import Spool, read_json, spool_bytes, spool_root
from noema._upload import DatasetUpload, UploadSource, ensure_version
from noema._wire.training.v1 import recording_service_pb2

#: How long the start of a run tries to send the dataset. After that it goes on in the background.
FIRST_TRY_S = 5.0


def run(
    name: str,
    data: Dataset,
    *,
    watch: Any = None,
    layers: Sequence[str] | str | None = None,
    epochs: int = 0,
    every: int = 1,
    sweep: bool = True,
    model: str | None = None,
    task: str | None = None,
    output: str | None = None,
    prepare: Callable[[Any], Any] | None = None,
    project: str | None = None,
    resume: bool = False,
    first_epoch: int | None = None,
    url: str | None = None,
    api_key: str | None = None,
    start: bool = True,
    progress: bool = True,
    graph: bool | str = True,
) -> Run:
    """Starts recording a training. Sends the dataset first, if the platform does not have it.

    - `watch`: the model, a torch module or a Keras 3 model, whose layers are recorded.
    - `layers`: names of the watched layers, or patterns of layers with learned units, such as `encoder.*`. A
      name may be that of a block, such as a residual block, whose output is taken. `"all"` takes all layers
      with learned units. Default: all, or of a large network as many as fit 2,300 bytes a sample, with layers
      of all depths, in 8 bits.
    - `epochs`: number of planned epochs. Default: unknown.
    - `every`: activations are taken in every n-th epoch and in the last; the other epochs have metrics only.
    - `sweep`: at the end of an epoch, runs the watched model in inference mode over the samples that have no
      such record, so that the epoch is whole and all its rows are at one state of the weights.
    - `model`: name of the model on the platform; runs with the same name are its versions. Default: `name`.
    - `task`: `multi_class`, `multi_label`, `binary` or `regression`. Default: that of the dataset.
    - `output`: what the watched model returns: `logits`, `probabilities` or `prediction`. Default: `logits`,
      and `prediction` for a regression.
    - `prepare`: function from the inputs that `Dataset.batches` yields to what the watched model takes, such
      as a normalization. Default: unchanged.
    - `project`: its name or id. Default: NOEMA_PROJECT, else the only one, else `default`.
    - `resume`: goes on with the last run of this name that was not ended on this machine.
    - `first_epoch`: with `resume`, the epoch that the training goes on with. Default: the one after the last
      that ended. After an earlier checkpoint, it replaces that epoch and all later ones, see `Run.rewind`.
      Several ranks need it, the same for all of them.
    - `url`, `api_key`, `start`: see `client`.
    - `progress`: shows the rows of the running epoch in a terminal or a notebook, and a line on stderr for
      each epoch. NOEMA_PROGRESS=0 turns it off too.
    - `graph`: at the end of each epoch, exports the watched model as an ONNX file and sends it, so that the
      platform computes heat maps and places other data. `"last"`: of the last epoch alone, for which `epochs`
      is needed. False: never.

    Raises NoemaError if no platform can be found or started, if it refuses the dataset, or if a setting of
    the environment is no number. A platform that does not answer is waited for in the background: the
    dataset and what is logged stay in the local spool until then.
    """
    if first_epoch is not None and not resume:
        raise NoemaError(
            f"first_epoch is {first_epoch} without resume=True; a new run begins with 1", "RESUME_INVALID"
        )
    # Settings that are no numbers are refused here, not at the end of the training.
    for read_setting in (send_seconds, exit_seconds, spool_bytes, graph_bytes):
        read_setting()
    rank = find_rank()
    if resume and first_epoch is None and rank.count > 1:
        raise NoemaError(
            f"resume=True with {rank.count} ranks needs first_epoch=, the epoch after the checkpoint: a rank "
            "that was killed may have ended fewer epochs than the others",
            "RESUME_INVALID",
        )
    options = RunOptions(
        epochs=epochs,
        every=max(1, every),
        sweep=sweep,
        output=output,
        task=task,
        prepare=prepare,
        takes_all_layers=layers is not None,
        rank=rank,
        progress=progress,
        graph=graph,
    )
    if graph not in (True, False, "last") or (graph == "last" and epochs < 1):
        raise NoemaError(
            f'graph is {graph!r}; give True, False, or "last" together with epochs=', "GRAPH_INVALID"
        )
    watcher = find_watch(watch, None if layers == "all" else [layers] if isinstance(layers, str) else layers)
    upload = DatasetUpload(data)
    platform = find_platform(url, api_key, start=start and rank.number == 0)
    project = project or default_project()
    found = _find_folder(name, rank) if resume else None
    folder = found or spool_root() / shared_key(name, rank)

    def open_client() -> Client:
        return Client(platform, retry_s=0)

    def find_version(opened: Client, project_id: str) -> str:
        # What is kept is encoded already, so the training pays nothing for it.
        sent = delivery.kept.open() if delivery.kept.is_whole else upload
        return await_version(opened, project_id, sent, name, rank)

    spool = Spool(folder, rank.number, spool_bytes())
    delivery = Delivery(folder, rank.number, open_client, find_version)
    if not delivery.is_described:
        version_id, project_id = (
            _send_dataset(platform, project, name, upload, progress) if rank.number == 0 else ("", "")
        )
        request = recording_service_pb2.CreateRecordingRequest(
            display_name=name,
            model_name=model or name,
            epochs=epochs,
            writers=rank.count,
            request_id=folder.name,
        )
        delivery.start(
            request,
            name=name,
            address=platform.address,
            secure=platform.secure,
            url=platform.url,
            project=project or "",
            project_id=project_id,
            dataset_version_id=version_id,
        )
    # A resumed run as well: the process before it may have died before the dataset was sent.
    if rank.number == 0 and not delivery.state.get("dataset_version_id"):
        _keep_dataset(delivery.kept, upload, name)
    if data.population_note:
        print(f"noema: {name} records {data.population_note}", flush=True)
    recorder = Recorder(spool, delivery.connect)
    started = Run(name, data, recorder, delivery, options, watcher, spool.ended_epoch + 1)
    # All ranks go back, also one that has not ended the epoch: an epoch is of one branch for all of them.
    if first_epoch is not None and (first_epoch != started.epoch + 1 or rank.count > 1):
        started.rewind(first_epoch)
    use(started)
    return started


def run_of_trainer(name: str, data: Dataset, epochs_done: int, **options: Any) -> Run:
    """Starts the run of a trainer that has done some epochs before, because it has loaded a checkpoint.

    Goes on with the last run of this name that was not ended on this machine, and goes back in it to the
    epoch after the checkpoint. Without one, and where `options` say what is resumed, it is `run`.
    """
    if epochs_done < 1 or "resume" in options or "first_epoch" in options:
        return run(name, data, **options)
    if _find_folder(name, find_rank()) is None:
        LOG.warning(
            'noema: the training goes on after epoch %d, but there is no run "%s" here that was not ended; a '
            "new run begins with 1",
            epochs_done,
            name,
        )
        return run(name, data, **options)
    if find_rank().count > 1:
        return run(name, data, resume=True, first_epoch=epochs_done + 1, **options)
    resumed = run(name, data, resume=True, **options)
    if epochs_done < resumed.epoch:
        resumed.rewind(epochs_done + 1)
    return resumed


def await_version(opened: Client, project_id: str, upload: UploadSource, name: str, rank: Rank) -> str:
    """Returns the id of the dataset version, which the first rank sends and the others wait for."""
    if rank.number > 0:
        version_id = opened.send_upload(project_id, upload.manifest).dataset_version_id
        if not version_id:
            raise NoemaError("the first rank has not yet sent the dataset", "NOT_READY")
        return version_id
    return ensure_version(opened, project_id, upload, name, progress_of(name))


def find_watch(model: Any, layers: Sequence[str] | None = None) -> Watch | None:
    """Returns hooks for a model of any framework that was imported. Raises NoemaError WATCH_UNKNOWN."""
    if model is None:
        return None
    # With the backend torch, a model of Keras is a torch module, too.
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Model):
        from noema.keras import ModelWatch

        return ModelWatch(model, layers)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        from noema.torch import ModuleWatch

        return ModuleWatch(model, layers)
    raise NoemaError(
        f"watch is a {type(model).__module__}.{type(model).__name__}; give a torch module or a "
        "Keras 3 model, or log "
        "activation={layer: array} yourself",
        "WATCH_UNKNOWN",
    )


def progress_of(name: str, wanted: bool = True) -> Callable[[int, int], None]:
    """Returns a function that shows the progress of an upload."""

    progress = Progress(name, wanted)

    def show(done: int, total: int) -> None:
        progress.update(f"dataset, chunk {done} of {total}")
        if done == total:
            progress.clear("dataset, all chunks")

    return show


def _send_dataset(
    platform: Platform, project: str | None, name: str, upload: DatasetUpload, progress: bool
) -> tuple[str, str]:
    """Returns the ids of the dataset version and of the project; empty if the platform does not answer."""
    try:
        with Client(platform, retry_s=FIRST_TRY_S) as opened:
            project_id = opened.find_project(project)
            show = progress_of(name, progress)
            return ensure_version(opened, project_id, upload, name, show), project_id
    except NoemaError as error:
        if error.code not in TRANSIENT:
            raise
        LOG.warning(
            "noema: the platform at %s does not answer, the run waits in %s: %s",
            platform.address,
            spool_root(),
            error,
        )
        return "", ""


def _keep_dataset(kept: KeptDataset, upload: DatasetUpload, name: str) -> None:
    """Keeps the dataset in the spool before the first step, so that nothing of the run depends on this
    process.
    """
    try:
        size = kept.keep(upload, spool_bytes())
    except OSError as error:
        LOG.warning(
            "noema: the dataset of %s could not be kept in %s: %s. Until the platform has taken it, only "
            "this process can send it, or `resume=True`",
            name,
            kept.folder.parent,
            error,
        )
        return
    # A busy disk would hold up the training.
    threading.Thread(target=kept.sync, name="noema-dataset", daemon=True).start()
    LOG.warning("noema: the dataset of %s waits there as well: %.1f MiB", name, size / 2**20)


def _find_folder(name: str, rank: Rank) -> Path | None:
    """Returns the folder of the last run of this name that was not ended."""
    found = []
    for path in spool_root().glob(f"*/writer-{rank.number}.json"):
        state = read_json(path) or {}
        if state.get("name") == name and not state.get("ended"):
            found.append((path.stat().st_mtime, path.parent))
    return max(found)[1] if found else None
