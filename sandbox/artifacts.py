"""Artifacts: named collections of versions, each a set of files, found by alias.

A version is PENDING while its files are uploaded, and COMMITTED when its manifest says that
all are there. Only then it gets its number (``v0``, ``v1``, …) and its aliases, ``latest``
among them. The same content logged again is the version that exists already.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from sandbox import ids

if TYPE_CHECKING:
    from sandbox.files import Blob
    from sandbox.projects import Project
    from sandbox.runs import Run

LATEST = "latest"
_NUMBERED = re.compile(r"v(\d+)")


@dataclass(slots=True, eq=False, kw_only=True)
class Manifest:
    """The list of a version's files, itself a file (``wandb_manifest.json``)."""

    id: str
    digest: str
    file: Blob

    def contents(self) -> dict[str, dict[str, Any]]:
        """Its entries by file name; empty before it was uploaded."""
        if not self.file.stored:
            return {}
        found: dict[str, dict[str, Any]] = json.loads(self.file.path.read_bytes()).get("contents", {})
        return found


@dataclass(slots=True, eq=False, kw_only=True)
class Version:
    """One version of an artifact.

    Attributes:
        version_index: Its number; None before it is committed.
        wanted_aliases: Aliases that it gets when it is committed.
        files: Its files by name.
    """

    id: str
    collection: Collection
    digest: str
    created_at: float
    digest_algorithm: str = "MANIFEST_MD5"
    state: str = "PENDING"
    version_index: int | None = None
    wanted_aliases: list[str] = field(default_factory=list)
    description: str | None = None
    metadata: str | None = None
    tags: list[str] = field(default_factory=list)
    history_step: int | None = None
    client_id: str | None = None
    created_by: Run | None = None
    used_by: list[Run] = field(default_factory=list)
    manifest: Manifest | None = None
    files: dict[str, Blob] = field(default_factory=dict)
    size: int = 0
    file_count: int = 0
    commit_hash: str | None = None
    ttl_duration_seconds: int = -1
    ttl_is_inherited: bool = True

    @property
    def committed(self) -> bool:
        """Whether it can be found and fetched."""
        return self.state == "COMMITTED"

    @property
    def updated_at(self) -> float:
        """When it was made: changes are not dated."""
        return self.created_at

    @property
    def aliases(self) -> list[str]:
        """The names that lead to it, besides its number."""
        return [alias for alias, version in self.collection.aliases.items() if version is self]


@dataclass(slots=True, eq=False, kw_only=True)
class Collection:
    """The versions of one artifact name in one project."""

    id: str
    project: Project
    name: str
    type_name: str
    created_at: float
    description: str | None = None
    versions: list[Version] = field(default_factory=list)
    aliases: dict[str, Version] = field(default_factory=dict)

    @property
    def updated_at(self) -> float:
        """When its newest version was made."""
        return self.versions[-1].created_at if self.versions else self.created_at

    @property
    def state(self) -> str:
        """DELETED once its last version is gone."""
        return "READY" if self.committed else "DELETED"

    @property
    def committed(self) -> list[Version]:
        """The versions that can be found, oldest first."""
        return [version for version in self.versions if version.committed]

    def find(self, alias: str) -> Version | None:
        """The version of an alias or a number (``v3``)."""
        numbered = _NUMBERED.fullmatch(alias)
        if numbered:
            wanted = int(numbered.group(1))
            return next((version for version in self.committed if version.version_index == wanted), None)
        return self.aliases.get(alias)


class Artifacts:
    """All artifacts of this W&B."""

    def __init__(self) -> None:
        self._collections: dict[tuple[Project, str], Collection] = {}
        self._versions: dict[str, Version] = {}
        self._manifests: dict[str, Manifest] = {}
        self._collection_ids = ids.Counter("ArtifactCollection")
        self._version_ids = ids.Counter("Artifact")
        self._manifest_ids = ids.Counter("ArtifactManifest")

    def collection(self, project: Project, name: str) -> Collection | None:
        """The collection of this name that has something to show."""
        found = self._collections.get((project, name))
        return found if found and found.committed else None

    def collections(self, project: Project, type_name: str | None = None) -> list[Collection]:
        """The collections of a project, of one type or of all."""
        return [
            collection
            for (owner, _), collection in self._collections.items()
            if owner is project and collection.committed and type_name in (None, collection.type_name)
        ]

    def collection_by_id(self, collection_id: str) -> Collection | None:
        """The collection of this id."""
        return next((one for one in self._collections.values() if one.id == collection_id), None)

    def find(self, project: Project, name: str) -> Version | None:
        """The version that ``name:alias`` means; without an alias, the latest."""
        collection_name, _, alias = name.rpartition("/")[2].partition(":")
        collection = self.collection(project, collection_name)
        return collection.find(alias or LATEST) if collection else None

    def by_id(self, version_id: str) -> Version | None:
        """The version of this id."""
        return self._versions.get(version_id)

    def get(self, version_id: str) -> Version:
        """The version of this id; a GraphQL error that names it when there is none."""
        version = self.by_id(version_id)
        if version is None:
            raise GraphQLError(f"artifact {version_id!r} not found")
        return version

    def by_client_id(self, client_id: str) -> Version | None:
        """The version that a client made under an id of its own."""
        return next((one for one in self._versions.values() if one.client_id == client_id), None)

    def create(self, project: Project, name: str, type_name: str, digest: str, now: float) -> Version:
        """A version to fill, or the one that has the same content already.

        Also one that is not committed yet: `wandb job create` opens its versions twice, once by itself and
        once by wandb-core, which uploads; the first answer's id is what the job refers to.
        """
        collection = self._ensure_collection(project, name, type_name, now)
        for version in reversed(collection.versions):
            if version.digest == digest and version.state != "DELETED":
                return version
        version = Version(id=self._version_ids.next(), collection=collection, digest=digest, created_at=now)
        collection.versions.append(version)
        self._versions[version.id] = version
        return version

    def _ensure_collection(self, project: Project, name: str, type_name: str, now: float) -> Collection:
        collection = self._collections.get((project, name))
        if collection is None:
            collection = self._collections[project, name] = Collection(
                id=self._collection_ids.next(),
                project=project,
                name=name,
                type_name=type_name,
                created_at=now,
            )
        if collection.type_name != type_name:
            raise GraphQLError(
                f"artifact {name!r} of project {project.name!r} has type {collection.type_name!r}, "
                f"not {type_name!r}: choose another name or the same type"
            )
        return collection

    def describe(self, version: Version, digest: str, file: Blob) -> Manifest:
        """The manifest of a version; asked for again, the same one."""
        if version.manifest is None:
            version.manifest = Manifest(id=self._manifest_ids.next(), digest=digest, file=file)
            self._manifests[version.manifest.id] = version.manifest
        version.manifest.digest = digest
        return version.manifest

    def commit(self, version: Version) -> None:
        """Number the version and move its aliases to it. A second commit changes nothing."""
        if version.committed:
            return
        numbers = [one.version_index for one in version.collection.versions if one.version_index is not None]
        version.version_index = max(numbers, default=-1) + 1
        version.state = "COMMITTED"
        self._take_inventory(version)
        self.name(version, [*version.wanted_aliases, LATEST])

    def _take_inventory(self, version: Version) -> None:
        """Count the files, and borrow from older versions those that were not uploaded again."""
        entries = version.manifest.contents() if version.manifest else {}
        for name, entry in entries.items():
            birth = self._versions.get(entry.get("birthArtifactID") or "")
            if name not in version.files and birth and name in birth.files:
                version.files[name] = birth.files[name]
        version.size = sum(int(entry.get("size") or 0) for entry in entries.values())
        version.file_count = len(entries)

    def name(self, version: Version, aliases: list[str]) -> None:
        """Let these aliases mean this version."""
        for alias in aliases:
            if not _NUMBERED.fullmatch(alias):
                version.collection.aliases[alias] = version

    def forget_names(self, version: Version, aliases: list[str]) -> None:
        """Let these aliases mean it no longer."""
        for alias in aliases:
            if version.collection.aliases.get(alias) is version:
                del version.collection.aliases[alias]

    def delete(self, version: Version) -> None:
        """Take the version away; ``latest`` falls back to the one before."""
        collection, was_latest = version.collection, LATEST in version.aliases
        self.forget_names(version, version.aliases)
        version.state = "DELETED"
        if was_latest and collection.committed:
            collection.aliases[LATEST] = collection.committed[-1]
