"""Runs as the API shows them: single ones, filtered lists, and the fields of each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from sandbox import run_filters
from sandbox.paging import connection

if TYPE_CHECKING:
    from sandbox.projects import Project
    from sandbox.runs import Run
    from sandbox.world import Info

project_type = ObjectType("Project")
run_type = ObjectType("Run")
bindables = [project_type, run_type]


@project_type.field("run")
@project_type.field("bucket")
def resolve_run(project: Project, _info: Info, name: str | None = None, **_missing_ok: bool) -> Run | None:
    """The run of this short name, or null."""
    return project.runs.get(name or "")


@project_type.field("runs")
def resolve_runs(
    project: Project,
    _info: Info,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The runs that pass the filters, in order, one page of them."""
    return connection(run_filters.select(project.runs.values(), filters, order), first, after)


@project_type.field("runCount")
def resolve_run_count(project: Project, _info: Info, filters: str | None = None) -> int:
    """How many runs pass the filters."""
    return len(run_filters.select(project.runs.values(), filters))


@run_type.field("config")
def resolve_config(run: Run, _info: Info) -> str:
    """The whole config: ``{key: {"value": …}}``."""
    return json.dumps(run.config)


@run_type.field("wandbConfig")
def resolve_wandb_config(run: Run, _info: Info, keys: Sequence[str] | None = None) -> str:
    """What the client wrote about itself; empty until a process has started."""
    internal = run.config.get("_wandb", {}).get("value", {})
    return json.dumps({key: value for key, value in internal.items() if keys is None or key in keys})


@run_type.field("summaryMetrics")
def resolve_summary(run: Run, _info: Info, keys: Sequence[str] | None = None) -> str:
    """The summary, or a part of it."""
    return json.dumps({key: value for key, value in run.summary.items() if keys is None or key in keys})


@run_type.field("systemMetrics")
def resolve_system_metrics(run: Run, _info: Info) -> str:
    """The last system metrics."""
    return json.dumps(run.events.rows[-1] if run.events.rows else {})


@run_type.field("user")
def resolve_user(run: Run, _info: Info) -> dict[str, str]:
    """Who started it."""
    return {"id": run.username, "name": run.username, "username": run.username}


@run_type.field("projectId")
def resolve_project_id(run: Run, _info: Info) -> int:
    """The project's number."""
    return run.project.internal_id


@run_type.field("historyLineCount")
def resolve_history_line_count(run: Run, _info: Info) -> int:
    """Rows of history: where a process that resumes goes on writing."""
    return len(run.history)


@run_type.field("eventsLineCount")
def resolve_events_line_count(run: Run, _info: Info) -> int:
    """Rows of system metrics."""
    return len(run.events)


@run_type.field("logLineCount")
def resolve_log_line_count(run: Run, _info: Info) -> int:
    """Lines on the console."""
    return len(run.log_lines)


@run_type.field("historyTail")
def resolve_history_tail(run: Run, _info: Info) -> str:
    """The last row of history."""
    return run.history.tail


@run_type.field("eventsTail")
def resolve_events_tail(run: Run, _info: Info) -> str:
    """The last row of system metrics."""
    return run.events.tail


@run_type.field("logLines")
def resolve_log_lines(
    run: Run,
    _info: Info,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    **_pagination: bool,
) -> dict[str, Any]:
    """The console, in ascending order."""
    lines = [_log_line(number, text) for number, text in enumerate(run.log_lines)]
    return connection(lines[-last:] if last else lines, first, after)


def _log_line(number: int, text: str) -> dict[str, Any]:
    """A line as core sends it, ``[ERROR ]<ISO time> <text>``, taken apart."""
    level, rest = ("error", text[6:]) if text.startswith("ERROR ") else ("info", text)
    moment, _, line = rest.partition(" ")
    if not moment[:4].isdigit():
        moment, line = "", rest
    return {"number": number, "timestamp": moment or None, "level": level, "label": None, "line": line}
