"""Samples that a model perceives as similar, as a table."""

from __future__ import annotations

from noema._dataset import split_number
from noema._map import Open
from noema._table import MAX_ROWS, Row, SampleTable, describe_evaluation, name_split
from noema._wire.training.v1 import sample_evaluation_pb2


class Similar(SampleTable):
    """Samples nearest to the queries in the model's view, nearest first.

    Each item is a mapping: rank (1 is the nearest), split, id, label, predicted, loss, correct, distance
    (Euclidean, of the perception vectors) and similarity (0 to 1). Values that a model or a sample does not
    have are None. A notebook shows it as a table with pictures.
    """

    names = ("rank", "split", "id", "label", "predicted", "loss", "correct", "distance", "similarity")

    def __init__(
        self, queries: list[tuple[str, str]], rows: list[Row], epoch: int, version_id: str, open_client: Open
    ) -> None:
        super().__init__(rows, epoch, version_id, open_client)
        self.queries = queries

    def __repr__(self) -> str:
        names = ", ".join(f"{split} {sample_id}" for split, sample_id in self.queries[:3])
        more = f" and {len(self.queries) - 3} more" if len(self.queries) > 3 else ""
        return f"Similar({len(self)} samples nearest to {names}{more}, epoch {self.epoch})"

    def _heading(self) -> list[Row]:
        return [
            {"rank": "query", "split": split, "id": sample_id} for split, sample_id in self.queries[:MAX_ROWS]
        ]


def find_similar(
    open_client: Open,
    version_id: str,
    run_id: str,
    epoch: int,
    set_id: str,
    queries: list[tuple[str, str]],
    k: int | None,
    output: str,
) -> Similar:
    """Returns the `k` samples nearest to the queries, which are (split, id), with predictions of an output.

    Raises NoemaError.
    """
    refs = [{"split": split_number(split), "sample_id": text} for split, text in queries]
    with open_client() as client:
        found = client.similarity.find_similar(activation_set_id=set_id, queries=refs, k=k).similar
        evaluations: dict[int, sample_evaluation_pb2.SampleEvaluation] = {}
        if found:
            page = client.evaluation.list_sample_evaluations(
                run_id=run_id,
                epoch=epoch,
                page_size=len(found),
                order_by="row",
                rows=[one.row for one in found],
                output=output,
            )
            evaluations = {one.row: one for one in page.evaluations}
    rows = [
        {
            "rank": one.rank,
            "split": name_split(one.sample),
            "id": one.sample.sample_id,
            **describe_evaluation(evaluations.get(one.row)),
            "distance": one.distance,
            "similarity": one.similarity,
        }
        for one in found
    ]
    return Similar(queries, rows, epoch, version_id, open_client)
