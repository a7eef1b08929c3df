"""What the platform computes of recorded epochs, with coordinates and distances that tests can predict."""

from __future__ import annotations

import grpc
import numpy as np

from noema._records import LOSS, OUTPUT
from noema._wire.activations.v1 import activation_set_service_pb2 as sets
from noema._wire.datasets.v1 import sample_service_pb2 as samples
from noema._wire.explanations.v1 import analysis_service_pb2 as analyses
from noema._wire.explanations.v1 import heat_map_pb2 as heat_maps
from noema._wire.jobs.v1 import job_pb2 as jobs
from noema._wire.projection.v1 import exploration_service_pb2 as explorations
from noema._wire.similarity.v1 import similarity_service_pb2 as similarity
from noema._wire.training.v1 import epoch_service_pb2 as epochs
from noema._wire.training.v1 import evaluation_service_pb2 as evaluations
from noema._wire.training.v1 import run_pb2, run_service_pb2

QUEUED, RUNNING, FAILED = jobs.JOB_STATE_QUEUED, jobs.JOB_STATE_RUNNING, jobs.JOB_STATE_FAILED
SUCCEEDED = jobs.JOB_STATE_SUCCEEDED


class FakeResults:
    """`map_states` are the states of the map, one for each call, the last one for good; None is no map."""

    def __init__(self, platform) -> None:
        self.platform = platform
        self.map_states: list[int | None] = [SUCCEEDED]
        self.set_states: list[int] = [RUNNING]
        #: Answers of the platform before it has stored the last epoch.
        self.late_answers = 0
        self.has_activations = True
        self.partial_reason = ""
        self.class_names = ["a", "b", "c"]
        #: Names of the outputs of the model; the second one is off by one class.
        self.outputs: list[str] = []
        self.analysis_states: list[int] = [QUEUED, SUCCEEDED]
        self.asked: list = []
        self.visual = ("image/png", b"\x89PNG\r\n\x1a\n and the rest")
        self.chunk = 16
        self.pages = 0

    def table(self):
        return {
            "/noema.projection.v1.ExplorationService/ListExplorations": (
                explorations.ListExplorationsRequest,
                self._list_maps,
            ),
            "/noema.activations.v1.ActivationSetService/ListActivationSets": (
                sets.ListActivationSetsRequest,
                self._list_sets,
            ),
            "/noema.training.v1.RunService/GetRun": (run_service_pb2.GetRunRequest, self._get_run),
            "/noema.training.v1.RunService/ListRuns": (run_service_pb2.ListRunsRequest, self._list_runs),
            "/noema.datasets.v1.SampleService/GetSample": (samples.GetSampleRequest, self._get_sample),
            "/noema.explanations.v1.AnalysisService/CreateAnalysis": (
                analyses.CreateAnalysisRequest,
                self._create_analysis,
            ),
            "/noema.explanations.v1.AnalysisService/GetAnalysis": (
                analyses.GetAnalysisRequest,
                self._get_analysis,
            ),
            "/noema.explanations.v1.AnalysisService/GetHeatMap": (
                analyses.GetHeatMapRequest,
                self._get_heat_map,
            ),
            "/noema.training.v1.EpochService/GetEpoch": (epochs.GetEpochRequest, self._get_epoch),
            "/noema.datasets.v1.SampleService/ListSamples": (samples.ListSamplesRequest, self._list_samples),
            "/noema.datasets.v1.SampleService/GetSampleVisual": (
                samples.GetSampleVisualRequest,
                self._get_visual,
            ),
            "/noema.similarity.v1.SimilarityService/FindSimilar": (
                similarity.FindSimilarRequest,
                self._find_similar,
            ),
            "/noema.training.v1.EvaluationService/ListSampleEvaluations": (
                evaluations.ListSampleEvaluationsRequest,
                self._list_evaluations,
            ),
        }

    def streams(self):
        return {
            "/noema.projection.v1.ExplorationService/StreamPoints": (
                explorations.StreamPointsRequest,
                self._stream_points,
            )
        }

    # The population

    def rows(self):
        """Returns (split, id) of every row of the only dataset."""
        ((upload_id, stored),) = self.platform.chunks.items()
        manifest = self.platform.manifests[upload_id]
        ids = [text for index in sorted(stored) for text in stored[index].sample_ids]
        splits = [split.split for split in manifest.splits for _ in range(split.count)]
        return list(zip(splits, ids))

    def _column(self, epoch: int, content: int):
        """Returns what was recorded of every row; None for a row without a record."""
        names = {1: "training", 2: "validation", 3: "test", 4: "unlabeled"}
        found = self.platform.rows(epoch, content)
        return [found.get((names[split], text), [None])[-1] for split, text in self.rows()]

    # Services

    def _list_maps(self, request):
        response = explorations.ListExplorationsResponse()
        state = self.map_states.pop(0) if len(self.map_states) > 1 else self.map_states[0]
        if state is not None:
            found = response.explorations.add(
                id=f"map-{request.epoch}",
                run_id=request.run_id,
                epoch=request.epoch,
                state=state,
                point_count=len(self.rows()),
                activation_set_id=f"set-{request.epoch}",
                dataset_version_id="version",
            )
            found.trust.trustworthiness = 0.9
            if state == FAILED:
                found.fault.reason, found.fault.message = "OUT_OF_MEMORY", "the layout needs 9 GiB"
        return response, None

    def _list_sets(self, request):
        response = sets.ListActivationSetsResponse()
        for state in self.set_states:
            response.activation_sets.add(state=state)
        return response, None

    def _get_run(self, request):
        response = run_service_pb2.GetRunResponse()
        response.run.state = run_pb2.RUN_STATE_SUCCEEDED
        response.run.epochs_done = len(self.platform.ends())
        if self.late_answers > 0:
            self.late_answers -= 1
            response.run.epochs_done -= 1
            response.run.state = run_pb2.RUN_STATE_RUNNING
        response.run.dataset_version_id = "version"
        for name in self.outputs:
            response.run.objectives.add(output=name)
        return response, None

    def _list_runs(self, request):
        """Two runs of one name, newest first."""
        response = run_service_pb2.ListRunsResponse()
        for number in (2, 1):
            response.runs.add(
                id=f"run-{number}", display_name="digits", project_id="project", dataset_version_id="version"
            )
        return response, None

    def _get_sample(self, request):
        if (request.split, request.sample_id) not in self.rows():
            return None, (grpc.StatusCode.NOT_FOUND, "there is no such sample")
        return samples.GetSampleResponse(), None

    def _create_analysis(self, request):
        self.asked.append(request)
        response = analyses.CreateAnalysisResponse()
        self._describe(response.analysis, request.epoch, request.sample)
        return response, None

    def _get_analysis(self, request):
        response = analyses.GetAnalysisResponse()
        self._describe(response.analysis, self.asked[-1].epoch, self.asked[-1].sample)
        return response, None

    def _describe(self, analysis, epoch, sample):
        states = self.analysis_states
        analysis.id, analysis.epoch = "analysis", epoch
        analysis.state = states.pop(0) if len(states) > 1 else states[0]
        analysis.sample.CopyFrom(sample)
        if analysis.state == FAILED:
            analysis.fault.reason, analysis.fault.message = "OUT_OF_MEMORY", "the gradients need 9 GiB"
        if analysis.state == SUCCEEDED:
            one = analysis.heat_maps.add(id="a", method="grad-cam", layer="<conv>", dims=[6, 6])
            one.target.kind, one.target.class_name = heat_maps.TARGET_KIND_CLASS, self.class_names[0]
            one.picture.uri = "a.png"
            one.faithfulness.deletion_beats_random = one.faithfulness.insertion_beats_random = True
            loss = analysis.heat_maps.add(id="b", method="loss-gradient", dims=[6, 6])
            loss.target.kind = heat_maps.TARGET_KIND_LOSS
            loss.faithfulness.deletion_beats_random = True
            units = analysis.layers.add(layer="<conv>", kind="Conv2D").units
            units.add(unit=3, response=1.5, standard_response=2.0, contribution=0.25, loss_contribution=-0.5)

    def _get_heat_map(self, request):
        response = analyses.GetHeatMapResponse()
        response.body.content_type, response.body.data = "image/png", b"\x89PNG\r\n\x1a\n heat"
        return response, None

    def _get_epoch(self, request):
        response = epochs.GetEpochResponse()
        response.epoch.partial_reason = self.partial_reason
        if self.has_activations:
            response.epoch.recorded_responses.uri = "responses"
        return response, None

    def _list_samples(self, request):
        response = samples.ListSamplesResponse()
        self.pages += 1
        first = int(request.page_token or 0)
        rows = self.rows()
        size = min(request.page_size, self.chunk)
        for row in range(first, min(first + size, len(rows))):
            sample = response.samples.add(row=row)
            sample.ref.split, sample.ref.sample_id = rows[row]
        if first + size < len(rows):
            response.next_page_token = str(first + size)
        return response, None

    def _get_visual(self, request):
        if self.visual is None:
            return None, (grpc.StatusCode.NOT_FOUND, "there is no visual")
        response = samples.GetSampleVisualResponse()
        response.body.content_type, response.body.data = self.visual
        return response, None

    def _find_similar(self, request):
        """The rows that follow the first query are the nearest."""
        response = similarity.FindSimilarResponse()
        rows = self.rows()
        queries = {rows.index((one.split, one.sample_id)) for one in request.queries}
        first = min(queries)
        order = [row for row in (*range(first, len(rows)), *range(first)) if row not in queries]
        for rank, row in enumerate(order[: request.k or 24], 1):
            one = response.similar.add(row=row, rank=rank, distance=rank, similarity=1 / (1 + rank))
            one.sample.split, one.sample.sample_id = rows[row]
        return response, None

    def _list_evaluations(self, request):
        response = evaluations.ListSampleEvaluationsResponse()
        self.asked.append(request)
        if self.late_answers > 0:
            return None, (grpc.StatusCode.NOT_FOUND, f"there is no finished epoch {request.epoch}")
        outputs, losses = self._column(request.epoch, OUTPUT), self._column(request.epoch, LOSS)
        rows = list(request.rows)
        if not rows:
            order = sorted(range(len(losses)), key=lambda row: -losses[row][0])
            response.total_size = len(order)
            first = int(request.page_token or 0)
            rows = order[first : first + min(request.page_size, self.chunk)]
            if first + len(rows) < len(order):
                response.next_page_token = str(first + len(rows))
        for row in rows:
            split, sample_id = self.rows()[row]
            best = int(np.argmax(outputs[row]))
            response.evaluations.add(
                row=row,
                sample={"split": split, "sample_id": sample_id},
                loss=losses[row][0],
                has_loss=True,
                predicted_class=best,
                predicted_class_name=self.class_names[best],
                true_class=-1,
            )
        return response, None

    def _stream_points(self, request, context):
        epoch = int(request.exploration_id.rsplit("-", 1)[1])
        count = len(self.rows())
        row = np.arange(count)
        outputs, losses = self._column(epoch, OUTPUT), self._column(epoch, LOSS)
        predicted = np.array([-1 if one is None else np.argmax(one) for one in outputs], dtype="<i4")
        loss = np.array([0 if one is None else one[0] for one in losses], dtype="<f4")
        missing = np.array([one is None for one in losses], dtype=np.uint8)
        classes = np.where(row % 4 == 3, -1, row % 3).astype("<i4")
        for first in range(0, count, self.chunk):
            response = explorations.StreamPointsResponse()
            chunk, part = response.chunk, slice(first, first + self.chunk)
            chunk.first_row, chunk.point_count = first, len(row[part])
            chunk.x = row[part].astype("<f4").tobytes()
            chunk.y = (-row[part] * epoch).astype("<f4").tobytes()
            shares = {"": 1, **{f"outputs.{name}.": (i + 1) / 4 for i, name in enumerate(self.outputs)}}
            for prefix, share in shares.items():
                chunk.columns.add(
                    name=prefix + "loss",
                    type=1,
                    values=(loss * np.float32(share))[part].tobytes(),
                    missing=missing[part].tobytes(),
                )
            others = {f"outputs.{name}.": (classes + 1) % 3 for name in self.outputs[1:]}
            for prefix, truth in {"": classes, **others}.items():
                for name, codes, names in (
                    ("predicted_class", predicted, self.class_names),
                    ("true_class", truth, self.class_names),
                    ("correct", (truth == predicted).astype("<i4"), ["false", "true"]),
                ):
                    chunk.columns.add(name=prefix + name, type=2, values=codes[part].tobytes(), names=names)
            yield response
