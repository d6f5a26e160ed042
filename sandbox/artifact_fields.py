"""Artifacts as the API shows them: by name and alias, by type, by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ariadne import InterfaceType, ObjectType, QueryType, UnionType

from sandbox import ids
from sandbox.paging import connection

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

    from sandbox.artifacts import Collection, Version
    from sandbox.projects import Project
    from sandbox.runs import Run
    from sandbox.world import World

query = QueryType()
project_type = ObjectType("Project")
run_type = ObjectType("Run")
artifact_type = ObjectType("Artifact")
type_type = ObjectType("ArtifactType")
sequence_type = ObjectType("ArtifactSequence")
membership_type = ObjectType("ArtifactCollectionMembership")
collection_interface = InterfaceType("ArtifactCollection", lambda *_: "ArtifactSequence")
creator_union = UnionType("ArtifactCreator", lambda *_: "Run")
bindables = [
    query,
    project_type,
    run_type,
    artifact_type,
    type_type,
    sequence_type,
    membership_type,
    collection_interface,
    creator_union,
]


@dataclass(frozen=True, slots=True)
class ArtifactKind:
    """An artifact type of a project: there is one for each type name in use."""

    project: Project
    name: str
    created_at: float
    description: str | None = None

    @property
    def id(self) -> str:
        """The id by which the API knows it."""
        return ids.encode("ArtifactType", self.project.internal_id, self.name)


@dataclass(frozen=True, slots=True)
class Membership:
    """A version, seen as a member of its collection."""

    artifact: Version

    @property
    def id(self) -> str:
        """The id by which the API knows it."""
        return ids.encode("ArtifactCollectionMembership", self.artifact.id)

    @property
    def artifact_collection(self) -> Collection:
        """The collection."""
        return self.artifact.collection

    @property
    def version_index(self) -> int | None:
        """The number in the collection."""
        return self.artifact.version_index

    @property
    def created_at(self) -> float:
        """When it became a member."""
        return self.artifact.created_at


# Ways to find one ----------------------------------------------------------------------------------


@query.field("artifact")
def resolve_by_id(_: object, info: GraphQLResolveInfo, id: str) -> Version | None:
    """The version of this id, or null."""
    world: World = info.context.world
    return world.artifacts.by_id(id)


@query.field("artifactCollection")
def resolve_collection_by_id(_: object, info: GraphQLResolveInfo, id: str) -> Collection | None:
    """The collection of this id, or null."""
    world: World = info.context.world
    return world.artifacts.collection_by_id(id)


@query.field("clientIDMapping")
def resolve_client_id(_: object, info: GraphQLResolveInfo, client_id: str) -> dict[str, str] | None:
    """The id that the server gave to what a client had named itself."""
    version = info.context.world.artifacts.by_client_id(client_id)
    return {"server_id": version.id} if version else None


@project_type.field("artifact")
def resolve_artifact(project: Project, info: GraphQLResolveInfo, name: str) -> Version | None:
    """The version that ``name:alias`` means, or null."""
    world: World = info.context.world
    return world.artifacts.find(project, name)


@project_type.field("artifactCollectionMembership")
def resolve_membership(project: Project, info: GraphQLResolveInfo, name: str) -> Membership | None:
    """The same as a membership, or null."""
    version = info.context.world.artifacts.find(project, name)
    return Membership(version) if version else None


@project_type.field("artifactCollection")
def resolve_collection(project: Project, info: GraphQLResolveInfo, name: str) -> Collection | None:
    """The collection of this name, or null."""
    world: World = info.context.world
    return world.artifacts.collection(project, name)


@project_type.field("artifactCollections")
def resolve_collections(
    project: Project,
    info: GraphQLResolveInfo,
    first: int | None = None,
    after: str | None = None,
    **_ignored: object,
) -> dict[str, Any]:
    """All collections of a project."""
    return connection(info.context.world.artifacts.collections(project), first, after)


@project_type.field("artifactTypes")
def resolve_types(
    project: Project,
    info: GraphQLResolveInfo,
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
def resolve_type(project: Project, info: GraphQLResolveInfo, name: str) -> ArtifactKind | None:
    """A type in use, or null."""
    found = info.context.world.artifacts.collections(project, name)
    return ArtifactKind(project, name, found[0].created_at) if found else None


@type_type.field("artifactCollection")
def resolve_typed_collection(kind: ArtifactKind, info: GraphQLResolveInfo, name: str) -> Collection | None:
    """The collection of this type and name, or null."""
    world: World = info.context.world
    found = world.artifacts.collection(kind.project, name)
    return found if found and found.type_name == kind.name else None


@type_type.field("artifactCollections")
def resolve_typed_collections(
    kind: ArtifactKind,
    info: GraphQLResolveInfo,
    first: int | None = None,
    after: str | None = None,
    **_ignored: object,
) -> dict[str, Any]:
    """The collections of this type."""
    return connection(info.context.world.artifacts.collections(kind.project, kind.name), first, after)


@run_type.field("inputArtifacts")
def resolve_inputs(
    run: Run, _info: GraphQLResolveInfo, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """What a run used."""
    return connection(run.used_artifacts, first, after)


@run_type.field("outputArtifacts")
def resolve_outputs(
    run: Run, _info: GraphQLResolveInfo, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """What a run logged."""
    return connection([version for version in run.logged_artifacts if version.committed], first, after)


# Fields --------------------------------------------------------------------------------------------


def _aliases(version: Version) -> list[dict[str, Any]]:
    return [
        {
            "id": ids.encode("ArtifactAlias", version.id, alias),
            "alias": alias,
            "artifact_collection": version.collection,
        }
        for alias in version.aliases
    ]


def _files(
    version: Version, names: Sequence[str] | None, first: int | None, after: str | None
) -> dict[str, Any]:
    blobs = [blob for name, blob in sorted(version.files.items()) if not names or name in names]
    return connection(blobs, first, after)


artifact_type.set_field("aliases", lambda version, _info: _aliases(version))
artifact_type.set_field("artifactSequence", lambda version, _info: version.collection)
artifact_type.set_field("artifactType", lambda version, _info: _kind(version.collection))
artifact_type.set_field("currentManifest", lambda version, _info: version.manifest)
artifact_type.set_field("tags", lambda version, _info: _tags(version.tags))
artifact_type.set_field("usedBy", lambda version, _info: connection(version.used_by))
membership_type.set_field("aliases", lambda membership, _info: _aliases(membership.artifact))
sequence_type.set_field("defaultArtifactType", lambda collection, _info: _kind(collection))
sequence_type.set_field("latestArtifact", lambda collection, _info: collection.find("latest"))
sequence_type.set_field("digestAlgorithm", lambda *_: "MANIFEST_MD5")
sequence_type.set_field("tags", lambda *_: {"edges": []})


def _kind(collection: Collection) -> ArtifactKind:
    return ArtifactKind(collection.project, collection.type_name, collection.created_at)


def _tags(tags: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": ids.encode("Tag", tag), "name": tag} for tag in tags]


@artifact_type.field("files")
@artifact_type.field("filesByManifestEntries")
def resolve_files(
    version: Version,
    _info: GraphQLResolveInfo,
    names: Sequence[str] | None = None,
    first: int | None = None,
    after: str | None = None,
    entries: Sequence[dict[str, Any]] | None = None,
    **_layout: str | None,
) -> dict[str, Any]:
    """The files of a version: all, those of these names, or those of these manifest entries."""
    wanted = [entry["name"] for entry in entries] if entries is not None else names
    return _files(version, wanted, first, after)


@membership_type.field("files")
def resolve_member_files(
    membership: Membership,
    _info: GraphQLResolveInfo,
    names: Sequence[str] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The files of the member."""
    return _files(membership.artifact, names, first, after)


@sequence_type.field("artifactMembership")
def resolve_member(collection: Collection, _info: GraphQLResolveInfo, alias_name: str) -> Membership | None:
    """The member that an alias means, or null."""
    version = collection.find(alias_name)
    return Membership(version) if version else None


@sequence_type.field("aliases")
def resolve_collection_aliases(
    collection: Collection, _info: GraphQLResolveInfo, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """All aliases in use."""
    return connection(
        [alias for version in collection.committed for alias in _aliases(version)], first, after
    )


@sequence_type.field("artifacts")
def resolve_versions(
    collection: Collection,
    _info: GraphQLResolveInfo,
    first: int | None = None,
    after: str | None = None,
    **_ignored: object,
) -> dict[str, Any]:
    """The versions, newest first."""
    page = connection(list(reversed(collection.committed)), first, after)
    for edge in page["edges"]:
        edge["version"] = f"v{edge['node'].version_index}"
    return page
