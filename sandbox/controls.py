"""What a person does on W&B's pages: here over HTTP, for the front page, tests and the demo.

- `POST /sandbox/sweeps/{name}/state` with `{"state": "PAUSED" | "FINISHED" | "CANCELED" | …}`
- `POST /sandbox/runs/{entity}/{project}/{name}/stop`
- `GET /sandbox/runs/{entity}/{project}/{name}/alerts`: what would have gone to mail and Slack.
- `POST /sandbox/agents/{id}/stop`: the launch agent shuts down at its next round.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from sandbox.runs import Run
    from sandbox.world import World

Action = Callable[["World", Request, bytes], dict[str, Any]]


def routes(world: World) -> list[Route]:
    """The addresses, acting on this world."""
    return [
        _route(world, "/sandbox/sweeps/{name}/state", set_sweep_state),
        _route(world, "/sandbox/runs/{entity}/{project}/{name}/stop", stop_run),
        _route(world, "/sandbox/runs/{entity}/{project}/{name}/alerts", read_alerts, "GET"),
        _route(world, "/sandbox/agents/{id}/stop", stop_agent),
    ]


def _route(world: World, path: str, action: Action, method: str = "POST") -> Route:
    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            with world.lock:
                world.settle()
                return JSONResponse(action(world, request, body))
        except (GraphQLError, KeyError, ValueError) as error:
            return JSONResponse({"errors": [{"message": f"{request.url.path}: {error}"}]}, status_code=400)

    return Route(path, answer, methods=[method])


def set_sweep_state(world: World, request: Request, body: bytes) -> dict[str, str]:
    """Pause, resume, stop or cancel a sweep."""
    name = request.path_params["name"]
    sweep = next((sweep for sweep in world.sweeps.all() if sweep.name == name), None)
    if sweep is None:
        raise GraphQLError(f"sweep {name} not found")
    world.sweeps.set_state(sweep, json.loads(body)["state"])
    return {"sweep": sweep.name, "state": sweep.state}


def stop_run(world: World, request: Request, _body: bytes) -> dict[str, str]:
    """Ask a run to stop."""
    run = _run(world, request)
    world.runs.stop(run)
    return {"run": run.name, "state": run.state}


def read_alerts(world: World, request: Request, _body: bytes) -> dict[str, Any]:
    """The alerts that a run has sent, oldest first."""
    return {"alerts": _run(world, request).alerts}


def _run(world: World, request: Request) -> Run:
    where = request.path_params
    run = world.projects.get(where["entity"], where["project"]).runs.get(where["name"])
    if run is None:
        raise GraphQLError(f"run {where['name']} not found")
    return run


def stop_agent(world: World, request: Request, _body: bytes) -> dict[str, str]:
    """Ask a launch agent to shut down."""
    agent = world.agents.launch_agent(request.path_params["id"])
    agent.stop_polling = True
    return {"agent": agent.name}
