"""Watches PyTorch modules. Import torch first; this package does not import it by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Callable

import numpy as np
import torch

from noema._errors import DatasetError
from noema._graph import Graph, GraphMissing, export_torch
from noema._responses import Layer, Response, is_chosen, pool, require_layers
from noema._run import Run, current

#: Class names of the layers with learned units that count.
LEARNED = re.compile(
    r"^(Lazy)?(Conv(Transpose)?[123]d|Linear|Bilinear|Embedding(Bag)?|RNN|LSTM|GRU|RNNCell|LSTMCell|GRUCell"
    r"|MultiheadAttention|Conv1D)$"
)
NORMALIZATIONS = re.compile(r"(Norm\d*d?|Dropout\d*d?|Identity)$")
ACTIVATIONS = re.compile(
    r"^(ReLU6?|LeakyReLU|PReLU|RReLU|ELU|SELU|CELU|GELU|SiLU|Mish|Sigmoid|Hardsigmoid|Hardswish|Hardtanh|Tanh|Softplus"
    r"|Softsign|Softshrink|Hardshrink|Tanhshrink|LogSigmoid|.*GELU.*|.*SiLU.*)(Activation)?$"
)
_CHANNELS_FIRST = re.compile(r"Conv(Transpose)?[123]d$")


class ModuleWatch:
    """Hooks of a module. Responses are pooled on the device of the activation.

    A layer counts if its class is in `LEARNED`. Its activation is its own output, or the output of the
    activation module that runs next on this very tensor, with nothing between them but modules of
    normalization and dropout. What the model adds to it in place does not count: an activation of a sum, as
    at the end of a residual block, belongs to no layer. Non-linearities that are functions, and softmax, are
    not modules of this kind, so the value before them is taken. A layer that runs more than once in a forward
    pass counts with its last call. A layer whose output has another number of rows than the batch, such as an
    embedding of positions, is not
    followed. `MultiheadAttention` and recurrent layers give their first output.
    """

    def __init__(self, module: Any, layers: Sequence[str] | None = None) -> None:
        self.module = module
        self.enabled = True
        self.takes_training = True
        #: Activations stay in the graph of autograd.
        self.keeps_graph = False
        self._names: frozenset[str] | None = None
        self._last: dict[str, tuple[str, Any, int]] = {}
        self._open: str | None = None
        #: The output of the open layer, or of the normalization or dropout that has run on it.
        self._tail: Any = None
        self._tail_state = 0
        self._plan: list[tuple[Any, Callable[..., Any]]] = []
        for name, part in module.named_modules():
            kind = type(part).__name__
            if name in (layers or ()) and not LEARNED.match(kind):
                self._plan.append((part, self._block_hook(name, kind)))
            elif LEARNED.match(kind) and is_chosen(name or kind, layers):
                self._plan.append((part, self._layer_hook(name or kind, kind)))
            elif ACTIVATIONS.match(kind):
                self._plan.append((part, self._activation_hook))
            elif NORMALIZATIONS.search(kind):
                self._plan.append((part, self._normalization_hook))
            elif not list(part.children()):
                self._plan.append((part, self._other_hook))
        require_layers(layers, [name for name, _ in module.named_modules()])
        # A compiler traces the hooks that are there when it compiles.
        self._is_compiled = any(hasattr(part, "_orig_mod") for part in module.modules())
        self._hooks: list[Any] = []
        self._attach()
        self._start = module.register_forward_pre_hook(self._start_hook)

    def _attach(self) -> None:
        self._hooks = [part.register_forward_hook(hook) for part, hook in self._plan]

    def _detach_all(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks = []

    def _start_hook(self, *_: Any) -> None:
        self._last = {}
        self._shut()
        # In the steps of a training nothing is taken, and a module without hooks calls its forward directly.
        if self._is_taking:
            if not self._hooks:
                self._attach()
        elif self._hooks and not self._is_compiled:
            self._detach_all()

    def _layer_hook(self, name: str, kind: str) -> Callable[..., None]:
        def hook(part: Any, _: Any, output: Any) -> Any:
            self._shut()
            if not self._is_taking or not self._takes(name):
                return None
            value = output[0] if isinstance(output, tuple) else output
            if not isinstance(value, torch.Tensor) or value.dim() < 2:
                return None
            # Without batch_first the steps come first.
            is_turned = getattr(part, "batch_first", True) is False and value.dim() == 3
            if is_turned:
                value = value.transpose(0, 1)
            first = _CHANNELS_FIRST.search(kind) is not None
            self._last[name] = (kind, self._detach(value), 1 if first else value.dim() - 1)
            # What follows gets a copy, because it may change its input in place. It depends on the tensor
            # that is kept, or the gradient of that would be zero.
            copy = copy_counted(value.transpose(0, 1) if is_turned else value)
            self._open = name
            self._set_tail(copy)
            return (copy, *output[1:]) if isinstance(output, tuple) else copy

        return hook

    def _detach(self, value: Any) -> Any:
        return value if self.keeps_graph else value.detach()

    def _block_hook(self, name: str, kind: str) -> Callable[..., Any]:
        def hook(part: Any, _: Any, output: Any) -> Any:
            value = output[0] if isinstance(output, tuple) else output
            self._shut()
            if not self._is_taking or not self._takes(name):
                return None
            if not isinstance(value, torch.Tensor) or value.dim() < 2:
                return None
            self._last[name] = (kind, self._detach(value), 1 if value.dim() > 3 else value.dim() - 1)
            copy = copy_counted(value)
            return (copy, *output[1:]) if isinstance(output, tuple) else copy

        return hook

    def _activation_hook(self, part: Any, args: Any, output: Any) -> Any:
        name, follows = self._open, self._is_tail(args, 1 if getattr(part, "inplace", False) else 0)
        self._shut()
        if name is None or not follows or not isinstance(output, torch.Tensor):
            return None
        kind, before, axis = self._last[name]
        if before.shape != output.shape:
            return None
        self._last[name] = (kind, self._detach(output), axis)
        return output.clone()

    def _normalization_hook(self, part: Any, args: Any, output: Any) -> Any:
        # Dropout changes nothing in evaluation mode.
        own = 1 if getattr(part, "inplace", False) and part.training else 0
        if self._open is None or not self._is_tail(args, own) or not isinstance(output, torch.Tensor):
            return None
        copy = copy_counted(output) if output.is_inference() else None
        self._set_tail(output if copy is None else copy)
        return copy

    def _set_tail(self, value: Any) -> None:
        self._tail, self._tail_state = value, int(value._version)

    def _is_tail(self, args: Any, own: int) -> bool:
        """True if a module runs on what the open layer has left; also for one that is called by keyword.

        Something may have been added to that tensor in place. The module itself has changed it `own` times.
        """
        if len(args) == 0:
            return True
        return args[0] is self._tail and int(args[0]._version) <= self._tail_state + own

    def _other_hook(self, *_: Any) -> None:
        self._shut()

    def _shut(self) -> None:
        self._open, self._tail, self._tail_state = None, None, 0

    @property
    def _is_taking(self) -> bool:
        return self.enabled and (self.takes_training or not self.module.training)

    @property
    def is_training(self) -> bool | None:
        """True if the module is in training mode."""
        return bool(self.module.training)

    @property
    def parameter_count(self) -> int:
        """Number of parameters."""
        return sum(int(p.numel()) for p in self.module.parameters())

    def _takes(self, name: str) -> bool:
        return self._names is None or name in self._names

    def restrict(self, names: frozenset[str]) -> None:
        """Takes only these layers from now on."""
        self._names = names

    def layers(self) -> list[Layer]:
        """Returns no layers: their shapes are known after a forward pass."""
        return []

    def take_raw(self) -> dict[str, tuple[str, Any, int]]:
        """Returns kind, activation and unit axis of each layer of the last forward pass, once."""
        last, self._last = self._last, {}
        self._shut()
        return last

    @property
    def has_responses(self) -> bool:
        """True after a forward pass in which activations were taken."""
        return bool(self._last)

    def take(self) -> list[Response]:
        """Returns the responses of the last forward pass, once."""
        last = self.take_raw()
        with torch.no_grad():
            return [pool(name, value, kind, axis) for name, (kind, value, axis) in last.items()]

    @contextmanager
    def inference(self) -> Iterator[Callable[[Any], Any]]:
        """Puts every part of the module into evaluation mode, without gradients, and restores its mode."""
        modes = {part: part.training for part in self.module.modules()}
        parameter = next(self.module.parameters(), None)
        device = parameter.device if parameter is not None else torch.device("cpu")
        self.module.eval()
        try:
            with torch.no_grad():
                yield lambda x: self._predict(x, device)
        finally:
            for part, mode in modes.items():
                part.training = mode

    def _predict(self, x: Any, device: Any) -> Any:
        if isinstance(x, dict):
            output = self.module(**{name: to_tensor(value, device) for name, value in x.items()})
        else:
            output = self.module(to_tensor(x, device))
        return get_output(output)

    def export(self, x: Any, names: Sequence[str], prepare: Callable[[Any], Any] | None) -> Graph:
        """Exports the module, in evaluation mode, as an ONNX file. Raises GraphMissing."""
        # What a wrapper for several devices or a compiler does cannot be traced.
        module = getattr(self.module, "_orig_mod", self.module)
        module = module.module if type(module).__name__.endswith("DataParallel") else module

        def forward(value: Any) -> tuple[Any, list[tuple[str, Any, int]]]:
            value = value if prepare is None else prepare(value)
            parts = value.values() if isinstance(value, dict) else [value]
            if not all(isinstance(part, torch.Tensor) for part in parts):
                raise GraphMissing("prepare= returns no tensor for a tensor; use operations of torch in it")
            self._start_hook()
            output = module(**value) if isinstance(value, dict) else module(value)
            taps = [(name, tensor, axis) for name, (_, tensor, axis) in self._last.items()]
            return get_output(output), taps

        enabled, self.enabled = self.enabled, True
        try:
            with self.inference():
                parameter = next(self.module.parameters(), None)
                device = parameter.device if parameter is not None else torch.device("cpu")
                return export_torch(forward, module, x, names, device)
        finally:
            self.enabled = enabled
            self._start_hook()

    def close(self) -> None:
        """Removes the hooks."""
        self._detach_all()
        self._start.remove()
        self._shut()
        self._plan, self._last = [], {}


def get_output(output: Any) -> Any:
    """Returns the tensor of what a module returns: its `logits`, or its first element."""
    if isinstance(output, torch.Tensor):
        return output
    return getattr(output, "logits", None) if hasattr(output, "logits") else output[0]


def copy_counted(value: Any) -> Any:
    """Returns a copy that counts its changes in place, which tensors of `torch.inference_mode` do not."""
    if not value.is_inference():
        return value.clone()
    with torch.inference_mode(False), torch.no_grad():
        return value.clone()


def to_tensor(values: Any, device: Any) -> Any:
    """Returns an array as a tensor on a device; int32 becomes int64, which embeddings need."""
    array = np.ascontiguousarray(values)
    if array.dtype == np.int32:
        array = array.astype(np.int64)
    return torch.from_numpy(array).to(device)


class WithIds(torch.utils.data.Dataset):  # type: ignore[misc]
    """Adds the id to each item of a dataset, so that a shuffled `DataLoader` says which samples a batch has.

    An item is `(id, item)`, as in `for ids, (x, y) in DataLoader(WithIds(samples), shuffle=True)`. `ids` are
    the ids of the `noema.Dataset` in the order of the items. Default: the positions, as there. Raises
    DatasetError for a dataset without a length or positions, such as an `IterableDataset`, and for another
    number of ids.
    """

    def __init__(self, samples: Any, ids: Sequence[Any] | None = None) -> None:
        if not hasattr(samples, "__len__") or isinstance(samples, torch.utils.data.IterableDataset):
            raise DatasetError(
                f"a {type(samples).__name__} has no positions, so its items have no ids; give a dataset with "
                "__len__ and __getitem__, or yield (id, item) in your own"
            )
        if ids is not None and len(ids) != len(samples):
            raise DatasetError(f"there are {len(ids)} ids, but {len(samples)} samples; give one for each")
        self._samples, self._ids = samples, ids

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, at: int) -> tuple[Any, Any]:
        return at if self._ids is None else self._ids[at], self._samples[at]


class Watch:
    """Logs one batch for each call, for loops that are classes of their own.

    `Watch(run)` or `Watch()` for the current run; `watch.batch(ids, logits, loss)` in the loop, and
    `watch.epoch_end()` after each epoch.
    """

    def __init__(self, run: Run | None = None) -> None:
        self._run = run if run is not None else current()

    def batch(self, ids: Any, logits: Any, loss: Any = None, **things: Any) -> None:
        """Logs a batch; see `Run.log`."""
        self._run.log(ids, logits=logits, loss=loss, **things)

    def epoch_end(self, **metrics: float) -> None:
        """Ends the epoch; see `Run.end_epoch`."""
        self._run.end_epoch(**metrics)


__all__ = ["ACTIVATIONS", "LEARNED", "ModuleWatch", "Watch", "WithIds", "to_tensor"]
