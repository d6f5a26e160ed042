"""The HTTP side: who may ask, which address means what, and a record of every request."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox import (
    accounts,
    agents,
    artifact_changes,
    artifact_fields,
    controls,
    file_stream,
    files,
    front_page,
    history,
    projects,
    queues_api,
    requests_log,
    run_changes,
    run_fields,
    scalars,
    sweeps_api,
)
from sandbox.graphql_endpoint import GraphQL, build_schema, operation_name
from sandbox.world import World

NOUNS: tuple[ModuleType, ...] = (
    scalars,
    accounts,
    projects,
    run_fields,
    run_changes,
    history,
    files,
    artifact_fields,
    artifact_changes,
    queues_api,
    sweeps_api,
    agents,
)
"""The modules whose ``bindables`` answer the schema. A new noun is one line here."""

Endpoint = Callable[[Request], Awaitable[Response]]


class Server:
    """The ASGI application around one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.log = requests_log.RequestsLog()
        self._graphql = GraphQL(build_schema(NOUNS))
        stream = "/files/{entity}/{project}/{run}/file_stream"
        self.app = Starlette(
            routes=[
                Route("/graphql", self._recorded("graphql", self.graphql), methods=["POST"]),
                Route(stream, self._recorded("file_stream", self.file_stream), methods=["POST"]),
                Route(
                    "/storage/{number:int}/{name:path}",
                    self._recorded("upload", self.upload),
                    methods=["PUT"],
                ),
                Route("/storage/{number:int}/{name:path}", self._recorded("download", self.download)),
                Route("/sandbox/requests", self.requests),
                Route("/sandbox/requests/reset", self.reset_requests, methods=["POST"]),
                *controls.routes(world),
                Route("/", self.front_page),
                Route("/{path:path}", unknown, methods=["GET", "POST", "PUT", "DELETE"]),
            ]
        )

    async def graphql(self, request: Request) -> Response:
        """Answer one GraphQL document."""
        document = await body_json(request)
        request.state.operation = operation_name(document)
        with self.world.lock:
            self.world.settle()
            answer = self._graphql.execute(self.world, document)
        return JSONResponse(answer)

    async def file_stream(self, request: Request) -> Response:
        """Take what a live run says, and tell it whether to stop."""
        where = request.path_params
        body = await body_json(request)
        with self.world.lock:
            self.world.settle()
            project = self.world.projects.find(where["entity"], where["project"])
            run = project.runs.get(where["run"]) if project else None
            if run is None:
                return _error(f"run {where['entity']}/{where['project']}/{where['run']} not found", 404)
            try:
                answer = file_stream.receive(self.world.runs, run, body, self.world.clock())
            except ValueError as error:
                return _error(str(error), 400)
        return JSONResponse(answer)

    async def upload(self, request: Request) -> Response:
        """Store the bytes of a file at the address that was given for it."""
        content = await request.body()
        blob = self.world.files.find(request.path_params["number"])
        if blob is None:
            return _error(f"nothing was announced for {request.url.path}", 404)
        self.world.files.write(blob, content, self.world.clock())
        return Response()

    async def download(self, request: Request) -> Response:
        """The bytes of a file."""
        blob = self.world.files.find(request.path_params["number"])
        if blob is None or not blob.stored:
            return _error(f"{request.url.path} was never uploaded", 404)
        return FileResponse(blob.path, media_type=blob.mimetype)

    async def requests(self, _request: Request) -> Response:
        """Every request since the last reset."""
        return JSONResponse(self.log.report())

    async def reset_requests(self, _request: Request) -> Response:
        """Start counting from zero."""
        self.log.reset()
        return Response(status_code=204)

    async def front_page(self, _request: Request) -> Response:
        """What there is, for people."""
        with self.world.lock:
            self.world.settle()
            return HTMLResponse(front_page.render(self.world))

    def _recorded(self, operation: str, endpoint: Endpoint) -> Endpoint:
        """The endpoint of a client: behind the key, and remembered in the log."""

        async def answer(request: Request) -> Response:
            started = time.perf_counter()
            # Upload links are secrets of their own, and clients send no key with them.
            refused = None if operation in ("upload", "download") else self._refusal(request)
            response = refused or await endpoint(request)
            self.log.add(
                requests_log.Request(
                    time=self.world.clock(),
                    operation=getattr(request.state, "operation", operation),
                    sender=request.headers.get("user-agent", ""),
                    status=response.status_code,
                    milliseconds=round((time.perf_counter() - started) * 1000, 3),
                )
            )
            return response

        return answer

    def _refusal(self, request: Request) -> Response | None:
        """The answer to a request without the right key; None when it may pass."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        try:
            _, _, key = base64.b64decode(credentials).decode().partition(":")
        except ValueError:
            key = ""
        if scheme.lower() == "basic" and self.world.accounts.admits(key):
            return None
        return _error("invalid API key: use the one that the sandbox printed at its start", 401)


async def body_json(request: Request) -> Any:
    """The body, unpacked when the client sent it compressed."""
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return json.loads(body)


async def unknown(request: Request) -> Response:
    """An address that this server does not have: said by name, so that it is found in a log."""
    return _error(f"the sandbox does not know {request.method} {request.url.path}", 404)


def _error(message: str, status: int) -> JSONResponse:
    return JSONResponse({"errors": [{"message": message}]}, status_code=status)
