"""What the API answers about launch queues and their items."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ariadne import MutationType, ObjectType
from graphql import GraphQLError

from sandbox.paging import connection
from sandbox.queues import Item, Message, Queue, ResourceConfig

if TYPE_CHECKING:
    from sandbox.accounts import Entity
    from sandbox.projects import Project
    from sandbox.world import Info

Input = dict[str, Any]

mutation = MutationType()
project_type = ObjectType("Project")
entity_type = ObjectType("Entity")
queue_type = ObjectType("RunQueue")
queue_type.set_alias("defaultResourceConfigID", "default_resource_config_id")
bindables = [mutation, project_type, entity_type, queue_type]


@project_type.field("runQueues")
def resolve_queues(project: Project, info: Info) -> list[Queue]:
    """The queues of the project."""
    return list(info.context.world.queues.of(project))


@project_type.field("runQueue")
def resolve_queue(project: Project, info: Info, name: str) -> Queue | None:
    """The queue of this name, or null."""
    found: Queue | None = info.context.world.queues.find(project, name)
    return found


@queue_type.field("runQueueItems")
def resolve_items(
    queue: Queue, _: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """The items, oldest first."""
    return connection(list(queue.items.values()), first, after)


@queue_type.field("runQueueItem")
def resolve_item(queue: Queue, _: Info, id: str) -> Item | None:
    """The item, or null."""
    return queue.items.get(id)


@entity_type.field("defaultResourceConfig")
def resolve_resource(_: Entity, info: Info, id: str) -> ResourceConfig | None:
    """The resource config, or null."""
    found: ResourceConfig | None = info.context.world.queues.resource(id)
    return found


@mutation.field("createDefaultResourceConfig")
def create_resource(_: object, info: Info, input: Input) -> dict[str, Any]:
    """Keep a resource config for a queue to be made."""
    refuse_template_variables(input.get("template_variables"))
    made = info.context.world.queues.make_resource(input["resource"], json.loads(input["config"]))
    return {"default_resource_config_id": made.id, "success": True}


@mutation.field("createRunQueue")
def create_queue(_: object, info: Info, input: Input) -> dict[str, Any]:
    """Make a queue."""
    queue = make_queue(info, input)
    queue.access = input["access"]
    queue.resource = info.context.world.queues.resource(input.get("default_resource_config_id"))
    return {"success": True, "queue_id": queue.id}


@mutation.field("upsertRunQueue")
def upsert_queue(_: object, info: Info, input: Input) -> dict[str, Any]:
    """Make a queue, or change the one of this name."""
    refuse_template_variables(input.get("template_variables"))
    world = info.context.world
    project = world.projects.find(input["entity_name"], input["project_name"])
    queue = world.queues.find(project, input["queue_name"]) or make_queue(info, input)
    queue.resource = world.queues.make_resource(input["resource_type"], json.loads(input["resource_config"]))
    queue.prioritization_mode = input.get("prioritization_mode") or queue.prioritization_mode
    queue.external_links = json.loads(input.get("external_links") or "null")
    return {"success": True, "config_schema_validation_errors": []}


def make_queue(info: Info, input: Input) -> Queue:
    """A new queue in its project, which is made on first use."""
    world = info.context.world
    owner = world.accounts.entity(input["entity_name"])
    project = world.projects.ensure(owner, input["project_name"], world.clock())
    queue: Queue = world.queues.make(project, input["queue_name"], world.accounts.viewer.name)
    queue.prioritization_mode = input.get("prioritization_mode") or queue.prioritization_mode
    return queue


@mutation.field("deleteRunQueues")
def delete_queues(_: object, info: Info, input: Input) -> dict[str, bool]:
    """Forget queues and what waits in them."""
    for id in input["queue_i_ds"]:
        info.context.world.queues.delete(id)
    return {"success": True}


@mutation.field("pushToRunQueue")
def push(_: object, info: Info, input: Input) -> dict[str, Any]:
    """Let a job wait in the queue of this id."""
    return pushed(info, info.context.world.queues.get(input["queue_id"]), input)


@mutation.field("pushToRunQueueByName")
def push_by_name(_: object, info: Info, input: Input) -> dict[str, Any] | None:
    """Let a job wait in the queue of this name."""
    queue = named(info, input)
    return pushed(info, queue, input) if queue else None


def pushed(info: Info, queue: Queue, input: Input) -> dict[str, Any]:
    """The new item, as pushes answer."""
    refuse_template_variables(input.get("template_variable_values"))
    item: Item = info.context.world.queues.push(queue, json.loads(input["run_spec"]), input.get("priority"))
    return {"run_queue_item_id": item.id, "run_spec": json.dumps(item.run_spec)}


@mutation.field("popFromRunQueue")
def pop(_: object, info: Info, input: Input) -> dict[str, Any] | None:
    """Lease the next item to an agent."""
    queue = named(info, input)
    if queue is None:
        raise GraphQLError(
            f"run queue {input['queue_name']!r} not found in {input['entity_name']}/{input['project_name']}"
        )
    item = info.context.world.queues.pop(queue)
    return {"run_queue_item_id": item.id, "run_spec": item.run_spec} if item else None


def named(info: Info, input: Input) -> Queue | None:
    """The queue that entity, project and name lead to."""
    world = info.context.world
    project = world.projects.find(input["entity_name"], input["project_name"])
    found: Queue | None = world.queues.find(project, input["queue_name"])
    return found


@mutation.field("ackRunQueueItem")
def acknowledge(_: object, info: Info, input: Input) -> dict[str, bool]:
    """An agent takes a leased item for good."""
    return {"success": info.context.world.queues.acknowledge(input["run_queue_item_id"], input["run_name"])}


@mutation.field("failRunQueueItem")
def fail(_: object, info: Info, input: Input) -> dict[str, bool]:
    """An agent could not make a run of an item."""
    info.context.world.queues.fail(input["run_queue_item_id"], message(input))
    return {"success": True}


@mutation.field("updateRunQueueItemWarning")
def warn(_: object, info: Info, input: Input) -> dict[str, bool]:
    """An agent has something to say about an item."""
    info.context.world.queues.item(input["run_queue_item_id"]).warnings.append(message(input))
    return {"success": True}


def message(input: Input) -> Message:
    """What the agent says."""
    return Message(message=input["message"], stage=input["stage"], file_paths=input.get("file_paths"))


@mutation.field("deleteFromRunQueue")
def delete_item(_: object, info: Info, input: Input) -> dict[str, bool]:
    """Take an item out of its queue."""
    queue: Queue = info.context.world.queues.get(input["queue_id"])
    return {"success": queue.items.pop(input["run_queue_item_id"], None) is not None}


def refuse_template_variables(given: str | None) -> None:
    """A GraphQL error when a queue or a push has template variables: they have no meaning here."""
    if json.loads(given or "null"):
        raise GraphQLError(f"template variables are unknown to this sandbox, given: {given}")
