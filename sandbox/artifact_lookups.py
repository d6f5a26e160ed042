"""Ways to artifacts: by id, by name and alias, by type, by the runs that logged or used them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ariadne import ObjectType, QueryType

from sandbox.artifact_fields import ArtifactKind, Membership
from sandbox.paging import connection

if TYPE_CHECKING:
    from sandbox.artifacts import Collection, Version
    from sandbox.projects import Project
    from sandbox.runs import Run
    from sandbox.world import Info

query = QueryType()
project_type = ObjectType("Project")
run_type = ObjectType("Run")
type_type = ObjectType("ArtifactType")
bindables = [query, project_type, run_type, type_type]


@query.field("artifact")
def resolve_by_id(_: object, info: Info, id: str) -> Version | None:
    """The version of this id, or null."""
    world = info.context.world
    return world.artifacts.by_id(id)


@query.field("artifactCollection")
def resolve_collection_by_id(_: object, info: Info, id: str) -> Collection | None:
    """The collection of this id, or null."""
    world = info.context.world
    return world.artifacts.collection_by_id(id)


@query.field("clientIDMapping")
def resolve_client_id(_: object, info: Info, client_id: str) -> dict[str, str] | None:
    """The id that the server gave to what a client had named itself."""
    version = info.context.world.artifacts.by_client_id(client_id)
    return {"server_id": version.id} if version else None


@project_type.field("artifact")
def resolve_artifact(project: Project, info: Info, name: str) -> Version | None:
    """The version that ``name:alias`` means, or null."""
    world = info.context.world
    return world.artifacts.find(project, name)


@project_type.field("artifactCollectionMembership")
def resolve_membership(project: Project, info: Info, name: str) -> Membership | None:
    """The same as a membership, or null."""
    version = info.context.world.artifacts.find(project, name)
    return Membership(version) if version else None


@project_type.field("artifactCollection")
def resolve_collection(project: Project, info: Info, name: str) -> Collection | None:
    """The collection of this name, or null."""
    world = info.context.world
    return world.artifacts.collection(project, name)


@project_type.field("artifactCollections")
def resolve_collections(
    project: Project,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    **_ignored: object,
) -> dict[str, Any]:
    """All collections of a project."""
    return connection(info.context.world.artifacts.collections(project), first, after)


@project_type.field("artifactTypes")
def resolve_types(
    project: Project,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    **_all: bool,
) -> dict[str, Any]:
    """The types in use."""
    collections = info.context.world.artifacts.collections(project)
    kinds = {
        one.type_name: ArtifactKind(project, one.type_name, one.created_at) for one in reversed(collections)
    }
    return connection(list(kinds.values()), first, after)


@project_type.field("artifactType")
def resolve_type(project: Project, info: Info, name: str) -> ArtifactKind | None:
    """A type in use, or null."""
    found = info.context.world.artifacts.collections(project, name)
    return ArtifactKind(project, name, found[0].created_at) if found else None


@type_type.field("artifactCollection")
def resolve_typed_collection(kind: ArtifactKind, info: Info, name: str) -> Collection | None:
    """The collection of this type and name, or null."""
    world = info.context.world
    found = world.artifacts.collection(kind.project, name)
    return found if found and found.type_name == kind.name else None


@type_type.field("artifactCollections")
def resolve_typed_collections(
    kind: ArtifactKind,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    **_ignored: object,
) -> dict[str, Any]:
    """The collections of this type."""
    return connection(info.context.world.artifacts.collections(kind.project, kind.name), first, after)


@run_type.field("inputArtifacts")
def resolve_inputs(
    run: Run, _info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """What a run used."""
    return connection(run.used_artifacts, first, after)


@run_type.field("outputArtifacts")
def resolve_outputs(
    run: Run, _info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """What a run logged."""
    return connection([version for version in run.logged_artifacts if version.committed], first, after)
