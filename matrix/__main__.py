"""``python -m matrix [CELL …]``: try out the supported releases, all cells or some of them."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from matrix.cells import CELLS, LEFT_OUT, LONG, ROOT, SHORT, Cell
from matrix.environments import ENVIRONMENTS, agent_python, scheduler_python

SECONDS = 3600
LAST_LINES = 60


@dataclass(frozen=True, slots=True)
class Result:
    """How a cell's tests ended; ``said`` is pytest's last line."""

    cell: Cell
    passed: bool
    said: str
    seconds: float


def main() -> None:
    """Try the named cells, or all of them; the exit code is 1 when one of them failed."""
    by_name = {cell.name: cell for cell in CELLS}
    parser = argparse.ArgumentParser(prog="python -m matrix", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="CELL", help=f"any of: {', '.join(by_name)}")
    parser.add_argument("--short", action="store_true", help="only what continuous integration has time for")
    parser.add_argument(
        "--numprocesses",
        type=int,
        default=4,
        metavar="N",
        help="how many tests are at work beside each other",
    )
    given = parser.parse_args()
    for name in given.names:
        if name not in by_name:
            parser.error(f"{name!r} is no cell; there are: {', '.join(by_name)}")
    tests = SHORT if given.short else LONG
    results = [tried(by_name[name], tests, given.numprocesses) for name in given.names or by_name]
    print("\n".join(["", *table(results)]))
    sys.exit(not all(result.passed for result in results))


def pytest_words(tests: Sequence[str], side_by_side: int) -> list[str]:
    """What pytest is asked to do in every cell; as `make test` does it, but for what is left out."""
    left_out = [f"--ignore={path}" for path in LEFT_OUT]
    beside = [f"--numprocesses={side_by_side}", "--dist=loadgroup", "--no-loadscope-reorder"]
    return ["-p", "no:cacheprovider", "--quiet", "--durations=10", *beside, *left_out, *tests]


def tried(cell: Cell, tests: Sequence[str], side_by_side: int) -> Result:
    """Run the tests in the cell's environments; what they say goes into a file, its end to the terminal."""
    print(cell, flush=True)
    began = time.monotonic()
    python, agent = scheduler_python(cell), agent_python(cell)
    log = ENVIRONMENTS / f"{cell.name}.log"
    with log.open("w") as lines:
        ended = subprocess.run(
            [python, "-m", "pytest", *pytest_words(tests, side_by_side)],
            cwd=ROOT,
            env={**os.environ, "SANDBOX_AGENT_PYTHON": str(agent)},
            stdout=lines,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
    said = log.read_text(errors="replace").splitlines() or ["nothing"]
    if ended.returncode:
        print("\n".join([*said[-LAST_LINES:], f"All of it: {log.relative_to(ROOT)}"]))
    return Result(cell, ended.returncode == 0, said[-1], time.monotonic() - began)


def table(results: Sequence[Result]) -> list[str]:
    """One row a cell."""
    rows = [
        [r.cell.name, r.cell.wandb, r.cell.optuna, r.cell.agent, "ok" if r.passed else "FAILED", r.said]
        for r in results
    ]
    head = ["cell", "wandb", "Optuna", "agent's wandb", "", "pytest"]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in [head, *rows]]


if __name__ == "__main__":
    main()
