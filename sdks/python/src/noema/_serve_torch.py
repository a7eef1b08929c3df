"""Serves PyTorch modules by torch.autograd."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from noema._arrays import Array
from noema._serve import Computed, no_training
from noema.torch import ModuleWatch, get_output


class TorchBackend:
    """Runs a module in evaluation mode, with the hooks that recorded it, which keep the graph of autograd."""

    def __init__(self, module: Any, layers: Sequence[str], prepare: Callable[[Any], Any] | None) -> None:
        self._module = module
        self._prepare = prepare
        self._watch = ModuleWatch(module, layers)
        self._watch.keeps_graph = True
        # cuDNN has gradients of recurrent layers in training mode only.
        self._is_recurrent = any(isinstance(part, torch.nn.RNNBase) for part in module.modules())

    def compute(
        self, inputs: Mapping[str, Array], weights: Array | None, layers: Sequence[str], channels_first: bool
    ) -> Computed:
        parameter = next(self._module.parameters(), None)
        device = parameter.device if parameter is not None else torch.device("cpu")
        leaves = [torch.from_numpy(values).to(device) for values in inputs.values()]
        leaves[0].requires_grad_(weights is not None)
        turned = [leaf.movedim(-1, 1) if channels_first and leaf.dim() == 4 else leaf for leaf in leaves]
        value: Any = turned[0] if len(turned) == 1 else dict(zip(inputs, turned))
        cudnn = torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled and not self._is_recurrent)
        with no_training(self._module), torch.set_grad_enabled(weights is not None), cudnn:
            value = value if self._prepare is None else self._prepare(value)
            output = get_output(self._module(**value) if isinstance(value, dict) else self._module(value))
            scores = output.reshape(len(leaves[0]), -1)
            last = self._watch.take_raw()
            taps = {name: last[name] for name in layers if name in last}
            found = Computed(
                _to_array(scores), None, {n: _to_array(t.movedim(a, -1)) for n, (_, t, a) in taps.items()}, {}
            )
            if weights is None:
                return found
            weighted = (scores * torch.from_numpy(weights).to(scores)).sum()
            sources = [leaves[0], *(tensor for _, tensor, _ in taps.values())]
            wanted = [source for source in sources if source.requires_grad]
            if not wanted or not weighted.requires_grad:
                raise ValueError("the model has no gradients; it must not run under no_grad or detach values")
            values = iter(torch.autograd.grad(weighted, wanted, allow_unused=True))
            grads = [next(values) if source.requires_grad else None for source in sources]
        whole = [torch.zeros_like(s) if g is None else g for s, g in zip(sources, grads)]
        gradients = {
            name: _to_array(gradient.movedim(axis, -1))
            for (name, (_, _, axis)), gradient in zip(taps.items(), whole[1:])
        }
        return Computed(found.scores, _to_array(whole[0]), found.activations, gradients)

    def close(self) -> None:
        """Removes the hooks."""
        self._watch.close()


def _to_array(tensor: Any) -> Array:
    return np.asarray(tensor.detach().float().cpu().numpy())
