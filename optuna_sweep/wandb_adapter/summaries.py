"""The summaries of runs that have ended. Pure: no network, no wandb.

A summary can weigh more than all else that a poll brings (histograms, tables), and nobody needs it
before the run's end. So a poll asks for the summaries of those watched runs that W&B finds ended; it costs no
request, and next to nothing where none is. W&B need not find a run by its state in the moment in
which the run itself shows it: what is then missing is asked for by name, for all such runs at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from optuna_sweep.launch import Snapshot
from optuna_sweep.outcomes import Observation, Phase
from optuna_sweep.wandb_adapter.records import json_object
from optuna_sweep.wandb_adapter.states import ENDED_STATES

ENDED = "ended: runs(filters: $ended, first: 100) { edges { node { name summaryMetrics } } }"
"""The part of a poll's document."""

_WITHOUT = frozenset({Phase.LOST, Phase.DELETED})
"""No process ever wrote a summary, or there is no run any more."""


def filter_for_ended(run_ids: Sequence[str]) -> str:
    """The value of ``$ended``."""
    return json.dumps({"name": {"$in": list(run_ids)}, "state": {"$in": list(ENDED_STATES)}})


def summaries_in(connection: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The summaries in a list of runs, by the run's name."""
    nodes = [edge.get("node") or {} for edge in (connection or {}).get("edges") or []]
    return {str(node.get("name")): json_object(node.get("summaryMetrics")) for node in nodes}


def owed(snapshot: Snapshot) -> list[str]:
    """The runs that have ended and whose summary did not come."""
    return [seen.run_id for seen in snapshot.observations if _is_owed(seen)]


def by_name(run_ids: Sequence[str]) -> tuple[str, dict[str, str]]:
    """A document that asks for these summaries; its variables lack the entity and the project."""
    variables = {f"r{i}": run_id for i, run_id in enumerate(run_ids)}
    head = " ".join(f"${name}: String!" for name in variables)
    runs = " ".join(f"{name}: run(name: ${name}) {{ name summaryMetrics }}" for name in variables)
    return (
        f"query EndedRuns($entity: String!, $project: String!, {head}) "
        f"{{ project(name: $project, entityName: $entity) {{ {runs} }} }}",
        variables,
    )


def named_in(answer: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The summaries in the answer to ``by_name``."""
    runs = [run for run in (answer.get("project") or {}).values() if isinstance(run, Mapping)]
    return summaries_in({"edges": [{"node": run} for run in runs]})


def completed(snapshot: Snapshot, summaries: Mapping[str, Mapping[str, Any]]) -> Snapshot:
    """The snapshot with these summaries put in; a run that is owed one still has not ended for us."""
    return replace(snapshot, observations=tuple(_completed(snapshot.observations, summaries)))


def _completed(
    observations: Iterable[Observation], summaries: Mapping[str, Mapping[str, Any]]
) -> Iterable[Observation]:
    for seen in observations:
        if not _is_owed(seen):
            yield seen
        elif seen.run_id in summaries:
            yield replace(seen, summary=summaries[seen.run_id])
        else:
            # Judging a run without its summary would be final: its end is seen with the next poll.
            yield replace(seen, phase=Phase.RUNNING)


def _is_owed(seen: Observation) -> bool:
    return seen.phase.ended and seen.phase not in _WITHOUT and seen.summary is None
