"""Checks one call of `log`, and copies what it has."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from noema._arrays import Array, byte_size, copy_to_host, shape_of, stage_copied
from noema._choice import Choice, choose_layers
from noema._dataset import Dataset, SampleIds, Split
from noema._epoch import Epoch
from noema._errors import LogError
from noema._ids import format_ids, list_ids
from noema._records import Item
from noema._responses import Layer, Response, pool, pool_embedding
from noema._staged import Form, StagedCall

OUTPUT_NAMES = ("logits", "probabilities", "prediction")
#: Arrays that are copied before anything else, because shapes of numpy are quicker to read.
_COPIED = frozenset((*OUTPUT_NAMES, "loss", "target"))
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
        things = {key: copy_to_host(value) if key in _COPIED else value for key, value in things.items()}
        name, rows = self._find_rows(ids, split, training_mode)
        return self.read_rows(epoch, name, rows, training_mode, things, watched)

    def read_rows(
        self,
        epoch: Epoch,
        name: str,
        rows: Array,
        training_mode: bool | None,
        things: dict[str, Any],
        watched: list[Response],
        numbers: Mapping[str, Array] = MappingProxyType({}),
    ) -> Item | None:
        """Returns the item of rows of a split whose arrays are copied.

        `numbers` are metrics with one number for each of several steps.
        """
        count = len(rows)
        if count == 0:
            return None
        require_counts(things, count)
        given = [key for key in OUTPUT_NAMES if things.get(key) is not None]
        if len(given) > 1:
            raise LogError(f"give one of {', '.join(OUTPUT_NAMES)}, not {' and '.join(given)}")
        responses = self._responses(things, watched, count)
        kind = given[0] if given else ""
        values = things.pop(kind, None)
        if values is not None:
            self._require_output(kind, shape_of(values))
        for unused in (*OUTPUT_NAMES, "input"):
            things.pop(unused, None)
        loss, target = things.pop("loss", None), things.pop("target", None)
        if loss is not None and len(shape_of(loss)) == 0:
            things["loss"], loss = loss, None
        for metric, value in (*things.items(), *numbers.items()):
            if value is not None:
                epoch.add_metric(metric if name == "training" else f"{name}_{metric}", value)
        training = name == "training" if training_mode is None else training_mode
        part = self._data.splits[name]
        epoch.note(name, len(part), rows, training)
        if name == "training" and (training or training_mode is None):
            epoch.training_rows += count
        # What takes time is left to the writer thread, which does it for many calls at once.
        member = self._member(part)
        kept = count if member is None else int(np.count_nonzero(member[rows]))
        if kept == 0:
            responses = []
        arrays = (values, loss, target)
        form = Form(
            epoch,
            name,
            training,
            # Rows that the end of an epoch runs again are not training steps.
            name == "training" and training,
            self.task,
            kind,
            (
                *(None if value is None else shape_of(value)[1:] for value in arrays),
                *((r.layer, r.info.units, len(r.parts)) for r in responses),
            ),
            self.choice.names if self.choice is not None and self.choice.is_small else frozenset(),
        )
        call = StagedCall(
            form,
            rows,
            part,
            member,
            None if self._data.labels is None else self._data.labels.values.get(name),
            None if values is None else stage_copied(values),
            None if loss is None else stage_copied(loss),
            None if target is None else stage_copied(target),
            [((content, r.layer), get) for r in responses for content, get in r.stage()],
        )
        activations = sum(r.size for r in responses)
        size = sum(byte_size(value) for value in arrays if value is not None) + activations + 64 * count
        return Item(epoch.number, kept, name, size, activations, call)

    def find_samples(self, ids: Any, split: str | None) -> list[tuple[str, str]]:
        """Returns split and id of each sample of the population. `ids` may be one text or number."""
        found = []
        for text in list_ids(ids):
            name = self._find_split([text], _split_of(ids, split), None)
            part = self._data.splits[name]
            member = self._member(part)
            if member is not None and not member[part.find_rows([text])[0]]:
                raise LogError(
                    f'the sample "{text}" is not in the population; training_rows= of the dataset sets how '
                    "many training samples are in it",
                    "SAMPLE_NOT_RECORDED",
                )
            found.append((name, text))
        if not found:
            raise LogError("there are no ids; give at least one", "SAMPLE_ID_MISSING")
        return found

    def _find_split(self, texts: list[str], split: str | None, training_mode: bool | None) -> str:
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

    def _find_rows(self, ids: Any, split: str | None, training_mode: bool | None) -> tuple[str, Array]:
        """Returns the split of a batch and its rows, none for a batch without ids."""
        if split is None and isinstance(ids, SampleIds):
            split = ids.split
            part = self.find_part(split)
            rows = None if part is None else ids.find_rows(part)
            if rows is not None:
                return split, rows
        texts = format_ids(ids)
        if not texts:
            return "", np.arange(0)
        return self.find_rows(texts, split, training_mode)

    def find_rows(self, texts: list[str], split: str | None, training_mode: bool | None) -> tuple[str, Array]:
        """Returns the split and the rows of a batch by the texts of its ids. Raises LogError."""
        name = self._find_split(texts, split, training_mode)
        return name, self._data.splits[name].find_rows(texts)

    def find_part(self, split: str) -> Split | None:
        """Returns a split of the dataset by its name."""
        return self._data.splits.get(split)

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

    def _member(self, part: Split) -> Array | None:
        """Returns marks of the rows of a split that are in the population; None if all are."""
        if len(part.population) == len(part):
            return None
        member = self._members.get(part.name)
        if member is None:
            member = self._members[part.name] = np.zeros(len(part), dtype=bool)
            member[part.population] = True
        return member


def _split_of(ids: Any, split: str | None) -> str | None:
    return ids.split if split is None and isinstance(ids, SampleIds) else split


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
