"""Launch queues: where jobs wait, in which order they leave, and who holds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from sandbox import choices, ids

if TYPE_CHECKING:
    from sandbox.projects import Project

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an agent reports about an item: why it failed, or what to beware of."""

    message: str
    stage: str
    file_paths: list[str] | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Item:
    """A job that waits in a queue, and what became of it."""

    id: str
    run_spec: Spec
    priority: int
    created_at: float
    state: str = "PENDING"
    leased_until: float = 0.0
    associated_run_id: str | None = None
    error: Message | None = None
    warnings: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceConfig:
    """What a queue gives to items that say nothing themselves."""

    id: str
    resource: str
    config: dict[str, Any]

    @property
    def template_variables(self) -> list[dict[str, Any]]:
        """None: a queue with template variables is refused when it is made."""
        return []


@dataclass(slots=True, eq=False, kw_only=True)
class Queue:
    """A queue; its items by id, oldest first."""

    id: str
    name: str
    project: Project
    created_by: str
    access: str = "PROJECT"
    prioritization_mode: str = "DISABLED"
    resource: ResourceConfig | None = None
    external_links: dict[str, Any] | None = None
    items: dict[str, Item] = field(default_factory=dict)

    @property
    def default_resource_config_id(self) -> str | None:
        """The id of the resource config, if the queue has one."""
        return self.resource.id if self.resource else None

    def next_item(self) -> Item | None:
        """The item to leave next: the most urgent where the queue has priorities, else the oldest."""
        waiting = [item for item in self.items.values() if item.state == "PENDING"]
        if self.prioritization_mode == "V0":
            waiting.sort(key=lambda item: item.priority)
        return waiting[0] if waiting else None


class Queues:
    """All queues of this W&B."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._queues: dict[str, Queue] = {}
        self._resources: dict[str, ResourceConfig] = {}
        self._queue_ids = ids.Counter("RunQueue")
        self._item_ids = ids.Counter("RunQueueItem")
        self._resource_ids = ids.Counter("DefaultResourceConfig")

    def settle(self) -> None:
        """Give leases back that ran out."""
        now = self._clock()
        for queue in self._queues.values():
            for item in queue.items.values():
                if item.state == "LEASED" and item.leased_until <= now:
                    item.state = "PENDING"

    def of(self, project: Project) -> list[Queue]:
        """The queues of a project, oldest first."""
        return [queue for queue in self._queues.values() if queue.project is project]

    def find(self, project: Project | None, name: str) -> Queue | None:
        """The queue of this name, or None."""
        return next((q for q in self._queues.values() if q.project is project and q.name == name), None)

    def get(self, id: str) -> Queue:
        """The queue of this id; a GraphQL error when there is none."""
        if id not in self._queues:
            raise GraphQLError(f"run queue {id} not found")
        return self._queues[id]

    def item(self, id: str) -> Item:
        """The item of this id, in whichever queue; a GraphQL error when there is none."""
        for queue in self._queues.values():
            if id in queue.items:
                return queue.items[id]
        raise GraphQLError(f"run queue item {id} not found")

    def resource(self, id: str | None) -> ResourceConfig | None:
        """The resource config of this id, or None."""
        return self._resources.get(id or "")

    def make_resource(self, resource: str, config: dict[str, Any]) -> ResourceConfig:
        """Keep a resource config for queues to name."""
        made = ResourceConfig(id=self._resource_ids.next(), resource=resource, config=config)
        self._resources[made.id] = made
        return made

    def make(self, project: Project, name: str, created_by: str) -> Queue:
        """A new, empty queue; a GraphQL error when the name is taken."""
        if self.find(project, name):
            raise GraphQLError(f"run queue {name!r} already exists in {project.entity_name}/{project.name}")
        made = Queue(id=self._queue_ids.next(), name=name, project=project, created_by=created_by)
        self._queues[made.id] = made
        return made

    def delete(self, id: str) -> None:
        """Forget the queue and its items."""
        del self._queues[self.get(id).id]

    def push(self, queue: Queue, spec: Spec, priority: int | None = None) -> Item:
        """Let a job wait, with what it leaves open filled in by the queue."""
        item = Item(
            id=self._item_ids.next(),
            run_spec=filled(spec, queue.resource),
            priority=choices.PRIORITY_OF_AN_ITEM if priority is None else priority,
            created_at=self._clock(),
        )
        queue.items[item.id] = item
        return item

    def pop(self, queue: Queue) -> Item | None:
        """Lease the next item for `choices.LEASE` seconds, or None when none waits."""
        item = queue.next_item()
        if item:
            item.state = "LEASED"
            item.leased_until = self._clock() + choices.LEASE
        return item

    def acknowledge(self, id: str, run: str) -> bool:
        """Make a leased item the agent's own; False when somebody else has it or it is over."""
        item = self.item(id)
        if item.state not in ("LEASED", "PENDING"):
            return False
        item.state, item.associated_run_id = "CLAIMED", run
        return True

    def fail(self, id: str, message: Message) -> None:
        """End an item that did not become a run."""
        item = self.item(id)
        item.state, item.error = "FAILED", message


def filled(spec: Spec, default: ResourceConfig | None) -> Spec:
    """The spec as an agent will find it: what it says itself, and the queue's resource for the rest."""
    if default is None:
        return spec
    resource = spec.get("resource") or default.resource
    merged = choices.merged_resource_args(
        default.config.get("resource_args") or {}, spec.get("resource_args") or {}
    )
    return {**spec, "resource": resource, "resource_args": merged}
