"""How far one scheduler goes: the real loop and search over a simulated Launch, in virtual time.

A sweep that takes too long in real time is left, and its row says how far it came.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path

from bench.page import ROOT
from bench.picture import log_log
from bench.result import Result, Table
from bench.world import SimulatedLaunch, simulated_sweep

_SWEEPS = ((8, 100), (32, 1_000), (100, 3_000), (316, 10_000), (1_000, 100_000))
_LONGEST = 180.0
_SECONDS_A_RUN = 600.0
_PICTURE = "pictures/scale.svg"


def run() -> Result:
    """Simulate ever larger sweeps and draw what grows."""
    rows = [_sweep(workers, trials) for workers, trials in _SWEEPS]
    _draw(rows, ROOT / "docs" / _PICTURE)
    table = Table(
        title="Runs of ten minutes, a random sampler, a study in memory, 200 requests a minute",
        columns=[
            "workers",
            "trials",
            "of",
            "CPU ms a trial",
            "requests a minute",
            "s idle, median",
            "peak MiB",
        ],
        rows=rows,
        note=f"A sweep is left after {_LONGEST:g} s. Idle is the median virtual time from a run's end to its "
        "successor on the queue. Memory is the process's peak so far. TPE comes on top, see Overhead.",
    )
    return Result(tables=[table], seeds="One seed; virtual time.", pictures=[_PICTURE])


def _sweep(workers: int, trials: int) -> list[int | float]:
    launch = SimulatedLaunch(seconds=_SECONDS_A_RUN)
    loop = simulated_sweep(launch, trials=trials, workers=workers, per_minute=200.0)
    told = 0
    began, deadline = time.process_time(), time.monotonic() + _LONGEST

    def count() -> None:
        nonlocal told
        told += 1
        if time.monotonic() > deadline:
            loop.leave()

    launch.when_freed = count
    loop.run()
    cpu = (time.process_time() - began) / told * 1e3
    idle = sorted(launch.idle)[len(launch.idle) // 2]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [workers, told, trials, cpu, 60.0 * launch.requests / launch.now(), idle, peak]


def _draw(rows: list[list[int | float]], path: Path) -> None:
    columns = {3: "CPU ms a trial", 4: "requests a minute", 5: "seconds idle", 6: "peak MiB"}
    series = {name: [max(row[column], 1e-2) for row in rows] for column, name in columns.items()}
    workers = ", ".join(f"{row[0]:,}" for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(log_log(f"trials, with {workers} workers", [row[1] for row in rows], series))
