"""The question of a poll in the shape that wandb's own sweep scheduler sends. Pure.

For a server that refuses ``question``'s document, whatever its reason: this shape every server that
knows sweeps must know. It has one cursor for all runs, so rows are sent again where runs are at
different steps (they are dropped here), and queue items have to be asked for one by one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from optuna_sweep.launch import Watch

WATCHED_RUNS = """
query SweepWatchedRuns(
  $entity: String!, $project: String!, $sweep: String!,
  $filters: JSONString!, $first: Int!, $cursor: String, $historySpecs: [JSONString!]!
) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) { state }
    runs(filters: $filters, first: $first, after: $cursor) {
      edges { node { id name state summaryMetrics sampledHistory(specs: $historySpecs) } }
    }
  }
}
"""

QUEUE_ITEM = """
query GetRunQueueItem($projectName: String!, $entityName: String!, $runQueue: String!, $itemId: ID!) {
  project(name: $projectName, entityName: $entityName) {
    runQueue(name: $runQueue) { runQueueItem(id: $itemId) { id state associatedRunId } }
  }
}
"""


def plain_variables(batched: Mapping[str, Any], watched: Sequence[Watch]) -> dict[str, Any]:
    """Variables for ``WATCHED_RUNS`` that ask for all that the batched variables ask for."""
    return {
        **{name: batched[name] for name in ("entity", "project", "sweep")},
        "filters": json.dumps({"name": {"$in": [watch.run_id for watch in watched]}}),
        "first": max(len(watched), 1),
        "cursor": None,
        "historySpecs": _widest([batched[f"h{i}"] for i in range(len(watched))]),
    }


def as_batched(
    answer: Mapping[str, Any], items: Mapping[str, Any], watched: Sequence[Watch]
) -> dict[str, Any]:
    """The answer in the form that ``Question.read`` reads.

    Args:
        answer: The data of ``WATCHED_RUNS``.
        items: The queue items that were asked for, by id.
        watched: The runs that were asked about.
    """
    project = answer.get("project") or {}
    nodes = {edge["node"]["name"]: edge["node"] for edge in (project.get("runs") or {}).get("edges", [])}
    runs = {f"r{i}": _renamed(nodes.get(watch.run_id)) for i, watch in enumerate(watched)}
    queue = {f"i{i}": items.get(watch.item_id) for i, watch in enumerate(watched) if watch.item_id}
    seen = {"sweep": project.get("sweep"), "ended": project.get("runs"), **runs}
    return {"p": seen, "queues": {"runQueue": queue}} if project else {}


def _renamed(run: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if run is None else {"state": run.get("state"), "new": run.get("sampledHistory")}


def _widest(specs: Sequence[Sequence[str]]) -> list[str]:
    """For each group of columns one spec that covers those of all runs."""
    merged = []
    for group in zip(*([json.loads(spec) for spec in run] for run in specs), strict=True):
        start = min(spec["minStep"] for spec in group)
        end = max(spec["minStep"] + spec["samples"] for spec in group)
        merged.append(json.dumps({"keys": group[0]["keys"], "minStep": start, "samples": end - start}))
    return merged
