"""Agents: those that take jobs from queues, and the workers that a sweep's scheduler has announced."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ariadne import MutationType, QueryType
from graphql import GraphQLError

from sandbox import ids
from sandbox.orders import orders

if TYPE_CHECKING:
    from sandbox.sweeps import Sweep
    from sandbox.world import Info, World


@dataclass(slots=True, eq=False, kw_only=True)
class LaunchAgent:
    """A process that takes jobs from queues."""

    id: str
    name: str
    hostname: str
    run_queues: list[str]
    heartbeat_at: float
    agent_config: str | None = None
    version: str | None = None
    agent_status: str = "POLLING"
    stop_polling: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class Agent:
    """A worker of a sweep, and the runs that it was given."""

    id: str
    name: str
    host: str
    sweep: Sweep
    created_at: float
    heartbeat_at: float
    runs: list[str]
    state: str = "RUNNING"

    @property
    def total_runs(self) -> int:
        """How many runs it was given."""
        return len(self.runs)


class Agents:
    """All agents of this W&B."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.launch: dict[str, LaunchAgent] = {}
        self.sweep: dict[str, Agent] = {}
        self._launch_ids = ids.Counter("LaunchAgent")
        self._sweep_ids = ids.Counter("Agent")

    def make_launch_agent(self, hostname: str, run_queues: list[str]) -> LaunchAgent:
        """An agent that has just started."""
        id = self._launch_ids.next()
        made = LaunchAgent(
            id=id,
            name=f"launch-agent-{len(self.launch) + 1}",
            hostname=hostname,
            run_queues=run_queues,
            heartbeat_at=self._clock(),
        )
        self.launch[id] = made
        return made

    def launch_agent(self, id: str) -> LaunchAgent:
        """The launch agent of this id, heard of now; a GraphQL error when there is none."""
        if id not in self.launch:
            raise GraphQLError(f"launch agent {id} not found")
        self.launch[id].heartbeat_at = self._clock()
        return self.launch[id]

    def make_worker(self, sweep: Sweep, host: str) -> Agent:
        """A worker of a sweep that has just been announced."""
        id, now = self._sweep_ids.next(), self._clock()
        name = f"{sweep.name}-agent-{len(sweep.agents) + 1}"
        made = Agent(id=id, name=name, host=host, sweep=sweep, created_at=now, heartbeat_at=now, runs=[])
        self.sweep[id] = sweep.agents[id] = made
        return made

    def worker(self, id: str) -> Agent:
        """The worker of this id, heard of now; a GraphQL error when there is none."""
        if id not in self.sweep:
            raise GraphQLError(f"agent {id} not found")
        self.sweep[id].heartbeat_at = self._clock()
        return self.sweep[id]


query = QueryType()
mutation = MutationType()
bindables = [query, mutation]


@query.field("launchAgent")
def resolve_launch_agent(_: object, info: Info, id: str) -> LaunchAgent:
    """The launch agent; it asks in each of its rounds."""
    world: World = info.context.world
    return world.agents.launch_agent(id)


@mutation.field("createLaunchAgent")
def create_launch_agent(_: object, info: Info, input: dict[str, Any]) -> dict[str, str]:
    """A launch agent starts."""
    world: World = info.context.world
    for queue in input["run_queues"]:
        world.queues.get(queue)
    agent = world.agents.make_launch_agent(input["hostname"], input["run_queues"])
    agent.agent_config, agent.version = input.get("agent_config"), input.get("version")
    return {"launch_agent_id": agent.id}


@mutation.field("updateLaunchAgent")
def update_launch_agent(_: object, info: Info, input: dict[str, Any]) -> dict[str, bool]:
    """A launch agent says what it does."""
    world: World = info.context.world
    agent = world.agents.launch_agent(input["launch_agent_id"])
    agent.agent_status = input.get("agent_status") or agent.agent_status
    return {"success": True}


@mutation.field("createAgent")
def create_agent(_: object, info: Info, input: dict[str, Any]) -> dict[str, Agent]:
    """A worker of a sweep is announced, which sets a waiting sweep RUNNING."""
    world: World = info.context.world
    entity = world.accounts.entity(input.get("entity_name")).name
    project = world.projects.find(entity, input.get("project_name") or "uncategorized")
    sweep = world.sweeps.named(project, input["sweep"])
    if sweep is None:
        raise GraphQLError(f"sweep {entity}/{input.get('project_name')}/{input['sweep']} not found")
    world.sweeps.worked_on(sweep)
    return {"agent": world.agents.make_worker(sweep, input["host"])}


@mutation.field("agentHeartbeat")
def heartbeat(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """A worker says which runs it has, and hears what to do."""
    world: World = info.context.world
    agent = world.agents.worker(input["id"])
    alive = [name for name, is_alive in json.loads(input.get("run_state") or "{}").items() if is_alive]
    told = orders(agent, alive, world.sweeps, world.random)
    return {"agent": agent, "commands": json.dumps(told)}
