"""Heat maps of a sample, and the units that matter for it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np

from noema._arrays import Array
from noema._client import Client
from noema._dataset import split_number
from noema._errors import NoemaError
from noema._map import Open
from noema._map_html import STYLE
from noema._progress import Progress
from noema._table import name_split, show_png, show_visual
from noema._wait import poll
from noema._wire.explanations.v1 import analysis_pb2, heat_map_pb2
from noema._wire.jobs.v1 import job_pb2

_ENDED = (job_pb2.JOB_STATE_CANCELLED, job_pb2.JOB_STATE_FAILED)
_UNITS = 5


class HeatMap:
    """One heat map over the input of a sample.

    `method` is the key of its method, `target` the class, output or loss that it explains, `layer` where it
    was computed, empty for the input. `message` is the platform's, with the measures of faithfulness.
    """

    def __init__(self, analysis_id: str, message: heat_map_pb2.HeatMap, open_client: Open) -> None:
        self.message = message
        self.method = message.method
        self.layer = message.layer
        self._analysis_id = analysis_id
        self._open = open_client

    @property
    def target(self) -> str:
        """What the map explains: `loss`, the name of a class, or `output` with its number."""
        target = self.message.target
        if target.kind == heat_map_pb2.TARGET_KIND_LOSS:
            return "loss"
        if target.kind == heat_map_pb2.TARGET_KIND_OUTPUT:
            return f"output {target.class_index}"
        return target.class_name or str(target.class_index)

    @property
    def warning(self) -> str:
        """Why the map means little; empty if it does not."""
        message = self.message
        if not message.HasField("faithfulness"):
            return ""
        beats = message.faithfulness.deletion_beats_random, message.faithfulness.insertion_beats_random
        return "" if all(beats) else "no better than a random mask"

    def __repr__(self) -> str:
        where = f" at {self.layer}" if self.layer else ""
        return f"HeatMap({self.method} of {self.target}{where})"

    def to_numpy(self) -> Array:
        """Returns the values, float32 of the shape of the input, scaled to a maximum magnitude of 1.

        `message.peak` is the factor by which they were divided. Raises NoemaError PYARROW_MISSING.
        """
        try:
            from pyarrow import ipc
        except ImportError:
            raise NoemaError(
                "pyarrow is not installed, which reads the values of heat maps; `pip install pyarrow`",
                "PYARROW_MISSING",
            ) from None
        with self._open() as client:
            data = client.analysis.get_heat_map_values(
                analysis_id=self._analysis_id, heat_map_id=self.message.id
            ).body.data
        column = ipc.open_file(io.BytesIO(data)).read_all().column("values")
        flat = np.asarray(column.combine_chunks(), dtype=np.float32)
        return flat.reshape(tuple(self.message.dims))

    def read_png(self) -> bytes:
        """Returns a PNG of the sample with the map drawn over it. Raises NoemaError."""
        with self._open() as client:
            return self._read(client)

    def _read(self, client: Client) -> bytes:
        return bytes(
            client.analysis.get_heat_map(analysis_id=self._analysis_id, heat_map_id=self.message.id).body.data
        )

    def _figure(self, client: Client) -> str:
        picture = ""
        if self.message.picture.uri:
            picture = show_png(self._read(client))
        lines = [f"<b>{escape(self.target)}</b>", escape(self.method)]
        if self.layer:
            lines.append(escape(self.layer))
        if self.warning:
            lines.append(f"<i>{escape(self.warning)}</i>")
        return f"<td>{picture}{'<br>'.join(lines)}</td>"

    def _repr_html_(self) -> str:
        with self._open() as client:
            return f'<div class="noema heat">{STYLE}<table><tr>{self._figure(client)}</tr></table></div>'


class Analysis:
    """What a model sees in one sample: heat maps, and the units that matter.

    It is a sequence of heat maps. `message` is the platform's, with classes and their probabilities in
    `message.scores`, the loss, and in `message.fallbacks` the methods that were asked for and could not be
    computed. A notebook shows the sample beside its heat maps.
    """

    def __init__(self, message: analysis_pb2.Analysis, open_client: Open) -> None:
        self.message = message
        self._open = open_client
        self._heat_maps = [HeatMap(message.id, one, open_client) for one in message.heat_maps]
        self._html = ""

    def __len__(self) -> int:
        return len(self._heat_maps)

    def __getitem__(self, at: int) -> HeatMap:
        return self._heat_maps[at]

    def __iter__(self) -> Iterator[HeatMap]:
        return iter(self._heat_maps)

    @property
    def epoch(self) -> int:
        """Number of the epoch, starting at 1."""
        return self.message.epoch

    @property
    def sample(self) -> tuple[str, str]:
        """Split and id of the sample."""
        return name_split(self.message.sample), self.message.sample.sample_id

    def __repr__(self) -> str:
        split, sample_id = self.sample
        return f"Analysis({split} {sample_id}, epoch {self.epoch}, {len(self)} heat maps)"

    def units(self) -> list[dict[str, Any]]:
        """Returns the units of every layer, each layer's most important first, as mappings: layer, unit,
        response, standard_response (in standard deviations of the layer's responses), contribution to the
        predicted class, and loss_contribution.
        """
        return [
            {
                "layer": layer.layer,
                "unit": one.unit,
                "response": one.response,
                "standard_response": one.standard_response,
                "contribution": one.contribution,
                "loss_contribution": one.loss_contribution,
            }
            for layer in self.message.layers
            for one in layer.units
        ]

    def _verdict(self) -> list[str]:
        """Returns what the model says of the sample, a line each."""
        message = self.message
        names = {one.class_index: one.class_name or str(one.class_index) for one in message.scores}
        lines = []
        best = max(message.scores, key=lambda one: one.probability, default=None)
        if best is not None:
            lines.append(f"predicted {names[best.class_index]}, {best.probability:.0%}")
        if message.true_class in names:
            lines.append(f"label {names[message.true_class]}")
        lines += [f"predicted {value:.4g}" for value in message.predictions]
        if message.has_loss:
            lines.append(f"loss {message.loss:.4g}")
        return [*lines, f"epoch {self.epoch}"]

    def _repr_html_(self) -> str:
        if not self._html:
            with self._open() as client:
                self._html = self._draw(client)
        return self._html

    def _draw(self, client: Client) -> str:
        split, sample_id = self.sample
        sample = show_visual(client, self.message.dataset_version_id, split, sample_id)
        lines = [f"<b>{escape(split)} {escape(sample_id)}</b>", *map(escape, self._verdict())]
        cells = f"<td>{sample}{'<br>'.join(lines)}</td>"
        cells += "".join(one._figure(client) for one in self._heat_maps)
        notes = [escape(one.reason) for one in self.message.fallbacks if one.reason]
        units = "".join(
            f"<tr><td>{escape(layer.layer)}</td><td>"
            + ", ".join(
                f"{one.unit} ({one.contribution:+.3g})" for one in layer.units[:_UNITS] if one.contribution
            )
            + "</td></tr>"
            for layer in self.message.layers
        )
        table = (
            f"<table><tr><th>layer</th><th>units by contribution</th></tr>{units}</table>" if units else ""
        )
        below = f"<div>{'<br>'.join(notes)}</div>" if notes else ""
        return f'<div class="noema heat">{STYLE}<table><tr>{cells}</tr></table>{below}{table}</div>'


def await_analysis(
    open_client: Open,
    project_id: str,
    run_id: str,
    epoch: int,
    sample: tuple[str, str],
    settings: dict[str, Any] | None,
    timeout_s: float,
    progress: Progress,
) -> analysis_pb2.Analysis:
    """Starts the analysis of a sample, or finds it, and waits for its end.

    Raises NoemaError ANALYSIS_TIMEOUT after `timeout_s`, and the fault of a computation that failed.
    """
    split, sample_id = sample

    def look() -> analysis_pb2.Analysis | None:
        found = created.pop() if created else client.analysis.get_analysis(analysis_id=analysis_id).analysis
        if found.state in _ENDED:
            raise NoemaError(
                f"the analysis of {split} {sample_id} failed: {found.fault.message or 'it was cancelled'}",
                found.fault.reason or "JOB_CANCELLED",
            )
        return found if found.state == job_pb2.JOB_STATE_SUCCEEDED else None

    def late(_: NoemaError | None) -> NoemaError:
        return NoemaError(
            f"{split} {sample_id} has no analysis after {timeout_s:g} s; call again, or give a longer "
            "timeout_s",
            "ANALYSIS_TIMEOUT",
        )

    def show(passed_s: float, _: NoemaError | None) -> None:
        progress.update(f"analysis of {split} {sample_id}: {passed_s:.0f} s")

    with open_client() as client:
        first = client.analysis.create_analysis(
            project_id=project_id,
            run_id=run_id,
            epoch=epoch,
            sample={"split": split_number(split), "sample_id": sample_id},
            settings=settings,
        ).analysis
        analysis_id, created = first.id, [first]
        return poll(look, timeout_s, late, show=show)
