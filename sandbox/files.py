"""Bytes: what clients upload to an address that they were given, and fetch again."""

from __future__ import annotations

import base64
import hashlib
import itertools
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ariadne import MutationType, ObjectType
from graphql import GraphQLError

from sandbox import ids
from sandbox.paging import connection

if TYPE_CHECKING:
    from sandbox.projects import Project
    from sandbox.runs import Run
    from sandbox.world import Info, World


@dataclass(slots=True, eq=False, kw_only=True)
class Blob:
    """A place for the bytes of one file.

    Attributes:
        number: Its number in the store, part of its address.
        name: The name that clients know it by, which may hold slashes.
        url: Where it is uploaded to and fetched from.
        md5: Base64 of the MD5 digest of the bytes, "" before they came.
        updated_at: When the bytes came; None before.
    """

    number: int
    name: str
    path: Path
    url: str
    size_bytes: int = 0
    md5: str = ""
    updated_at: float | None = None

    @property
    def id(self) -> str:
        """The id by which the API knows this file."""
        return ids.encode("File", self.number)

    @property
    def stored(self) -> bool:
        """Whether the bytes have come."""
        return self.updated_at is not None

    @property
    def direct_url(self) -> str:
        """The same address: there is no content network in between."""
        return self.url

    @property
    def upload_url(self) -> str:
        """The same address, for PUT."""
        return self.url

    @property
    def upload_headers(self) -> list[str]:
        """None are asked for."""
        return []

    @property
    def display_name(self) -> str:
        """The name again, under the API's other word for it."""
        return self.name

    @property
    def mimetype(self) -> str:
        """A guess from the name, as W&B makes it."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def digest(self) -> str:
        """What artifacts call the MD5."""
        return self.md5

    @property
    def storage_path(self) -> str:
        """Where the store keeps it, from the store's own point of view."""
        return str(self.number)


class Files:
    """The store of all bytes, a folder with one file a blob."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self._folder = folder
        self._base_url = base_url
        self._numbers = itertools.count(1)
        self._blobs: dict[int, Blob] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def reserve(self, name: str) -> Blob:
        """A new place for a file of this name."""
        number = next(self._numbers)
        url = f"{self._base_url}/storage/{number}/{quote(name)}"
        blob = Blob(number=number, name=name, path=self._folder / str(number), url=url)
        self._blobs[number] = blob
        return blob

    def find(self, number: int) -> Blob | None:
        """The blob of this number."""
        return self._blobs.get(number)

    def write(self, blob: Blob, content: bytes, now: float) -> None:
        """Store the bytes, in place of earlier ones."""
        blob.path.write_bytes(content)
        blob.size_bytes = len(content)
        blob.md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        blob.updated_at = now


mutation = MutationType()
run_type = ObjectType("Run")
bindables = [mutation, run_type]


@mutation.field("createRunFiles")
def create_run_files(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Addresses to upload files of a run to; a file that is sent again keeps its own."""
    world = info.context.world
    run = _run(world, input)
    blobs = [run.files.setdefault(name, world.files.reserve(name)) for name in input["files"]]
    return {"run_id": run.id, "upload_headers": [], "files": blobs}


@mutation.field("markRunFilesUploaded")
def mark_uploaded(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Acknowledge: what was uploaded is known from the upload itself."""
    _run(info.context.world, input)
    return {"success": True}


@mutation.field("deleteFiles")
def delete_files(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    """Forget files of runs."""
    doomed = set(input["files"])
    for project in info.context.world.projects.all():
        for run in project.runs.values():
            run.files = {name: blob for name, blob in run.files.items() if blob.id not in doomed}
    return {"success": True}


def _run(world: World, given: dict[str, Any]) -> Run:
    project: Project = world.projects.get(given["entity_name"], given["project_name"])
    run = project.runs.get(given["run_name"])
    if run is None:
        raise GraphQLError(f"run {given['run_name']!r} not found in {project.entity.name}/{project.name}")
    return run


@run_type.field("files")
def resolve_files(
    run: Run,
    _info: Info,
    names: Sequence[str] | None = None,
    pattern: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The uploaded files of a run, by name or by a pattern in which ``%`` stands for anything."""
    found = [blob for blob in run.files.values() if blob.stored]
    if names:
        found = [blob for blob in found if blob.name in names]
    if pattern:
        found = [blob for blob in found if fnmatchcase(blob.name, pattern.replace("%", "*"))]
    found.sort(key=lambda blob: blob.name)
    return connection(found, first, after)


@run_type.field("fileCount")
def resolve_file_count(run: Run, _info: Info) -> int:
    """How many files were uploaded."""
    return sum(blob.stored for blob in run.files.values())
