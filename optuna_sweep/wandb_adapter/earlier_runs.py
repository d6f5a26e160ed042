"""Runs that were there before the sweep, page by page, with their history."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optuna_sweep.errors import Refused
from optuna_sweep.launch import KnownRun
from optuna_sweep.wandb_adapter.client import Client
from optuna_sweep.wandb_adapter.records import known_run

_PAGE = 50
_SAMPLES = 1000
"""Rows of a run and a column at most; W&B picks them evenly from a longer history."""

# wandb-core asks for the runs of a sweep in this shape, and wandb's public API adds the fields.
_VARIABLES = """
  $entity: String!, $project: String!,
  $filters: JSONString!, $order: String, $first: Int!, $cursor: String, $historySpecs: [JSONString!]!
"""
_RUNS = """
    runs(filters: $filters, order: $order, first: $first, after: $cursor) {
      edges { node { name state config summaryMetrics createdAt sampledHistory(specs: $historySpecs) } }
      pageInfo { endCursor hasNextPage }
    }
"""
EARLIER_RUNS = f"""
query EarlierRuns({_VARIABLES} $sweep: String!) {{
  project(name: $project, entityName: $entity) {{ sweep(sweepName: $sweep) {{ id }} {_RUNS} }}
}}
"""
PRIOR_RUNS = f"""
query PriorRuns({_VARIABLES}) {{
  project(name: $project, entityName: $entity) {{ {_RUNS} }}
}}
"""


class EarlierRuns:
    """Runs of other sweeps, or of none; see ``warm_start``, which says what to rely on.

    Args:
        client: Carries the requests, one for fifty runs.
        here: The ``entity`` and ``project`` that are meant where a name has none.
    """

    def __init__(self, client: Client, here: Mapping[str, str]) -> None:
        self._client = client
        self._here = here

    def runs_of(self, sweep: str, columns: Sequence[Sequence[str]]) -> tuple[KnownRun, ...]:
        """All runs of a sweep, oldest first."""
        place, name = _place(sweep, self._here)
        runs: list[KnownRun] = []
        for project in _pages(self._client, EARLIER_RUNS, {**place, "sweep": name}, {"sweep": name}, columns):
            if not project.get("sweep"):
                raise Refused("there is no sweep {name!r} in {entity}/{project}".format(name=name, **place))
            runs += _runs_on(project, columns)
        return tuple(runs)

    def runs_named(
        self, names: Sequence[str], columns: Sequence[Sequence[str]]
    ) -> tuple[KnownRun | None, ...]:
        """The runs of these ids; those of one project are asked for together."""
        places = [_place(name, self._here) for name in names]
        wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
        for place, run_id in places:
            wanted[place["entity"], place["project"]].append(run_id)
        found: dict[tuple[str, str, str], KnownRun] = {}
        for (entity, project), ids in wanted.items():
            where = {"entity": entity, "project": project}
            for page in _pages(self._client, PRIOR_RUNS, where, {"name": {"$in": ids}}, columns):
                found |= {(entity, project, run.run_id): run for run in _runs_on(page, columns)}
        return tuple(found.get((place["entity"], place["project"], run_id)) for place, run_id in places)


def _pages(
    client: Client,
    document: str,
    where: Mapping[str, str],
    filters: Mapping[str, Any],
    columns: Sequence[Sequence[str]],
) -> Iterator[Mapping[str, Any]]:
    """The project, once with each page of its runs; oldest first."""
    variables: dict[str, Any] = {
        **where,
        "filters": json.dumps(filters),
        "order": "+created_at",
        "first": _PAGE,
        "cursor": None,
        "historySpecs": [json.dumps({"keys": [*group, "_step"], "samples": _SAMPLES}) for group in columns],
    }
    while True:
        project = client.ask(document, variables).get("project") or {}
        yield project
        info = (project.get("runs") or {}).get("pageInfo") or {}
        if not info.get("hasNextPage") or info.get("endCursor") in (None, variables["cursor"]):
            return
        variables["cursor"] = info["endCursor"]


def _runs_on(project: Mapping[str, Any], columns: Sequence[Sequence[str]]) -> list[KnownRun]:
    edges = (project.get("runs") or {}).get("edges") or []
    return [known_run(edge["node"], columns) for edge in edges]


def _place(named: str, here: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Where something lies, and its own name."""
    *before, name = named.split("/")
    keys = ("entity", "project")[2 - len(before) :] if before else ()
    return {**here, **dict(zip(keys, before, strict=True))}, name
