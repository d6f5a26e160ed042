"""Artifacts as the API shows them: the fields of a version, of its collection and of its type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ariadne import InterfaceType, ObjectType, UnionType

from sandbox import ids
from sandbox.paging import connection

if TYPE_CHECKING:
    from sandbox.artifacts import Collection, Version
    from sandbox.projects import Project
    from sandbox.world import Info

artifact_type = ObjectType("Artifact")
sequence_type = ObjectType("ArtifactSequence")
membership_type = ObjectType("ArtifactCollectionMembership")
collection_interface = InterfaceType("ArtifactCollection", lambda *_: "ArtifactSequence")
creator_union = UnionType("ArtifactCreator", lambda *_: "Run")
bindables = [artifact_type, sequence_type, membership_type, collection_interface, creator_union]


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
    _info: Info,
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
    _info: Info,
    names: Sequence[str] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The files of the member."""
    return _files(membership.artifact, names, first, after)


@sequence_type.field("artifactMembership")
def resolve_member(collection: Collection, _info: Info, alias_name: str) -> Membership | None:
    """The member that an alias means, or null."""
    version = collection.find(alias_name)
    return Membership(version) if version else None


@sequence_type.field("aliases")
def resolve_collection_aliases(
    collection: Collection, _info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """All aliases in use."""
    return connection(
        [alias for version in collection.committed for alias in _aliases(version)], first, after
    )


@sequence_type.field("artifacts")
def resolve_versions(
    collection: Collection,
    _info: Info,
    first: int | None = None,
    after: str | None = None,
    **_ignored: object,
) -> dict[str, Any]:
    """The versions, newest first."""
    page = connection(list(reversed(collection.committed)), first, after)
    for edge in page["edges"]:
        edge["version"] = f"v{edge['node'].version_index}"
    return page
