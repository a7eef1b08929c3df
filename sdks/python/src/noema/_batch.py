"""Checks one call of `log`, and copies what it has."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noema._arrays import Array, byte_size, shape_of, stage
from noema._choice import Choice, choose_layers
from noema._dataset import Dataset, SampleIds
from noema._epoch import Epoch
from noema._errors import LogError
from noema._ids import format_ids, list_ids
from noema._objective import are_correct, compute_loss, to_output
from noema._records import LOSS, OUTPUT, Column, Item, Samples
from noema._responses import Layer, Response, pool, pool_embedding

OUTPUT_NAMES = ("logits", "probabilities", "prediction")
#: Name of the layer under which `embedding=` is stored.
EMBEDDING = "embedding"


class BatchReader:
    """Turns calls of `log` into items. Remembers the shapes of the first ones. Raises LogError for a wrong
    call.
    """

    def __init__(self, data: Dataset, task: str | None, takes_all_layers: bool = False) -> None:
        self._data = data
        self._takes_all_layers = takes_all_layers
        #: The watched layers that are recorded; None until they are known.
        self.choice: Choice | None = None
        self.task = task or (data.labels.task if data.labels is not None else "")
        self.output_dims: tuple[int, ...] | None = None
        self.layers: dict[str, Layer] = {}
        #: True once the platform knows the layers, so that no other may follow.
        self.is_closed = False
        self._ignored: set[str] = set()
        self._members: dict[str, Array] = {}
        self.mutex = threading.Lock()

    def read(
        self,
        epoch: Epoch,
        ids: Any,
        split: str | None,
        training_mode: bool | None,
        things: dict[str, Any],
        watched: list[Response],
    ) -> Item | None:
        """Returns the item of one call, or None without ids. `training_mode` None: by the split."""
        texts = format_ids(ids)
        if not texts:
            return None
        name = self._find_split(ids, texts, split, training_mode)
        rows = self._find_rows(name, texts)
        require_counts(things, len(texts))
        given = [key for key in OUTPUT_NAMES if things.get(key) is not None]
        if len(given) > 1:
            raise LogError(f"give one of {', '.join(OUTPUT_NAMES)}, not {' and '.join(given)}")
        responses = self._responses(things, watched, len(texts))
        kind = given[0] if given else ""
        values = things.pop(kind, None)
        if values is not None:
            self._require_output(kind, shape_of(values))
        for unused in (*OUTPUT_NAMES, "input"):
            things.pop(unused, None)
        loss, target = things.pop("loss", None), things.pop("target", None)
        if loss is not None and len(shape_of(loss)) == 0:
            things["loss"], loss = loss, None
        for metric, value in things.items():
            if value is not None:
                epoch.add_metric(metric if name == "training" else f"{name}_{metric}", value)
        training = name == "training" if training_mode is None else training_mode
        epoch.note(name, len(self._data.splits[name]), rows, training)
        if name == "training" and (training or training_mode is None):
            epoch.training_rows += len(rows)
        return self._stage(epoch, name, texts, rows, training, kind, values, loss, target, responses)

    def _stage(
        self,
        epoch: Epoch,
        split: str,
        texts: list[str],
        rows: Array,
        training: bool,
        kind: str,
        values: Any,
        loss: Any,
        target: Any,
        responses: list[Response],
    ) -> Item:
        """Copies everything; what takes time is left to the writer thread."""
        inside = self._inside(split, rows)
        kept = texts if len(inside) == len(texts) else [texts[i] for i in inside.tolist()]
        get_values = None if values is None else stage(values)
        get_loss = None if loss is None else stage(loss)
        get_target = None if target is None else stage(target)
        staged = [(r.layer, r.stage()) for r in responses] if kept else []
        truth = self._truth(split, rows)
        # Rows that the end of an epoch runs again are not training steps.
        count = split == "training" and training
        task = self.task
        small = self.choice.names if self.choice is not None and self.choice.is_small else frozenset()

        def build(without_activations: bool) -> list[Samples]:
            columns: dict[Column, Array] = {}
            known = truth if get_target is None else to_target(task, get_target())
            output = raw = None
            if get_values is not None:
                raw = get_values()
                output = to_output(task, kind, raw)
                columns[(OUTPUT, "")] = output[inside]
            losses = None
            if get_loss is not None:
                losses = get_loss().reshape(len(texts), -1).mean(axis=1).astype(np.float32)
            elif raw is not None and known is not None:
                losses = compute_loss(task, kind, raw, known)
            if losses is not None:
                columns[(LOSS, "")] = losses[inside]
            if count:
                epoch.add_training(
                    losses, None if output is None or known is None else are_correct(task, output, known)
                )
            if not without_activations:
                for layer, parts in staged:
                    for content, get in parts:
                        columns[(content, layer)] = get()[inside]
            if not kept or not columns:
                return []
            return [Samples(epoch.number, split, kept, training, columns, small=small)]

        activations = sum(r.size for r in responses) if kept else 0
        size = (
            sum(byte_size(v) for v in (values, loss, target) if v is not None) + activations + 64 * len(texts)
        )
        return Item(epoch.number, len(kept), split, size, activations, build)

    def find_samples(self, ids: Any, split: str | None) -> list[tuple[str, str]]:
        """Returns split and id of each sample of the population. `ids` may be one text or number."""
        found = []
        for text in list_ids(ids):
            name = self._find_split(ids, [text], split, None)
            if len(self._inside(name, self._find_rows(name, [text]))) == 0:
                raise LogError(
                    f'the sample "{text}" is not in the population; training_rows= of the dataset sets how '
                    "many training samples are in it",
                    "SAMPLE_NOT_RECORDED",
                )
            found.append((name, text))
        if not found:
            raise LogError("there are no ids; give at least one", "SAMPLE_ID_MISSING")
        return found

    def _find_split(self, ids: Any, texts: list[str], split: str | None, training_mode: bool | None) -> str:
        if split is None and isinstance(ids, SampleIds):
            split = ids.split
        splits = self._data.splits
        if split is not None:
            if split not in splits:
                raise LogError(f'there is no split "{split}"; splits: {", ".join(splits)}', "SPLIT_UNKNOWN")
            return split
        found = [name for name, part in splits.items() if texts[0] in part.rows]
        if not found:
            raise LogError(
                f'no split has the id "{texts[0]}"; use the ids of the dataset', "SAMPLE_ID_UNKNOWN"
            )
        if len(found) > 1 and training_mode is not None:
            if training_mode and "training" in found:
                return "training"
            found = [name for name in found if name != "training"]
        if len(found) > 1:
            raise LogError(
                f'the id "{texts[0]}" is in the splits {" and ".join(found)}; say which with split=',
                "SPLIT_AMBIGUOUS",
            )
        return found[0]

    def _find_rows(self, split: str, texts: list[str]) -> Array:
        index = self._data.splits[split].rows
        try:
            return np.fromiter((index[text] for text in texts), dtype=np.int64, count=len(texts))
        except KeyError as error:
            raise LogError(f'the split {split} has no id "{error.args[0]}"', "SAMPLE_ID_UNKNOWN") from None

    def _responses(self, things: dict[str, Any], watched: list[Response], count: int) -> list[Response]:
        activation, embedding = things.pop("activation", None), things.pop("embedding", None)
        if activation is not None and not isinstance(activation, Mapping):
            raise LogError("activation needs a mapping from the names of layers to arrays", "SHAPE_INVALID")
        responses = [pool(str(name), value) for name, value in (activation or {}).items()]
        if embedding is not None:
            responses.append(pool_embedding(EMBEDDING, embedding))
        for response in responses:
            if response.rows != count:
                raise LogError(
                    f'the activation of "{response.layer}" has {response.rows} rows, but there are '
                    f"{count} ids",
                    "SHAPE_INVALID",
                )
        with self.mutex:
            for response in responses:
                self._require_layer(response)
            for response in self._follow(watched, count):
                self._require_layer(response)
                responses.append(response)
        return responses

    def _follow(self, watched: list[Response], count: int) -> list[Response]:
        """Returns the responses of the layers whose first axis counts the samples.

        Others, such as embeddings of positions that all samples share, are not followed from then on.
        """
        self._ignored.update(r.layer for r in watched if r.rows != count)
        found = [r for r in watched if r.layer not in self._ignored]
        if watched and not found:
            raise LogError(
                f"the watched model has run on {watched[0].rows} samples, but there are {count} ids; "
                "log a batch after its forward pass",
                "SHAPE_INVALID",
            )
        names = self.choose([r.info for r in found]).names
        return [r for r in found if r.layer in names and (r.layer in self.layers or not self.is_closed)]

    def choose(self, layers: Sequence[Layer]) -> Choice:
        """Returns which of the watched layers are recorded. The first call with layers decides."""
        if self.choice is not None:
            return self.choice
        every = Choice(frozenset(layer.name for layer in layers))
        choice = every if self._takes_all_layers else choose_layers(layers)
        if layers:
            self.choice = choice
        return choice

    def add_layers(self, layers: Sequence[Layer]) -> None:
        """Adds the watched layers that are known without a forward pass, if they are chosen."""
        names = self.choose(layers).names
        for layer in layers:
            if layer.name in names:
                self.layers.setdefault(layer.name, layer)

    def _require_layer(self, response: Response) -> None:
        known = self.layers.get(response.layer)
        if known is None:
            if self.is_closed:
                raise LogError(f'the layer "{response.layer}" was not in the first batch', "LAYER_UNKNOWN")
            self.layers[response.layer] = response.info
        elif known.units != response.info.units:
            raise LogError(
                f'the layer "{response.layer}" has {response.info.units} units; before it had {known.units}',
                "SHAPE_INVALID",
            )

    def _require_output(self, kind: str, shape: tuple[int, ...]) -> None:
        dims: tuple[int, ...] = tuple(shape[1:]) or (1,)
        width = dims[-1]
        if self.output_dims is not None:
            if dims != self.output_dims:
                raise LogError(
                    f"{kind} has the shape {list(shape)}; before it had {list(self.output_dims)} "
                    "for each sample",
                    "SHAPE_INVALID",
                )
            return
        if len(dims) > 1:
            raise LogError(f"{kind} has the shape {list(shape)}; it needs [n, outputs]", "SHAPE_INVALID")
        names = self._data.labels.class_names if self._data.labels is not None else []
        fits = width == len(names) or (width == 1 and len(names) == 2)
        if names and self.task != "regression" and not fits:
            raise LogError(
                f"{kind} has the shape {list(shape)}, but the dataset has {len(names)} classes",
                "SHAPE_INVALID",
            )
        if not self.task:
            self.task = "regression" if kind == "prediction" else "multi_class"
        if self.task == "multi_class" and width == 1:
            self.task = "binary"
        elif self.task == "binary" and width > 1:
            self.task = "multi_class"
        self.output_dims = dims

    def _inside(self, split: str, rows: Array) -> Array:
        """Returns the positions in the batch of the rows that are in the population."""
        part = self._data.splits[split]
        if len(part.population) == len(part):
            return np.arange(len(rows))
        member = self._members.get(split)
        if member is None:
            member = self._members[split] = np.zeros(len(part), dtype=bool)
            member[part.population] = True
        return np.flatnonzero(member[rows])

    def _truth(self, split: str, rows: Array) -> Array | None:
        values = None if self._data.labels is None else self._data.labels.values.get(split)
        return None if values is None else values[rows]


def require_counts(things: Mapping[str, Any], count: int) -> None:
    """Raises LogError with the shape of an array whose first axis does not count the ids."""
    for name, value in things.items():
        if value is None or name == "activation":
            continue
        shape = shape_of(value)
        needs_rows = name in (*OUTPUT_NAMES, "target", "embedding")
        if (needs_rows or shape) and (not shape or shape[0] != count):
            raise LogError(
                f"{name} has the shape {list(shape)}, but there are {count} ids; the first axis "
                "counts the ids",
                "SHAPE_INVALID",
            )


def to_target(task: str, values: Array) -> Array:
    """Returns ground truth that a call gave in the form of `Labels.values`."""
    if task in ("multi_class", "binary"):
        if values.ndim == 2 and values.shape[1] > 1:
            return np.asarray(values.argmax(axis=1), dtype=np.int64)
        return values.reshape(len(values)).astype(np.int64)
    return values.reshape(len(values), -1).astype(np.float32)
