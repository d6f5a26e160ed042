"""What clients do to runs: make or update one, ask it to stop, delete it, raise an alert."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from ariadne import MutationType
from graphql import GraphQLError

from sandbox import choices, ids
from sandbox.history import parse
from sandbox.runs import ENDED, LIVE, Run

if TYPE_CHECKING:
    from random import Random

    from sandbox.projects import Project
    from sandbox.world import Info, World

mutation = MutationType()
bindables = [mutation]

PLAIN = {
    "display_name": "display_name",
    "group_name": "group",
    "job_type": "job_type",
    "notes": "notes",
    "description": "notes",
    "tags": "tags",
    "host": "host",
    "job_program": "program",
    "job_repo": "repo",
    "commit": "commit",
    "sweep": "sweep_name",
}
"""Inputs of `upsertBucket` that are stored as they come, and where. A null leaves the value alone."""

SETTABLE_STATES = ("pending", "failed")
"""What `updateRunState` may set, as the client's documentation says."""


@mutation.field("upsertBucket")
def upsert_bucket(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Make the run of this name, or update it; without a name every call makes a new run."""
    world = info.context.world
    run = _find(world, input)
    inserted = run is None
    if run is None:
        run = _make(world, input)
    for given, attribute in PLAIN.items():
        if input.get(given) is not None:
            setattr(run, attribute, input[given])
    if input.get("config"):
        run.config = choices.merged_config(run.config, parse(input["config"]))
    if input.get("summary_metrics"):
        run.summary = parse(input["summary_metrics"])
    if input.get("host"):
        run.process_started(world.clock())
    world.runs.watch(run)
    return {"bucket": run, "inserted": inserted}


def _find(world: World, given: dict[str, Any]) -> Run | None:
    if given.get("id"):
        return run_of(world, given["id"])
    project = world.projects.find(
        given.get("entity_name") or world.accounts.viewer.name, given.get("model_name") or "uncategorized"
    )
    return project.runs.get(given.get("name") or "") if project else None


def _make(world: World, given: dict[str, Any]) -> Run:
    now = world.clock()
    entity = world.accounts.entity(given.get("entity_name"))
    project = world.projects.ensure(entity, given.get("model_name") or "uncategorized", now)
    if given.get("name") in project.deleted_runs:
        # W&B's own sentence (wandb/wandb#1192): a process that outlives its run does not bring it back.
        where = f"{entity.name}/{project.name}/{given['name']}"
        raise GraphQLError(f"run {where} was previously created and deleted; try a new run name")
    waits = given.get("sweep") and not given.get("host")
    run = Run(
        name=given.get("name") or short_id(world.random),
        project=project,
        created_at=now,
        heartbeat_at=now,
        state=given.get("state") or (choices.STATE_BEFORE_A_PROCESS if waits else "running"),
        username=world.accounts.viewer.name,
        display_name=nickname(world.random, project),
    )
    return world.runs.add(run)


def run_of(world: World, run_id: str) -> Run:
    """The run of a global id; a GraphQL error that names it when there is none."""
    fields = ids.decode(run_id, "Run")
    if fields and len(fields) == 4:
        _, name, project_name, entity = fields
        project = world.projects.find(entity, project_name)
        if project and name in project.runs:
            return project.runs[name]
    raise GraphQLError(f"run {run_id!r} ({':'.join(fields or ['not a run id'])}) not found")


def short_id(random: Random) -> str:
    """Eight letters and digits, as W&B names runs."""
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=8))


def nickname(random: Random, project: Project) -> str:
    """A name for people, with the number of the run in its project."""
    colour = random.choice(("amber", "azure", "coral", "ivory", "jade", "ruby", "silver", "violet"))
    thing = random.choice(("brook", "cloud", "dawn", "field", "forest", "moon", "river", "star"))
    return f"{colour}-{thing}-{len(project.runs) + 1}"


@mutation.field("stopRun")
def stop_run(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Ask a run to stop. True also when it has ended already: there is nothing left to do."""
    world = info.context.world
    world.runs.stop(run_of(world, input["id"]))
    return {"success": True}


@mutation.field("deleteRun")
def delete_run(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Forget a run; its artifacts too, when asked."""
    world = info.context.world
    run = run_of(world, input["id"])
    world.runs.delete(run)
    if input.get("delete_artifacts"):
        for version in run.logged_artifacts:
            world.artifacts.delete(version)
    return {"client_mutation_id": input.get("client_mutation_id")}


@mutation.field("updateRunState")
def update_run_state(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Set the state of a run that no process works on."""
    world = info.context.world
    run, state = run_of(world, input["id"]), input["state"]
    if state not in SETTABLE_STATES or run.state in LIVE:
        raise GraphQLError(f"run {run.name} is {run.state} and cannot be set to {state!r}")
    if state in ENDED:
        world.runs.end(run, state)
    else:
        run.state, run.stopped = state, False
    return {"success": True}


@mutation.field("notifyScriptableRunAlert")
def notify(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Keep an alert; nobody is sent a message here."""
    world = info.context.world
    project = world.projects.get(input["entity_name"], input["project_name"])
    run = project.runs.get(input["run_name"])
    if run is None:
        raise GraphQLError(f"run {input['run_name']!r} not found in {project.entity.name}/{project.name}")
    run.alerts.append({key: input.get(key) for key in ("title", "text", "severity")})
    return {"success": True}


@mutation.field("createCustomChart")
def create_custom_chart(_: object, _info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Accept a chart definition: nothing here draws it."""
    return {"chart": {"id": ids.encode("Chart", input["entity"], input["name"])}}
