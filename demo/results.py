"""How a sweep stands, as its scheduler's own run shows it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from demo.reading import RUN_ENDS
from sandbox.asking import ask
from sandbox.serving import Sandbox

RESULT = """
query SweepResult($entity: String!, $project: String!, $sweep: String!) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) {
      state
      runs { edges { node { name displayName state config summaryMetrics } } }
    }
    run(name: $sweep) { state summaryMetrics logLines { edges { node { line } } } }
  }
}
"""
LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial's run.

    Attributes:
        id: W&B's name of it.
        name: The readable one.
        state: W&B's word for how far it has come.
        config: Its parameters.
        summary: The last value of everything that it logged.
    """

    id: str
    name: str
    state: str
    config: Mapping[str, Any]
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A sweep and the run of its scheduler.

    Attributes:
        state: W&B's word for the sweep.
        scheduler: W&B's word for the scheduler's run; empty before it has started.
        summary: What the scheduler's run says of the study.
        console: What the scheduler has said, line by line.
        trials: In the order of their names.
    """

    state: str
    scheduler: str
    summary: Mapping[str, Any]
    console: tuple[str, ...]
    trials: tuple[Trial, ...]

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.scheduler in RUN_ENDS

    @property
    def done(self) -> int:
        """How many runs have ended."""
        return sum(trial.state in RUN_ENDS for trial in self.trials)


def look(sandbox: Sandbox, project: str, sweep: str) -> Result:
    """Ask W&B once."""
    found = ask(sandbox, RESULT, entity=sandbox.entity, project=project, sweep=sweep)["project"]
    own = found["run"] or {"state": "", "summaryMetrics": None, "logLines": {"edges": []}}
    trials = [_trial(edge["node"]) for edge in found["sweep"]["runs"]["edges"]]
    return Result(
        state=found["sweep"]["state"],
        scheduler=own["state"],
        summary=json.loads(own["summaryMetrics"] or "{}"),
        console=tuple(edge["node"]["line"] for edge in own["logLines"]["edges"]),
        trials=tuple(sorted(trials, key=lambda trial: trial.name)),
    )


def wait(sandbox: Sandbox, project: str, sweep: str, seconds: float) -> Result:
    """Look every other second until the sweep's scheduler has left.

    Raises:
        TimeoutError: It had not; the text ends with what it said last.
    """
    deadline = time.monotonic() + seconds
    while not (seen := look(sandbox, project, sweep)).ended:
        if time.monotonic() > deadline:
            last = "\n".join(seen.console[-10:])
            raise TimeoutError(f"{sweep}: {seen.done} runs ended within {seconds:.0f} s\n{last}")
        time.sleep(LOOK_SECONDS)
    return seen


def lines(result: Result) -> Iterator[str]:
    """Give the sweep's end in a few lines: its state, its runs, and what the study found."""
    yield f"{result.state.lower()}, {result.done} runs"
    for key in sorted(key for key in result.summary if key.startswith(("best_", "pareto_"))):
        value = result.summary[key]
        yield f"  {key}: {value if isinstance(value, str | float | int) else json.dumps(value)}"


def _trial(node: Mapping[str, Any]) -> Trial:
    config = json.loads(node["config"] or "{}")
    return Trial(
        id=node["name"],
        name=node["displayName"],
        state=node["state"],
        config={key: entry["value"] for key, entry in config.items() if not key.startswith("_")},
        summary=json.loads(node["summaryMetrics"] or "{}"),
    )
