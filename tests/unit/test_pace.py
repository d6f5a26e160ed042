"""How often W&B is asked, over Launch in memory."""

from __future__ import annotations

import pytest

from optuna_sweep.pace import SHORTEST, USUAL, Pace
from tests.memory_launch import MemoryLaunch, Script, curve
from tests.sweeps_in_memory import sweep


def spend(launch: MemoryLaunch, pace: Pace, *, requests: int, hurry: bool = True) -> float:
    launch.calls += ["snapshot"] * requests
    pause = pace.pause(hurry=hurry)
    launch.clock += pause
    return pause


def test_polls_are_short_in_a_hurry_and_long_otherwise() -> None:
    launch = MemoryLaunch(lambda p: Script())
    pace = Pace(launch, per_minute=600)
    assert spend(launch, pace, requests=1) == SHORTEST
    assert spend(launch, pace, requests=1, hurry=False) == USUAL


@pytest.mark.parametrize("per_minute", [20, 50, 200])
def test_the_allowed_rate_is_kept_in_every_minute_but_for_a_small_burst(per_minute: int) -> None:
    launch = MemoryLaunch(lambda p: Script())
    pace, sent = Pace(launch, per_minute=per_minute), []
    while launch.clock < 600:
        sent.append((launch.clock, 3))
        spend(launch, pace, requests=3)
    for start in range(0, 540, 10):
        in_a_minute = sum(count for at, count in sent if start <= at < start + 60)
        assert in_a_minute < per_minute + 10 + 3


def test_a_whole_sweep_keeps_to_its_requests() -> None:
    run = sweep(lambda p: curve([0.5], every=20.0), run_cap=50, workers=8)
    run.run()
    minutes = run.launch.clock / 60
    assert run.launch.requests / minutes < 60
    assert run.launch.requests <= 50 * minutes + 20


def test_a_free_worker_is_found_within_a_second_or_so_once_the_length_of_runs_is_known() -> None:
    run = sweep(lambda p: curve([0.5], every=40.0), run_cap=20, workers=2)
    run.run()
    queued = sorted(r.queued for r in run.launch.runs.values() if r.queued is not None)
    ended = sorted(
        q + r.script.start_after + r.script.seconds
        for q, r in zip(queued, run.launch.runs.values(), strict=True)
    )
    delays = [start - end for start, end in zip(queued[2:], ended[:-2], strict=True)]
    assert sorted(delays)[len(delays) // 2] <= 1.2
