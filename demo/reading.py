"""The sweep and its runs as W&B's API shows them."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SWEEP = """
query DemoSweep($entity: String!, $project: String!, $sweep: String!) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) {
      state
      runs {
        edges { node { name displayName state config summaryMetrics } }
      }
    }
    run(name: $sweep) { state }
  }
}
"""

RUN_ENDS = ("finished", "failed", "crashed", "killed")
SWEEP_FAILURES = ("CANCELED", "CRASHED", "FAILED", "STOPPED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One trial's run.

    Attributes:
        name: Its readable name.
        state: W&B's word for how far it has come.
        config: Its parameters.
        value: The latest value of the sweep's metric; None before the first one.
        epoch: The epochs that it has finished.
    """

    name: str
    state: str
    config: Mapping[str, Any]
    value: float | None
    epoch: int

    @property
    def ended(self) -> bool:
        """Whether its process is gone."""
        return self.state in RUN_ENDS

    @property
    def pruned(self) -> bool:
        """Whether it was asked to stop: in this sweep only the pruner asks."""
        return self.state == "killed"

    @property
    def planned(self) -> int:
        """The epochs that it would have had without a stop."""
        return int(self.config.get("epochs", self.epoch))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One look at the sweep.

    Attributes:
        state: W&B's word for the sweep.
        scheduler: W&B's word for the scheduler's own run; empty before it has started.
        runs: The runs of the trials, in the order of their names.
    """

    state: str
    scheduler: str
    runs: tuple[Run, ...]

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen: the scheduler and all runs have left, or the sweep has failed."""
        left = self.scheduler in RUN_ENDS and all(run.ended for run in self.runs)
        return left or self.state in SWEEP_FAILURES

    @property
    def best(self) -> Run | None:
        """The finished run with the lowest value."""
        finished = [run for run in self.runs if run.state == "finished" and run.value is not None]
        return min(finished, key=lambda run: run.value or 0.0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the sweep is, and the key that opens it."""

    url: str
    key: str
    entity: str
    project: str
    sweep: str


def read(address: Address, metric: str) -> Sweep | None:
    """Look at the sweep once; None where W&B could not be read this time."""
    variables = {"entity": address.entity, "project": address.project, "sweep": address.sweep}
    request = urllib.request.Request(
        f"{address.url}/graphql",
        data=json.dumps({"query": SWEEP, "variables": variables}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": "Basic " + base64.b64encode(f"api:{address.key}".encode()).decode(),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return parse(json.load(answer), metric)
    except (urllib.error.URLError, TimeoutError):
        return None


def parse(answer: Mapping[str, Any], metric: str) -> Sweep:
    """Turn the API's answer into a sweep.

    Raises:
        LookupError: W&B refused the question or does not know the sweep; the text is its own.
    """
    project = (answer.get("data") or {}).get("project") or {}
    sweep = project.get("sweep")
    if answer.get("errors") or sweep is None:
        raise LookupError(f"W&B does not show the sweep: {answer.get('errors') or 'not found'}")
    runs = [parse_run(edge["node"], metric) for edge in sweep["runs"]["edges"]]
    return Sweep(
        state=sweep["state"],
        scheduler=(project.get("run") or {}).get("state", ""),
        runs=tuple(sorted(runs, key=lambda run: run.name)),
    )


def parse_run(node: Mapping[str, Any], metric: str) -> Run:
    """Turn one run of the answer, whose config and summary are JSON in JSON, into a run."""
    config = json.loads(node["config"] or "{}")
    summary = json.loads(node["summaryMetrics"] or "{}")
    value = summary.get(metric)
    return Run(
        name=node["displayName"] or node["name"],
        state=node["state"],
        config={key: entry["value"] for key, entry in config.items() if not key.startswith("_")},
        value=float(value) if isinstance(value, int | float) else None,
        epoch=int(summary.get("epoch") or 0),
    )
