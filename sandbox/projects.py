"""Projects: the shelves that runs, sweeps, queues and artifacts stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ariadne import MutationType, ObjectType, QueryType
from graphql import GraphQLError

from sandbox import ids
from sandbox.paging import connection

if TYPE_CHECKING:
    from sandbox.accounts import Entity
    from sandbox.runs import Run
    from sandbox.world import Info


@dataclass(slots=True, eq=False)
class Project:
    """A project of an entity; its runs by their short name, oldest first, and the names of deleted ones."""

    entity: Entity
    name: str
    created_at: float
    internal_id: int
    runs: dict[str, Run] = field(default_factory=dict)
    deleted_runs: set[str] = field(default_factory=set)
    access: str = "USER_READ"
    description: str = ""
    views: str = "{}"
    is_benchmark: bool = False
    read_only: bool = False

    @property
    def id(self) -> str:
        """The id by which the API knows this project."""
        return ids.encode("Project", "v1", self.name, self.entity.name)

    @property
    def entity_name(self) -> str:
        """The name of the owner."""
        return self.entity.name


class Projects:
    """All projects of this W&B."""

    def __init__(self) -> None:
        self._projects: dict[tuple[str, str], Project] = {}

    def find(self, entity: str, name: str) -> Project | None:
        """The project, or None when nobody made it yet."""
        return self._projects.get((entity, name))

    def get(self, entity: str, name: str) -> Project:
        """The project; a GraphQL error that names it when it does not exist."""
        project = self.find(entity, name)
        if project is None:
            raise GraphQLError(f"could not find project {entity}/{name}")
        return project

    def ensure(self, entity: Entity, name: str, now: float) -> Project:
        """The project, made on first use as W&B does."""
        key = (entity.name, name)
        if key not in self._projects:
            number = len(self._projects) + 1
            self._projects[key] = Project(entity=entity, name=name, created_at=now, internal_id=number)
        return self._projects[key]

    def of(self, entity: str) -> list[Project]:
        """The projects of one entity, oldest first."""
        return [project for (owner, _), project in self._projects.items() if owner == entity]

    def all(self) -> list[Project]:
        """Every project, oldest first."""
        return list(self._projects.values())


query = QueryType()
mutation = MutationType()
project_type = ObjectType("Project")
bindables = [query, mutation, project_type]


@query.field("project")
@query.field("model")
def resolve_project(
    _: object, info: Info, name: str | None = None, entity_name: str | None = None
) -> Project | None:
    """The project, or null; an entity that nobody names is the viewer's own."""
    world = info.context.world
    return world.projects.find(entity_name or world.accounts.viewer.name, name or "uncategorized")


@query.field("models")
@query.field("projects")
def resolve_projects(
    _: object,
    info: Info,
    entity_name: str | None = None,
    first: int | None = None,
    after: str | None = None,
    **_filters: object,
) -> dict[str, Any]:
    """The projects of an entity."""
    world = info.context.world
    return connection(world.projects.of(entity_name or world.accounts.viewer.name), first, after)


@mutation.field("upsertModel")
def upsert_model(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Make the project, or change its description or access."""
    world = info.context.world
    entity = world.accounts.entity(input.get("entity_name"))
    project = world.projects.ensure(entity, input["name"], world.clock())
    project.description = input.get("description") or project.description
    project.access = input.get("access") or project.access
    return {"project": project, "model": project, "inserted": True}


@project_type.field("user")
def resolve_owner(project: Project, info: Info) -> dict[str, Any]:
    """Who made it: there is only one person."""
    found: dict[str, Any] = info.context.world.accounts.person()
    return found
