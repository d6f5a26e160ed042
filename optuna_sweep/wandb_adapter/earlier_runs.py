"""The runs of another sweep, page by page, with their history."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from optuna_sweep.errors import Refused
from optuna_sweep.launch import KnownRun
from optuna_sweep.wandb_adapter.client import Client
from optuna_sweep.wandb_adapter.records import known_run

_PAGE = 50
_SAMPLES = 1000
"""Rows of a run and a column at most; W&B picks them evenly from a longer history."""

# wandb-core asks for the runs of a sweep in this shape, and wandb's public API adds the fields.
EARLIER_RUNS = """
query EarlierRuns(
  $entity: String!, $project: String!, $sweep: String!,
  $filters: JSONString!, $order: String, $first: Int!, $cursor: String, $historySpecs: [JSONString!]!
) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) { id }
    runs(filters: $filters, order: $order, first: $first, after: $cursor) {
      edges { node { name state config summaryMetrics createdAt sampledHistory(specs: $historySpecs) } }
      pageInfo { endCursor hasNextPage }
    }
  }
}
"""


def runs_of(
    client: Client, sweep: str, here: Mapping[str, str], columns: Sequence[Sequence[str]]
) -> tuple[KnownRun, ...]:
    """See ``launch.Launch.runs_of``. One request for fifty runs.

    Args:
        client: Carries the requests.
        sweep: The sweep, maybe with its project, and its entity before that.
        here: The ``entity`` and ``project`` that are meant where it names none.
        columns: Groups of history columns.
    """
    place = _place(sweep, here)
    variables: dict[str, Any] = {
        **place,
        "filters": json.dumps({"sweep": place["sweep"]}),
        "order": "+created_at",
        "first": _PAGE,
        "cursor": None,
        "historySpecs": [json.dumps({"keys": [*group, "_step"], "samples": _SAMPLES}) for group in columns],
    }
    runs: list[KnownRun] = []
    while True:
        project = client.ask(EARLIER_RUNS, variables).get("project") or {}
        if not project.get("sweep"):
            raise Refused("there is no sweep {sweep!r} in {entity}/{project}".format(**place))
        page = project.get("runs") or {}
        runs += [known_run(edge["node"], columns) for edge in page.get("edges") or []]
        info = page.get("pageInfo") or {}
        if not info.get("hasNextPage") or info.get("endCursor") in (None, variables["cursor"]):
            return tuple(runs)
        variables["cursor"] = info["endCursor"]


def _place(sweep: str, here: Mapping[str, str]) -> dict[str, str]:
    *before, name = sweep.split("/")
    keys = ("entity", "project")[2 - len(before) :] if before else ()
    return {**here, **dict(zip(keys, before, strict=True)), "sweep": name}
