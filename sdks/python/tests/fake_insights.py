"""The insights of one run, as the platform would have them."""

from __future__ import annotations

import grpc

from noema._wire.insights.v1 import insight_pb2, insight_search_pb2
from noema._wire.insights.v1 import insight_search_service_pb2 as searches
from noema._wire.insights.v1 import insight_service_pb2 as insights
from noema._wire.jobs.v1 import job_pb2
from noema._wire.jobs.v1 import job_service_pb2 as jobs

PAGE = 3
MEMBERS = 7


class FakeInsights:
    """`states` are the states of the search, one for each call of GetInsightSearch, the last one for good."""

    def __init__(self) -> None:
        self.states: list[int] = [job_pb2.JOB_STATE_QUEUED, job_pb2.JOB_STATE_SUCCEEDED]
        self.has_search = True
        #: Outputs of the searches of the run, the newest first.
        self.outputs = [""]
        self.asked: list = []
        self.verdicts: dict[int, int] = {}
        self.found = [
            insight_pb2.Insight(
                id=f"insight-{at}",
                project_id="project",
                run_id="run-1",
                epoch=2,
                dataset_version_id="version",
                kind=kind,
                state=insight_pb2.INSIGHT_STATE_CONFIRMED,
                change=insight_pb2.INSIGHT_CHANGE_BORN,
                sentence=f"{kind} <b>{at}</b>",
                severity=insight_pb2.InsightSeverity(level=3 - at, share=0.05 / (at + 1)),
                member_count=MEMBERS,
                etag="r1",
                **({"q_value": 0.01} if at == 0 else {}),
            )
            for at, kind in enumerate(["mislabelled", "leakage"])
        ]

    def table(self):
        service, search = "/noema.insights.v1.InsightService/", "/noema.insights.v1.InsightSearchService/"
        return {
            f"{service}ListInsights": (insights.ListInsightsRequest, self._list),
            f"{service}GetInsight": (insights.GetInsightRequest, self._get),
            f"{service}UpdateInsight": (insights.UpdateInsightRequest, self._update),
            f"{service}ListInsightMembers": (insights.ListInsightMembersRequest, self._list_members),
            f"{service}GetInsightAudit": (insights.GetInsightAuditRequest, self._get_audit),
            f"{service}RecordInsightVerdicts": (insights.RecordInsightVerdictsRequest, self._record),
            f"{service}ExportInsight": (insights.ExportInsightRequest, self._export),
            f"{search}CreateInsightSearch": (searches.CreateInsightSearchRequest, self._create_search),
            f"{search}GetInsightSearch": (searches.GetInsightSearchRequest, self._get_search),
            f"{search}ListInsightSearches": (searches.ListInsightSearchesRequest, self._list_searches),
            "/noema.jobs.v1.JobService/GetJob": (jobs.GetJobRequest, self._get_job),
        }

    def _list(self, request):
        """One insight a page."""
        self.asked.append(request)
        at = int(request.page_token or 0)
        more = at + 1 < len(self.found)
        next_token = str(at + 1) if more else ""
        return insights.ListInsightsResponse(
            insights=self.found[at : at + 1], next_page_token=next_token
        ), None

    def _find(self, insight_id):
        return next((one for one in self.found if one.id == insight_id), None)

    def _get(self, request):
        found = self._find(request.insight_id)
        if found is None:
            return None, (grpc.StatusCode.NOT_FOUND, "there is no such insight")
        whole = insight_pb2.Insight()
        whole.CopyFrom(found)
        table = whole.tables.add(name="confusions")
        table.columns.add(name="class").values.add(string_value="3")
        count = table.columns.add(name="count")
        count.values.add(number_value=5)
        whole.explanations.add(
            source="metadata", name="ink", value="< 0.1", inside=0.9, outside=0.1, q_value=0.01
        )
        return insights.GetInsightResponse(insight=whole), None

    def _update(self, request):
        found = self._find(request.insight.id)
        if request.insight.etag != found.etag:
            return None, (grpc.StatusCode.FAILED_PRECONDITION, "it has changed")
        found.state = request.insight.state
        found.etag = "r2"
        return insights.UpdateInsightResponse(insight=found), None

    def _member(self, at):
        member = insight_pb2.InsightMember(
            position=at,
            row=10 + at,
            score=1 - at / 10,
            true_class=0,
            true_class_name="a",
            suggested_class=-1 if at else 2,
            suggested_class_name="" if at else "c",
            group=-1,
            verdict=self.verdicts.get(10 + at, 0),
        )
        member.sample.split, member.sample.sample_id = 2, str(at)
        return member

    def _list_members(self, request):
        at = int(request.page_token or 0)
        end = min(MEMBERS, at + min(PAGE, request.page_size))
        return insights.ListInsightMembersResponse(
            members=[self._member(i) for i in range(at, end)],
            next_page_token=str(end) if end < MEMBERS else "",
            total_size=MEMBERS,
        ), None

    def _get_audit(self, _):
        wrong = sum(one == insight_pb2.INSIGHT_VERDICT_WRONG for one in self.verdicts.values())
        response = insights.GetInsightAuditResponse()
        response.audit.wrong, response.audit.right = wrong, len(self.verdicts) - wrong
        response.audit.wrong_share_low, response.audit.wrong_share_high = 0.5, 0.9
        response.audit.sentence = f"{wrong} of {len(self.verdicts)} judged samples are wrong"
        response.next.append(self._member(6))
        return response, None

    def _record(self, request):
        self.verdicts.update({one.row: one.verdict for one in request.verdicts})
        return insights.RecordInsightVerdictsResponse(), None

    def _export(self, request):
        at = int(request.page_token or 0)
        cells = [["training", "=1+1", "-3.5"], ["test", 'a "b", c', "-x"]]
        return insights.ExportInsightResponse(
            columns=["split", "sample_id", "score"],
            rows=[insights.InsightExportRow(cells=cells[at])],
            next_page_token="" if at else "1",
            total_size=2,
        ), None

    def _search(self, state, output=""):
        search = insight_search_pb2.InsightSearch(
            id="search", job_id="job", epoch=2, state=state, insight_count=2, hint_count=1, output=output
        )
        if state == job_pb2.JOB_STATE_FAILED:
            search.fault.reason, search.fault.message = "OUT_OF_MEMORY", "the search needs 9 GiB"
        if state == job_pb2.JOB_STATE_SUCCEEDED:
            search.outcomes.add(title="Mislabelled", tried=431, state=1)
            search.outcomes.add(title="Forgotten", state=2, reason="no history")
            search.remarks.append(f"Not searched: {'place' if output == 'corner' else 'corner'}.")
        return search

    def _create_search(self, request):
        self.asked.append(request)
        return searches.CreateInsightSearchResponse(insight_search=self._search(self.states[0])), None

    def _get_search(self, _):
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return searches.GetInsightSearchResponse(insight_search=self._search(state)), None

    def _list_searches(self, _):
        found = [self._search(self.states[-1], one) for one in self.outputs] if self.has_search else []
        return searches.ListInsightSearchesResponse(insight_searches=found), None

    def _get_job(self, _):
        response = jobs.GetJobResponse()
        response.job.progress.done, response.job.progress.total = 400, 1000
        response.job.progress.message = "Duplicates"
        return response, None
