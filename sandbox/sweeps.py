"""Sweeps: what they search, how they stand, and the runs that belong to them."""

from __future__ import annotations

import json
import math
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import yaml
from graphql import GraphQLError

from sandbox import choices, ids
from sandbox.runs import Run

if TYPE_CHECKING:
    from sandbox.agents import Agent
    from sandbox.projects import Project
    from sandbox.queues import Item, Queue, Queues
    from sandbox.runs import Runs

PENDING, RUNNING, PAUSED = "PENDING", "RUNNING", "PAUSED"
FINISHED, CANCELED = "FINISHED", "CANCELED"
STATES = (PENDING, RUNNING, PAUSED, FINISHED, CANCELED)
OPEN = (PENDING, RUNNING, PAUSED)
PLACEHOLDER = "WANDB_SWEEP_ID"
"""What the client writes where the sweep's name will be, before there is one."""


@dataclass(slots=True, eq=False, kw_only=True)
class Sweep:
    """One sweep. `name` is its short id; its runs are the project's runs that name it."""

    id: str
    name: str
    project: Project
    config: str
    created_at: float
    updated_at: float
    state: str = PENDING
    description: str | None = None
    display_name: str | None = None
    controller: str | None = None
    scheduler: str | None = None
    agents: dict[str, Agent] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """The config as data."""
        return dict(yaml.safe_load(self.config) or {})

    @property
    def method(self) -> str | None:
        """How parameters are chosen."""
        found = self.settings.get("method")
        return str(found) if found is not None else None

    @property
    def runs(self) -> list[Run]:
        """Its runs, oldest first."""
        return [run for run in self.project.runs.values() if run.sweep_name == self.name]

    @property
    def run_count_expected(self) -> int | None:
        """The cap on the number of runs, if it has one."""
        return self.settings.get("run_cap")

    @property
    def best_loss(self) -> float | None:
        """The best summary value of the metric among its runs."""
        metric = self.settings.get("metric") or {}
        found = [run.summary.get(metric.get("name", "")) for run in self.runs]
        values = [float(v) for v in found if isinstance(v, (int, float)) and math.isfinite(v)]
        best = max if metric.get("goal") == "maximize" else min
        return best(values) if values else None


class Sweeps:
    """All sweeps of this W&B."""

    def __init__(self, clock: Callable[[], float], runs: Runs, queues: Queues, random: Random) -> None:
        self._clock = clock
        self._runs = runs
        self._queues = queues
        self._sweeps: dict[str, Sweep] = {}
        self._random = random

    def all(self) -> list[Sweep]:
        """Every sweep, oldest first."""
        return list(self._sweeps.values())

    def of(self, project: Project) -> list[Sweep]:
        """The sweeps of a project, oldest first."""
        return [sweep for sweep in self._sweeps.values() if sweep.project is project]

    def named(self, project: Project | None, name: str) -> Sweep | None:
        """The sweep of this short name, or None."""
        return next((s for s in self._sweeps.values() if s.project is project and s.name == name), None)

    def get(self, id: str) -> Sweep:
        """The sweep of this id; a GraphQL error when there is none (a short name is no id)."""
        if id not in self._sweeps:
            raise GraphQLError(f"sweep {id} not found")
        return self._sweeps[id]

    def make(self, project: Project, config: str) -> Sweep:
        """A new sweep, not worked on yet."""
        name, now = self._letters(), self._clock()
        id = ids.encode("Sweep", "v1", name, project.name, project.entity.name)
        made = Sweep(
            id=id, name=name, project=project, config=readable(config), created_at=now, updated_at=now
        )
        self._sweeps[id] = made
        return made

    def set_state(self, sweep: Sweep, state: str) -> None:
        """Put the sweep into a state, with what that means for its runs.

        Raises:
            GraphQLError: for a state that W&B does not know.
        """
        if state not in STATES:
            raise GraphQLError(f"{state!r} is no state of a sweep: {', '.join(STATES)}")
        sweep.state, sweep.updated_at = state, self._clock()
        if state in choices.SWEEP_STATES_THAT_STOP_RUNS:
            for run in sweep.runs:
                if not run.ended:
                    self._runs.stop(run)

    def worked_on(self, sweep: Sweep) -> None:
        """Somebody announced a worker: a sweep that waited for one runs."""
        self.set_state(sweep, choices.state_with_a_worker(sweep.state))

    def schedule(self, sweep: Sweep, queue: Queue, launch_scheduler: str) -> Item:
        """Queue the sweep's scheduler, under the sweep's own name."""
        sweep.scheduler = launch_scheduler.replace(PLACEHOLDER, sweep.name)
        return self._queues.push(queue, json.loads(json.loads(sweep.scheduler)["run_spec"]))

    def enqueue(self, sweep: Sweep, config: dict[str, Any], display_name: str | None = None) -> Run:
        """A run of the sweep with this config (`{key: {"value": …}}`), waiting for an agent to start it."""
        now = self._clock()
        run = Run(
            name=self._letters(),
            project=sweep.project,
            created_at=now,
            heartbeat_at=now,
            state=choices.STATE_BEFORE_A_PROCESS,
            username=sweep.project.entity_name,
            display_name=display_name or f"{sweep.name}-{len(sweep.runs) + 1}",
            sweep_name=sweep.name,
            config=config,
        )
        return self._runs.add(run)

    def _letters(self) -> str:
        return "".join(self._random.choices(string.ascii_lowercase + string.digits, k=8))


def readable(config: str) -> str:
    """The config unchanged; a GraphQL error when it is not YAML or not a mapping."""
    try:
        found = yaml.safe_load(config)
    except yaml.YAMLError as error:
        raise GraphQLError(f"config: not YAML: {error}") from None
    if not isinstance(found, dict):
        raise GraphQLError(f"config: {config!r} must be a mapping")
    return config
