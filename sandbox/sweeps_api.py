"""What the API answers about sweeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ariadne import MutationType, ObjectType
from graphql import GraphQLError

from sandbox import run_filters
from sandbox.paging import connection
from sandbox.sweeps import Sweep, readable

if TYPE_CHECKING:
    from sandbox.agents import Agent
    from sandbox.projects import Project
    from sandbox.queues import Queue
    from sandbox.world import Info, World

mutation = MutationType()
project_type = ObjectType("Project")
sweep_type = ObjectType("Sweep")
run_type = ObjectType("Run")
run_type.set_field("exitcode", lambda run, _: run.exit_code)
run_type.set_field("shouldStop", lambda run, _: run.stopped and not run.ended)
run_type.set_field("running", lambda run, _: run.live)
run_type.set_field("failed", lambda run, _: run.state in ("failed", "crashed"))
bindables = [mutation, project_type, sweep_type, run_type]


@project_type.field("sweep")
def resolve_sweep(project: Project, info: Info, sweep_name: str) -> Sweep | None:
    """The sweep of this name, or null."""
    found: Sweep | None = info.context.world.sweeps.named(project, sweep_name)
    return found


@project_type.field("sweeps")
def resolve_sweeps(
    project: Project,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    filters: str | None = None,
) -> dict[str, Any]:
    """The project's sweeps, oldest first."""
    if json.loads(filters or "{}"):
        raise GraphQLError(f"sweeps: this sandbox lists all sweeps and filters none, given: {filters}")
    return connection(info.context.world.sweeps.of(project), first, after)


@project_type.field("totalSweeps")
def resolve_total(project: Project, info: Info) -> int:
    """How many sweeps the project has."""
    return len(info.context.world.sweeps.of(project))


@sweep_type.field("runs")
def resolve_runs(
    sweep: Sweep,
    _: Info,
    first: int | None = None,
    after: str | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    """The sweep's runs; all of them when no page is asked for."""
    return connection(run_filters.select(sweep.runs, None, order), first, after)


@sweep_type.field("runCount")
def resolve_run_count(sweep: Sweep, _: Info) -> int:
    """How many runs the sweep has."""
    return len(sweep.runs)


@sweep_type.field("heartbeatAt")
def resolve_heartbeat(sweep: Sweep, _: Info) -> float | None:
    """When one of its runs was heard of last."""
    return max((run.heartbeat_at for run in sweep.runs), default=None)


@sweep_type.field("earlyStopJobRunning")
def resolve_early_stop(_: Sweep, _info: Info) -> bool:
    """False: runs are stopped by schedulers and people, never by the server."""
    return False


@sweep_type.field("controllerRunName")
def resolve_controller_run(sweep: Sweep, _: Info) -> str:
    """The sweep's own name, under which a queued scheduler's run goes too."""
    return sweep.name


@sweep_type.field("agents")
def resolve_agents(
    sweep: Sweep, _: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """The announced workers."""
    return connection(list(sweep.agents.values()), first, after)


@sweep_type.field("agent")
def resolve_agent(sweep: Sweep, _: Info, agent_name: str) -> Agent | None:
    """The worker of this name or id, or null."""
    return next((a for a in sweep.agents.values() if agent_name in (a.name, a.id)), None)


@mutation.field("upsertSweep")
def upsert(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Make a sweep or change one, and queue its scheduler when one comes along."""
    world: World = info.context.world
    known = world.sweeps.get(input["id"]) if input.get("id") else None
    project = known.project if known else owner(world, input)
    scheduler = input.get("launch_scheduler")
    # Looked up before anything is made: a sweep whose scheduler waits nowhere would wait for ever.
    queue = queue_of(world, project, scheduler) if scheduler else None
    sweep = known or world.sweeps.make(project, input.get("config") or "")
    update(world, sweep, input)
    if queue and scheduler:
        world.sweeps.schedule(sweep, queue, scheduler)
    return {"sweep": sweep, "config_validation_warnings": []}


def owner(world: World, input: dict[str, Any]) -> Project:
    """The project of a new sweep, made on first use."""
    entity = world.accounts.entity(input.get("entity_name"))
    return world.projects.ensure(entity, input.get("project_name") or "uncategorized", world.clock())


def queue_of(world: World, project: Project, launch_scheduler: str) -> Queue:
    """The queue that a scheduler names; a GraphQL error when there is none."""
    asked = json.loads(launch_scheduler)
    queue = world.queues.find(
        world.projects.find(project.entity_name, asked["run_queue_project"]), asked["queue"]
    )
    if queue is None:
        raise GraphQLError(f"launchScheduler: run queue {asked['queue']!r} not found")
    return queue


def update(world: World, sweep: Sweep, input: dict[str, Any]) -> None:
    """Change what the input names, and nothing else."""
    for name in ("description", "display_name", "controller", "scheduler"):
        if input.get(name) is not None:
            setattr(sweep, name, input[name])
    if input.get("config"):
        sweep.config = readable(input["config"])
    if input.get("state"):
        world.sweeps.set_state(sweep, input["state"])
    if input.get("prior_runs_filters"):
        for run in run_filters.select(sweep.project.runs.values(), input["prior_runs_filters"]):
            run.sweep_name = sweep.name


@mutation.field("enqueueSweepRun")
def enqueue(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Make a run that one of the sweep's agents will start."""
    world: World = info.context.world
    sweep = world.sweeps.get(input["id"])
    run = world.sweeps.enqueue(sweep, json.loads(input["config"]), input.get("display_name"))
    return {"id": run.name, "run_queue_item_id": None}
