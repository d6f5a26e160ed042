"""W&B's records of runs, in our words. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from optuna_sweep.epitaphs import tells_the_end, without_epitaph
from optuna_sweep.launch import KnownRun, QueueItem
from optuna_sweep.outcomes import Row
from optuna_sweep.wandb_adapter.states import left_the_queue, phase_of_run

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def known_run(node: Mapping[str, Any], columns: Sequence[Sequence[str]] = ()) -> KnownRun:
    """A run of a sweep out of W&B's answer.

    Args:
        node: The run.
        columns: The groups of history columns that were asked for.
    """
    summary = json_object(node.get("summaryMetrics"))
    return KnownRun(
        run_id=str(node["name"]),
        phase=phase_of_run(str(node.get("state"))),
        parameters=_plain(json_object(node.get("config"))),
        summary=without_epitaph(summary),
        created_at=str(node.get("createdAt") or ""),
        stopping=bool(node.get("stopped")),
        rows=joined(map(rows_of, columns, node.get("sampledHistory") or [])),
        told=tells_the_end(summary),
    )


def rows_of(group: Sequence[str], answer: Sequence[Any] | None, first: int | None = None) -> list[Row]:
    """The history rows of one group of columns, ascending, without those before the step ``first``."""
    found: dict[int, Row] = {}
    for row in map(json_object, answer or []):
        step = _step_of(row)
        if step is not None and (first is None or step >= first):
            found[step] = Row(step, {name: row[name] for name in group if name in row})
    return [found[step] for step in sorted(found)]


def joined(groups: Iterable[Sequence[Row]]) -> tuple[Row, ...]:
    """Rows of several groups of columns, one for each step, ascending."""
    merged: dict[int, dict[str, Any]] = {}
    for rows in groups:
        for row in rows:
            merged.setdefault(row.step, {}).update(row.values)
    return tuple(Row(step, merged[step]) for step in sorted(merged))


def waiting_items(queue: Mapping[str, Any]) -> tuple[QueueItem, ...]:
    """The items of a queue that have not ended."""
    nodes = [edge["node"] for edge in (queue.get("runQueueItems") or {}).get("edges", [])]
    return tuple(
        QueueItem(str(node["id"]), node.get("associatedRunId") or None)
        for node in nodes
        if not left_the_queue(str(node.get("state")))
    )


def last_line(run: Mapping[str, Any]) -> str:
    """The last line of a run's console that its own program printed."""
    edges = (run.get("logLines") or {}).get("edges") or []
    lines = [_COLOUR.sub("", str((edge.get("node") or {}).get("line") or "")).strip() for edge in edges]
    return next((line for line in reversed(lines) if line and not line.startswith("wandb:")), "")


def json_object(raw: Any) -> dict[str, Any]:
    """W&B sends JSON objects as text, and some servers as objects; broken text counts as empty."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            return {}
    return raw if isinstance(raw, dict) else {}


def _step_of(row: Mapping[str, Any]) -> int | None:
    step = row.get("_step")
    return int(step) if isinstance(step, int | float) and not isinstance(step, bool) else None


def _plain(config: Mapping[str, Any]) -> dict[str, Any]:
    """A run's config without the envelope ``{key: {"value": …}}`` and without W&B's own keys."""
    return {
        key: entry["value"]
        for key, entry in config.items()
        if key != "_wandb" and isinstance(entry, dict) and "value" in entry
    }
