"""The HTTP side: GraphQL, file streams, storage and the front page."""

from __future__ import annotations

import base64
import gzip
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from ariadne import graphql_sync, load_schema_from_path, make_executable_schema
from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import accounts, projects, scalars
from sandbox.requests_log import RequestsLog
from sandbox.world import Context, World

logger = logging.getLogger(__name__)

NOUNS: tuple[ModuleType, ...] = (
    scalars,
    accounts,
    projects,
)
"""The modules whose ``bindables`` answer the schema. A new noun is one line here."""


def schema() -> GraphQLSchema:
    """The executable schema: the SDL files, joined with the resolvers of every noun."""
    sdl = load_schema_from_path(str(Path(__file__).parent / "schema"))
    bindables = [bindable for noun in NOUNS for bindable in noun.bindables]
    return make_executable_schema(sdl, *bindables, convert_names_case=True)


class Server:
    """The ASGI application around one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.log = RequestsLog()
        self.schema = schema()
        self.app = Starlette(
            routes=[
                Route("/graphql", self.graphql, methods=["POST"]),
                Route("/sandbox/requests", self.requests, methods=["GET"]),
                Route("/sandbox/requests/reset", self.reset_requests, methods=["POST"]),
            ]
        )

    async def graphql(self, request: Request) -> Response:
        """Answer one GraphQL document."""
        refusal = self.refusal(request)
        if refusal:
            return refusal
        document = await body_json(request)
        with self.world.lock:
            self.world.settle()
            _, answer = graphql_sync(
                self.schema, document, context_value=Context(self.world), error_formatter=format_error
            )
        return JSONResponse(answer)

    async def requests(self, request: Request) -> Response:
        """Every request since the last reset."""
        return JSONResponse(self.log.report())

    async def reset_requests(self, request: Request) -> Response:
        """Start counting from zero."""
        self.log.reset()
        return Response(status_code=204)

    def refusal(self, request: Request) -> Response | None:
        """The answer to a request without the right key; None when it may pass."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        try:
            _, _, key = base64.b64decode(credentials).decode().partition(":")
        except ValueError:
            key = ""
        if scheme.lower() == "basic" and self.world.accounts.admits(key):
            return None
        return JSONResponse({"errors": [{"message": "invalid API key"}]}, status_code=401)


async def body_json(request: Request) -> Any:
    """The body, unpacked when the client sent it compressed."""
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return json.loads(body)


def format_error(error: Any, debug: bool = False) -> dict[str, Any]:
    """A GraphQL error as clients expect it."""
    return dict(error.formatted)


Endpoint = Callable[[Request], Awaitable[Response]]
