"""Pages for people: what there is, and one run from near. Plain HTML, readable on a phone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from sandbox.dashboards import journal_of
from sandbox.scalars import as_iso

if TYPE_CHECKING:
    from sandbox.projects import Project
    from sandbox.runs import Run
    from sandbox.sweeps import Sweep
    from sandbox.world import World

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; color: #222; }
h1 { font-size: 1.4rem } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #ddd }
h3 { font-size: 1rem; margin-bottom: .3rem } a { color: #06c; text-decoration: none }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #eee }
td { white-space: nowrap }
pre { background: #f6f6f6; padding: .6rem; overflow-x: auto } svg { width: 100%; height: 6rem }
.state { border-radius: .6rem; padding: 0 .5rem; background: #eee }
.running, .RUNNING { background: #cfe8ff } .finished, .FINISHED { background: #d5f2d9 }
.failed, .crashed, .FAILED, .CANCELED { background: #ffd9d6 } .killed { background: #ffeac2 }
"""
NEWEST = 200
"""Runs of a project that the front page lists."""


def front_page(world: World) -> str:
    """Projects with their sweeps, queues and runs, the newest first."""
    parts = [_project(world, project) for project in reversed(world.projects.all())]
    empty = "<p>Nothing here yet. Start a run with <code>WANDB_BASE_URL</code> set to this address.</p>"
    return page("W&B sandbox", "".join(parts) or empty)


def run_page(run: Run) -> str:
    """One run: its state, config, summary, curves and the end of its console."""
    summary = {key: value for key, value in run.summary.items() if key != "_wandb"}
    config = {key: entry.get("value") for key, entry in run.config.items() if key != "_wandb"}
    return page(
        f"{run.display_name} ({run.name})",
        f"<p>{state_badge(run.state)} in <a href='/'>{escape(run.project.name)}</a>, "
        f"{len(run.history)} rows of history</p>"
        + _alerts(run)
        + _curves(run)
        + block("Config", json.dumps(config, indent=2))
        + block("Summary", json.dumps(summary, indent=2))
        + block("Console", "\n".join(run.log_lines[-100:])),
    )


def _project(world: World, project: Project) -> str:
    title = escape(f"{project.entity.name}/{project.name}")
    sweeps = [_sweep_row(sweep) for sweep in reversed(world.sweeps.of(project))]
    queues = [
        (
            _link(f"{_path(project)}/queues/{queue.name}", queue.name),
            counted(item.state for item in queue.items.values()),
        )
        for queue in world.queues.of(project)
    ]
    newest = list(reversed(project.runs.values()))[:NEWEST]
    return (
        f"<h2 id='{title}'>{title}</h2>"
        + table("Sweeps", ("sweep", "state", "runs", "study"), sweeps)
        + table("Queues", ("queue", "items"), queues)
        + run_table(newest)
    )


def run_table(runs: Sequence[Run]) -> str:
    """Runs with links to their pages and their sweeps'."""
    return table("Runs", ("run", "state", "sweep", "started", "summary"), [_run_row(run) for run in runs])


def run_link(run: Run) -> str:
    """A link to the run's page, with its name for people."""
    return _link(f"{_path(run.project)}/runs/{run.name}", run.display_name or run.name)


def sweep_path(sweep: Sweep) -> str:
    """The address of the sweep's page, as clients print it."""
    return f"{_path(sweep.project)}/sweeps/{sweep.name}"


def _sweep_row(sweep: Sweep) -> tuple[str, ...]:
    study = _link(f"{sweep_path(sweep)}/dashboard", "dashboard") if journal_of(sweep) else ""
    return _link(sweep_path(sweep), sweep.name), state_badge(sweep.state), str(len(sweep.runs)), study


def _path(project: Project) -> str:
    return f"/{project.entity.name}/{project.name}"


def _link(path: str, text: str) -> str:
    return f"<a href='{escape(path)}'>{escape(text)}</a>"


def _run_row(run: Run) -> tuple[str, ...]:
    numbers = [
        f"{key} {value:.4g}"
        for key, value in run.summary.items()
        if isinstance(value, int | float) and not key.startswith("_")
    ]
    return (
        run_link(run),
        state_badge(run.state),
        _link(f"{_path(run.project)}/sweeps/{run.sweep_name}", run.sweep_name) if run.sweep_name else "",
        as_iso(run.created_at)[:19].replace("T", " "),
        escape(", ".join(numbers[:4])),
    )


def _alerts(run: Run) -> str:
    rows = [[escape(str(alert[key])) for key in ("severity", "title", "text")] for alert in run.alerts]
    return table("Alerts", ("severity", "title", "text"), rows)


def _curves(run: Run) -> str:
    names = dict.fromkeys(key for row in run.history.rows for key in row if not key.startswith("_"))
    return "".join(_curve(name, [row.get(name) for row in run.history.rows]) for name in list(names)[:12])


def _curve(name: str, values: Sequence[object]) -> str:
    """A line through the numbers of one metric; nothing for fewer than two."""
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if len(numbers) < 2:
        return ""
    low, high = min(numbers), max(numbers)
    span, last = (high - low) or 1.0, len(numbers) - 1
    points = " ".join(
        f"{100 * at / last:.2f},{39 - 38 * (y - low) / span:.2f}" for at, y in enumerate(numbers)
    )
    return (
        f"<h3>{escape(name)} <small>{low:.4g} to {high:.4g}</small></h3>"
        "<svg viewBox='0 0 100 40' preserveAspectRatio='none'>"
        f"<polyline points='{points}' fill='none' stroke='#06c' vector-effect='non-scaling-stroke'/></svg>"
    )


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table of cells that are HTML already; nothing where there is no row."""
    if not rows:
        return ""
    header = "".join(f"<th>{name}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h3>{title}</h3><div class='wide'><table><tr>{header}</tr>{body}</table></div>"


def block(title: str, text: str) -> str:
    """Text as it is, below a title; nothing where there is none."""
    return f"<h3>{title}</h3><pre>{escape(text)}</pre>" if text else ""


def state_badge(state: str) -> str:
    """A state in its colour."""
    return f"<span class='state {escape(state)}'>{escape(state)}</span>"


def counted(states: Iterable[str]) -> str:
    """How many there are of each state."""
    return ", ".join(f"{count} {escape(state)}" for state, count in Counter(states).items()) or "empty"


def page(title: str, body: str) -> str:
    """A whole page."""
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<link rel='icon' href='data:,'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
