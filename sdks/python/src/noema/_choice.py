"""Which layers of a watched model are recorded, and how precisely, so that an epoch stays small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noema._responses import Layer

#: Bytes of the responses of one sample. With output, loss and id, 10,000 samples stay below 25 MB.
SAMPLE_BYTES = 2300


@dataclass(frozen=True)
class Choice:
    """The layers to record. `is_small` means 8 bits a number, otherwise 16. `note` is empty if all layers are
    recorded in 16 bits.
    """

    names: frozenset[str]
    is_small: bool = False
    note: str = ""


def choose_layers(layers: Sequence[Layer], limit: int = SAMPLE_BYTES) -> Choice:
    """Returns the layers, given in the order of the graph, whose responses fit the limit of bytes a sample.

    All layers in 16 bits if they fit, otherwise all in 8 bits if they fit, otherwise some in 8 bits: the last
    hidden layer, then again and again the layer that fits and is farthest in depth from those taken. Because
    vectors weigh each layer equally and neighboring layers respond alike, layers of all depths rank
    distances nearly as all layers do.
    """
    costs = [layer.units * (2 if layer.positions else 1) for layer in layers]
    if 2 * sum(costs) <= limit:
        return Choice(frozenset(layer.name for layer in layers))
    taken = set(range(len(layers))) if sum(costs) <= limit else _spread(costs, limit)
    count = f"all {len(layers)}" if len(taken) == len(layers) else f"{len(taken)} of {len(layers)}"
    size = sum(costs[i] for i in taken)
    return Choice(
        frozenset(layers[i].name for i in taken),
        is_small=True,
        note=f"{count} layers with learned units are recorded, in 8 bits: {size:,} bytes a sample",
    )


def _spread(costs: Sequence[int], limit: int) -> set[int]:
    """Returns positions in depth. The last hidden layer is taken even above the limit."""
    taken = {max(0, len(costs) - 2)}
    left = limit - sum(costs[i] for i in taken)
    while True:
        fitting = [i for i in range(len(costs)) if i not in taken and costs[i] <= left]
        if not fitting:
            return taken
        nearest = {i: min(abs(i - j) for j in taken) for i in fitting}
        chosen = max(fitting, key=lambda i: (nearest[i], i))
        taken.add(chosen)
        left -= costs[chosen]
