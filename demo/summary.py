"""The end of the story: the trials side by side, the best one, and what pruning saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from demo.plan import Plan
from demo.reading import Run, Sweep
from demo.telling import configuration, short


def lines(sweep: Sweep, plan: Plan) -> Iterator[str]:
    """Give the closing lines, as plain text."""
    yield from table(sweep, plan)
    yield ""
    if sweep.best is not None:
        yield f"best     {plan.metric} {sweep.best.value:.4f}, {sweep.best.name}"
        yield f"         {configuration(sweep.best, plan)}"
    yield f"pruning  {saved(sweep.runs)}"


def table(sweep: Sweep, plan: Plan) -> Iterator[str]:
    """Give a header, a rule and one line a run, every column as wide as its widest cell."""
    header = ["trial", "state", plan.metric, "epochs", *plan.searched]
    rows = [header, *(row(run, plan) for run in sweep.runs)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(header))]
    rows.insert(1, ["-" * width for width in widths])
    for run, cells in zip([None, None, *sweep.runs], rows, strict=True):
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield f"{line}  < best" if run and run is sweep.best else line.rstrip()


def row(run: Run, plan: Plan) -> list[str]:
    """The cells of one run."""
    state = "pruned" if run.pruned else run.state
    value = "-" if run.value is None else f"{run.value:.4f}"
    searched = [short(run.config.get(name, "-")) for name in plan.searched]
    return [run.name, state, value, f"{run.epoch}/{run.planned}", *searched]


def saved(runs: Sequence[Run]) -> str:
    """Say how many epochs were not trained because their runs were stopped."""
    pruned = [run for run in runs if run.pruned]
    planned = sum(run.planned for run in runs)
    epochs = sum(run.planned - run.epoch for run in pruned)
    share = epochs / planned if planned else 0.0
    return f"stopped {len(pruned)} of {len(runs)} runs and saved {epochs} of {planned} epochs ({share:.0%})"
