"""The stream of a live run: history, summary and console come in, the wish to stop goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.history import parse

if TYPE_CHECKING:
    from sandbox.runs import Run, Runs


def receive(runs: Runs, run: Run, body: dict[str, Any], now: float) -> dict[str, Any]:
    """Take one request of a run's stream and answer it.

    Args:
        runs: Where the run belongs.
        run: Whose stream it is.
        body: ``files`` by stream name, each with ``offset`` and ``content`` (lines);
            ``preempting``; at the end ``complete`` and ``exitcode``. Without any of them
            it is a heartbeat.
        now: Seconds since 1970.

    Returns:
        ``stopped``: whether the process is asked to end itself.
    """
    for name, chunk in (body.get("files") or {}).items():
        _write(run, name, chunk.get("offset") or 0, chunk.get("content") or [])
    run.heartbeat_at = now
    if body.get("complete"):
        runs.complete(run, int(body.get("exitcode") or 0), now)
    else:
        _beat(runs, run, preempting=bool(body.get("preempting")), now=now)
    return {"stopped": run.stopped, "limits": {}, "exitcode": None}


def _beat(runs: Runs, run: Run, *, preempting: bool, now: float) -> None:
    if not run.live:
        # A process that was out of touch (crashed) or resumed the run is here after all.
        run.process_started(now)
    if preempting:
        run.state = "preempting"
    runs.watch(run)


def _write(run: Run, name: str, offset: int, lines: list[str]) -> None:
    match name:
        case "wandb-history.jsonl":
            run.history.write(offset, lines)
        case "wandb-events.jsonl":
            run.events.write(offset, lines)
        case "wandb-summary.json":
            if lines:
                run.summary = parse(lines[-1])
        case "output.log":
            run.log_lines.extend([""] * (offset - len(run.log_lines)))
            run.log_lines[offset : offset + len(lines)] = lines
        case _:
            raise ValueError(f"files: {name!r} is not a stream of a run")
