"""An integration turns raw data into samples; the platform runs it.

    from noema.integration import Classes, Image, input, metadata, splits, truth, visual

    @splits
    def digits():
        return {"training": load("train"), "validation": load("held out")}

    @input
    def image(row) -> "float32[28, 28, 1]":
        return row.pixels / 255

    @truth
    def digit(row) -> Classes["0 1 2 3 4 5 6 7 8 9"]:
        return row.label

    @metadata
    def ink(image):
        return float(image.mean())

    @visual
    def page(image):
        return Image(image)

The arguments of a handler say what it gets: `row` (the row of the split at the position of the sample),
`index`, `split`, `id`, `data` (all rows of the split), or the result of another handler by the name of its
function.
"""

from noema._integration.annotated_picture import Box, ImageWithBoxes, ImageWithMask, Video
from noema._integration.declaration import (
    Classes,
    MultiLabel,
    Split,
    input,
    loss,
    metadata,
    metric,
    splits,
    truth,
    visual,
)
from noema._integration.faults import UNSUPPORTED, IntegrationError, unsupported
from noema._integration.visuals import (
    Audio,
    Bars,
    CustomVisual,
    Graph,
    Image,
    Series,
    Span,
    Spans,
    Table,
    Text,
)

__all__ = [
    "Audio",
    "Bars",
    "Box",
    "Classes",
    "CustomVisual",
    "Graph",
    "Image",
    "ImageWithBoxes",
    "ImageWithMask",
    "IntegrationError",
    "MultiLabel",
    "Series",
    "Span",
    "Spans",
    "Split",
    "Table",
    "Text",
    "Video",
    "input",
    "loss",
    "metadata",
    "metric",
    "splits",
    "truth",
    "visual",
]


def __getattr__(name: str) -> object:
    """Refuses by name what an integration cannot declare, such as `model` and `layer`."""
    if name in UNSUPPORTED:
        raise unsupported(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
