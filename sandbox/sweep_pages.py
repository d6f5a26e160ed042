"""The pages of one sweep and of one queue, for people."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.dashboards import Dashboards, NoDashboard, journal_of
from sandbox.front_page import block, counted, page, run_link, run_table, state_badge, sweep_path, table

if TYPE_CHECKING:
    from sandbox.queues import Item, Queue
    from sandbox.sweeps import Sweep
    from sandbox.world import World


def routes(world: World, dashboards: Dashboards) -> list[Route]:
    """The addresses of both, and of a sweep's dashboard."""

    def show_sweep(request: Request) -> Response:
        with world.lock:
            world.settle()
            sweep = _sweep(world, request)
            return HTMLResponse(sweep_page(sweep)) if sweep else _missing(request)

    def show_queue(request: Request) -> Response:
        where = request.path_params
        with world.lock:
            world.settle()
            queue = world.queues.find(world.projects.find(where["entity"], where["project"]), where["name"])
            return HTMLResponse(queue_page(queue)) if queue else _missing(request)

    def show_study(request: Request) -> Response:
        with world.lock:
            sweep = _sweep(world, request)
            blob = journal_of(sweep) if sweep else None
        if sweep is None or blob is None:
            return _missing(request, "there is no sweep of this name, or it has kept no study yet")
        try:
            return RedirectResponse(dashboards.show(sweep.name, blob.path), status_code=303)
        except NoDashboard as error:
            return _missing(request, str(error))

    return [
        Route("/{entity}/{project}/sweeps/{name}", show_sweep),
        Route("/{entity}/{project}/sweeps/{name}/dashboard", show_study),
        Route("/{entity}/{project}/queues/{name}", show_queue),
    ]


def _sweep(world: World, request: Request) -> Sweep | None:
    where = request.path_params
    project = world.projects.find(where["entity"], where["project"])
    return next(
        (sweep for sweep in world.sweeps.all() if sweep.project is project and sweep.name == where["name"]),
        None,
    )


def _missing(request: Request, why: str = "there is none of this name") -> Response:
    return HTMLResponse(
        page("Not found", f"<p>{escape(request.url.path)}: {escape(why)}. <a href='/'>Back</a></p>"), 404
    )


def sweep_page(sweep: Sweep) -> str:
    """One sweep: its state, its scheduler, its runs, its file, and the way to its study."""
    settings = sweep.settings
    scheduler = sweep.project.runs.get(sweep.name)
    runs = counted(run.state for run in sweep.runs)
    parts = [f"<p>{state_badge(sweep.state)} in {_home(sweep.project.name)}, runs: {runs}</p>"]
    if scheduler is not None:
        parts.append(f"<p>Scheduler: {run_link(scheduler)} {state_badge(scheduler.state)}</p>")
    if journal_of(sweep) is not None:
        parts.append(
            f"<p><a href='{escape(sweep_path(sweep))}/dashboard'>Its study in optuna-dashboard</a></p>"
        )
    return page(
        f"Sweep {sweep.name}",
        "".join(parts)
        + run_table([run for run in reversed(sweep.runs) if run is not scheduler])
        + block("Sweep file", sweep.config if settings else ""),
    )


def queue_page(queue: Queue) -> str:
    """One queue: what waits, what runs, and what failed, the newest first."""
    rows = [_item_row(queue, item) for item in reversed(queue.items.values())]
    return page(
        f"Queue {queue.name}",
        f"<p>In {_home(queue.project.name)}, {counted(item.state for item in queue.items.values())}</p>"
        + table("Items", ("item", "state", "run", "what went wrong"), rows),
    )


def _item_row(queue: Queue, item: Item) -> tuple[str, ...]:
    spec = item.run_spec
    name = item.associated_run_id or str(spec.get("run_id") or "")
    entity, project = str(spec.get("entity") or queue.project.entity.name), str(spec.get("project") or "")
    link = f"<a href='/{escape(entity)}/{escape(project)}/runs/{escape(name)}'>{escape(name)}</a>"
    trouble = item.error.message if item.error else ""
    return (
        escape(item.id),
        state_badge(item.state),
        link if name and project else escape(name),
        escape(trouble),
    )


def _home(project: str) -> str:
    return f"<a href='/'>{escape(project)}</a>"
