"""Who is here: one person, with a key, and the entities that own projects."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType, QueryType
from graphql import GraphQLError

from sandbox import ids
from sandbox.paging import connection

if TYPE_CHECKING:
    from sandbox.world import Info

KEY = "5a4db0c5a4db0c5a4db0c5a4db0c5a4db0c5a4db"
"""The key of the only account: 40 characters, as clients demand, and no secret."""

PERSON = "sandbox"


@dataclass(frozen=True, slots=True)
class Entity:
    """An owner of projects: the person, or a team."""

    name: str
    is_team: bool = False

    @property
    def id(self) -> str:
        """The id by which the API knows this entity."""
        return ids.encode("Entity", self.name)


class Accounts:
    """The person who holds the key, and the teams beside her."""

    def __init__(self, key: str = KEY, teams: Iterable[str] = ()) -> None:
        self.key = key
        self.viewer = Entity(PERSON)
        self.entities = {
            self.viewer.name: self.viewer,
            **{name: Entity(name, is_team=True) for name in teams},
        }

    def admits(self, key: str) -> bool:
        """Whether this is the key."""
        return hmac.compare_digest(key.encode(), self.key.encode())

    def entity(self, name: str | None) -> Entity:
        """The entity of this name (None or "": the person); a GraphQL error when there is none."""
        if not name:
            return self.viewer
        if name not in self.entities:
            known = ", ".join(self.entities)
            raise GraphQLError(f"entity {name!r} not found during this request; this sandbox knows: {known}")
        return self.entities[name]

    def person(self) -> dict[str, Any]:
        """The account, as GraphQL's ``User``."""
        name = self.viewer.name
        return {
            "id": ids.encode("User", name),
            "username": name,
            "name": name,
            "email": f"{name}@localhost",
            "entity": name,
            "admin": True,
            "flags": json.dumps({"code_saving_enabled": True}),
            "api_keys": connection([]),
            "teams": connection(list(self.entities.values())),
        }


query = QueryType()
user_type = ObjectType("User")
entity_type = ObjectType("Entity")
bindables = [query, user_type, entity_type]

FEATURES: dict[str, bool] = {
    "FILESTREAM_GZIP": True,
    "CLIENT_IDS": True,
    "LARGE_FILENAMES": True,
    "ARTIFACT_TAGS": True,
    "PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP": True,
    "ARTIFACT_COLLECTION_MEMBERSHIP_FILES": True,
    "TOTAL_COUNT_IN_FILE_CONNECTION": True,
    "USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION": True,
    "SWEEPS_LOCAL_SCHEDULER": True,
}
"""Switches of the server that clients look at, by their protocol names; the rest is off."""


@query.field("viewer")
def resolve_viewer(_: object, info: Info) -> dict[str, Any]:
    """The person whose key came with the request."""
    person: dict[str, Any] = info.context.world.accounts.person()
    return person


@query.field("serverInfo")
def resolve_server_info(_: object, info: Info) -> dict[str, Any]:
    """What this server can do."""
    return {"features": [{"name": name, "is_enabled": on} for name, on in FEATURES.items()]}


@query.field("entity")
def resolve_entity(_: object, info: Info, name: str | None = None) -> Entity | None:
    """The entity, or null."""
    accounts = info.context.world.accounts
    return accounts.entities.get(name or accounts.viewer.name)
