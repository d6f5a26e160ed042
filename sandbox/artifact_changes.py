"""What clients do to artifacts: log one in four steps, use, rename, describe and delete it.

::

    createArtifact ▶ createArtifactManifest ▶ createArtifactFiles, uploads ▶ commitArtifact
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ariadne import MutationType
from graphql import GraphQLError

from sandbox.paging import connection

if TYPE_CHECKING:
    from sandbox.artifacts import Version
    from sandbox.runs import Run
    from sandbox.world import Info, World

mutation = MutationType()
bindables = [mutation]


def _run(world: World, given: dict[str, Any]) -> Run | None:
    project = world.projects.get(given["entity_name"], given["project_name"])
    name = given.get("run_name")
    if name and name not in project.runs:
        raise GraphQLError(f"run {name!r} not found in {project.entity.name}/{project.name}")
    return project.runs[name] if name else None


@mutation.field("createArtifact")
def create_artifact(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Open a version, or answer the committed one of the same content."""
    world = info.context.world
    project = world.projects.ensure(
        world.accounts.entity(input["entity_name"]), input["project_name"], world.clock()
    )
    run = _run(world, input)
    names = [input.get("artifact_collection_name"), *(input.get("artifact_collection_names") or ())]
    name = next((name for name in names if name), None)
    if name is None:
        raise GraphQLError("createArtifact needs artifactCollectionName or artifactCollectionNames")
    version = world.artifacts.create(
        project, name, input["artifact_type_name"], input["digest"], world.clock()
    )
    aliases = [alias["alias"] for alias in input.get("aliases") or ()]
    if version.committed:
        world.artifacts.name(version, [*aliases, "latest"])
    else:
        _fill(version, input, run, aliases)
    if run and version not in run.logged_artifacts:
        run.logged_artifacts.append(version)
    return {"artifact": version}


def _fill(version: Version, given: dict[str, Any], run: Run | None, aliases: list[str]) -> None:
    version.created_by = run
    version.wanted_aliases = aliases
    version.description = given.get("description")
    version.metadata = given.get("metadata")
    version.client_id = given.get("client_id")
    version.history_step = given.get("history_step")
    version.digest_algorithm = given.get("digest_algorithm") or version.digest_algorithm
    version.tags = [tag["tag_name"] for tag in given.get("tags") or ()]


@mutation.field("createArtifactManifest")
def create_manifest(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """The place for a version's manifest. Asked for twice: before the files, and after them."""
    world = info.context.world
    if input.get("type") not in (None, "FULL"):
        raise GraphQLError(f"type: {input['type']!r} manifests are not known to the sandbox: only 'FULL'")
    version = world.artifacts.get(input["artifact_id"])
    file = version.manifest.file if version.manifest else world.files.reserve(input["name"])
    return {"artifact_manifest": world.artifacts.describe(version, input["digest"], file)}


@mutation.field("createArtifactFiles")
def create_artifact_files(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Addresses for a version's files, in the order of the request."""
    world = info.context.world
    created: list[object] = []
    for spec in input["artifact_files"]:
        version = world.artifacts.get(spec["artifact_id"])
        blob = version.files.setdefault(spec["name"], world.files.reserve(spec["name"]))
        stored = blob.stored and blob.md5 == spec["md5"]
        created.append(
            {
                "id": blob.id,
                "name": blob.name,
                "storage_path": blob.storage_path,
                "upload_url": None if stored else blob.url,
                "upload_headers": [],
                "upload_multipart_urls": None,
                "artifact": version,
            }
        )
    return {"files": connection(created)}


@mutation.field("commitArtifact")
def commit_artifact(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Everything is uploaded: the version gets its number and its aliases."""
    world = info.context.world
    version = world.artifacts.get(input["artifact_id"])
    missing = [name for name, blob in version.files.items() if not blob.stored]
    if missing:
        raise GraphQLError(f"artifact {version.collection.name}: never uploaded: {', '.join(missing)}")
    world.artifacts.commit(version)
    return {"artifact": version}


@mutation.field("useArtifact")
def use_artifact(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Note that a run reads a version."""
    world = info.context.world
    version, run = world.artifacts.get(input["artifact_id"]), _run(world, input)
    if run and run not in version.used_by:
        version.used_by.append(run)
        run.used_artifacts.append(version)
    return {"artifact": version}


@mutation.field("updateArtifact")
def update_artifact(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Describe a version anew; what is not given stays."""
    world = info.context.world
    version = world.artifacts.get(input["artifact_id"])
    for name in ("description", "metadata"):
        if input.get(name) is not None:
            setattr(version, name, input[name])
    if input.get("aliases") is not None:
        world.artifacts.forget_names(version, version.aliases)
        world.artifacts.name(version, [alias["alias"] for alias in input["aliases"]])
    gone = {tag["tag_name"] for tag in input.get("tags_to_delete") or ()}
    added = [tag["tag_name"] for tag in input.get("tags_to_add") or ()]
    version.tags = [tag for tag in dict.fromkeys([*version.tags, *added]) if tag not in gone]
    return {"artifact": version}


@mutation.field("addAliases")
def add_aliases(_: object, info: Info, input: dict[str, Any]) -> dict[str, bool]:
    """Let more aliases mean a version."""
    artifacts = info.context.world.artifacts
    artifacts.name(artifacts.get(input["artifact_id"]), [alias["alias"] for alias in input["aliases"]])
    return {"success": True}


@mutation.field("deleteAliases")
def delete_aliases(_: object, info: Info, input: dict[str, Any]) -> dict[str, bool]:
    """Let aliases mean a version no longer."""
    artifacts = info.context.world.artifacts
    artifacts.forget_names(
        artifacts.get(input["artifact_id"]), [alias["alias"] for alias in input["aliases"]]
    )
    return {"success": True}


@mutation.field("deleteArtifact")
def delete_artifact(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Delete a version; one that aliases lead to only when they may go too."""
    artifacts = info.context.world.artifacts
    version = artifacts.get(input["artifact_id"])
    if version.aliases and not input.get("delete_aliases"):
        raise GraphQLError(
            f"cannot delete an artifact with aliases: {', '.join(version.aliases)}: pass deleteAliases"
        )
    artifacts.delete(version)
    return {"artifact": version}


@mutation.field("deleteArtifactSequence")
def delete_sequence(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Delete a collection with all its versions."""
    artifacts = info.context.world.artifacts
    collection = artifacts.collection_by_id(input["artifact_sequence_id"])
    if collection is None:
        raise GraphQLError(f"artifact collection {input['artifact_sequence_id']!r} not found")
    for version in collection.committed:
        artifacts.delete(version)
    return {"artifact_collection": collection}
