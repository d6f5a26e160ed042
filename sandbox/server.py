"""The HTTP side: who may ask, which address means what, and a record of every request."""

from __future__ import annotations

import base64
import gzip
import json
import time
from types import ModuleType
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox import (
    accounts,
    agents,
    artifact_changes,
    artifact_fields,
    artifact_lookups,
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
    sweep_pages,
    sweeps_api,
)
from sandbox.dashboards import Dashboards
from sandbox.faults import Endpoint, Fault, Faults, answer_under
from sandbox.graphql_endpoint import GraphQL, build_schema, operation_name
from sandbox.runs import Run
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
    artifact_lookups,
    artifact_changes,
    queues_api,
    sweeps_api,
    agents,
)
"""The modules whose ``bindables`` answer the schema. A new noun is one line here."""


class Server:
    """The ASGI application around one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.log = requests_log.RequestsLog()
        self.faults = Faults()
        self.dashboards = Dashboards(world.data / "dashboards")
        self._graphql = GraphQL(build_schema(NOUNS))
        self._app = Starlette(routes=[*self._of_clients(), *self._of_people()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. A fault that hangs up needs uvicorn's transport, which only `send` knows."""
        scope["sandbox.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        await self._app(scope, receive, send)

    def _of_clients(self) -> list[Route]:
        stream, storage = "/files/{entity}/{project}/{run}/file_stream", "/storage/{number:int}/{name:path}"
        return [
            Route("/graphql", self._recorded("graphql", self.graphql), methods=["POST"]),
            Route(stream, self._recorded("file_stream", self.file_stream), methods=["POST"]),
            Route(storage, self._recorded("upload", self.upload), methods=["PUT"]),
            Route(storage, self._recorded("download", self.download)),
        ]

    def _of_people(self) -> list[Route]:
        return [
            Route("/sandbox/requests", self.requests),
            Route("/sandbox/requests/reset", self.reset_requests, methods=["POST"]),
            Route("/sandbox/faults", self.show_faults),
            Route("/sandbox/faults", self.set_faults, methods=["POST"]),
            *controls.routes(self.world),
            Route("/", self.front_page),
            Route("/{entity}/{project}/runs/{run}", self.run_page),
            *sweep_pages.routes(self.world, self.dashboards),
            Route("/{path:path}", unknown, methods=["GET", "POST", "PUT", "DELETE"]),
        ]

    async def graphql(self, request: Request) -> Response:
        """Answer one GraphQL document."""
        document = await body_json(request)
        fault: Fault | None = request.scope.get("sandbox.fault")
        with self.world.lock:
            self.world.settle()
            answer = self._graphql.execute(self.world, document, fault.message_for if fault else None)
        return JSONResponse(answer)

    async def file_stream(self, request: Request) -> Response:
        """Take what a live run says, and tell it whether to stop."""
        where = request.path_params
        body = await body_json(request)
        with self.world.lock:
            self.world.settle()
            run = self._run(where)
            if run is None:
                return _missing(where)
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
        self.dashboards.refresh()
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

    async def show_faults(self, _request: Request) -> Response:
        """The faults in force, and how often each has struck."""
        return JSONResponse(self.faults.report())

    async def set_faults(self, request: Request) -> Response:
        """Fail from now on as the body says; see `faults`."""
        body = await body_json(request)
        try:
            self.faults.set(body.get("faults") or (), seed=body.get("seed") or 0)
        except (TypeError, ValueError) as error:
            return _error(f"/sandbox/faults: {error}", 400)
        return Response(status_code=204)

    async def front_page(self, _request: Request) -> Response:
        """What there is, for people."""
        with self.world.lock:
            self.world.settle()
            return HTMLResponse(front_page.front_page(self.world))

    async def run_page(self, request: Request) -> Response:
        """One run, at the address that clients print."""
        where = request.path_params
        with self.world.lock:
            self.world.settle()
            run = self._run(where)
            return HTMLResponse(front_page.run_page(run)) if run else _missing(where)

    def _run(self, where: dict[str, str]) -> Run | None:
        project = self.world.projects.find(where["entity"], where["project"])
        return project.runs.get(where["run"]) if project else None

    def _recorded(self, kind: str, endpoint: Endpoint) -> Endpoint:
        """The endpoint of a client: behind the key, struck by faults, and remembered in the log."""

        async def answer(request: Request) -> Response:
            started = time.perf_counter()
            document = await body_json(request) if kind == "graphql" else None
            operation = operation_name(document) if document else kind
            sender = request.headers.get("user-agent", "")
            # Upload links are secrets of their own, and clients send no key with them.
            response = None if kind in ("upload", "download") else self._refusal(request)
            text = f"{request.url} " + (await request.body()).decode(errors="replace")
            fault = self.faults.draw(operation, sender, text)
            response = response or await answer_under(fault, request, endpoint)
            self.log.add(
                requests_log.Request(
                    time=self.world.clock(),
                    operation=operation,
                    sender=sender,
                    fields=self._graphql.top_level_fields(document) if document else 1,
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
    """The body, unpacked when the client sent it compressed.

    Raises:
        HTTPException: It is no JSON; answered with status 400.
    """
    body = await request.body()
    try:
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return json.loads(body)
    except (OSError, EOFError, ValueError) as error:
        raise HTTPException(
            400, f"{request.method} {request.url.path}: the body is not JSON: {error}"
        ) from None


async def unknown(request: Request) -> Response:
    """An address that this server does not have: said by name, so that it is found in a log."""
    return _error(f"the sandbox does not know {request.method} {request.url.path}", 404)


def _missing(where: dict[str, str]) -> JSONResponse:
    return _error(f"run {where['entity']}/{where['project']}/{where['run']} not found", 404)


def _error(message: str, status: int) -> JSONResponse:
    return JSONResponse({"errors": [{"message": message}]}, status_code=status)
