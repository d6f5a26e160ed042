"""When the pictures are drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from optuna_sweep.report.pacing import Pacing


class Process:
    """A scheduler in virtual time: what it works, and what drawing costs it."""

    def __init__(self, cost: Callable[[int], float], startup: float = 3.0) -> None:
        self.clock, self.cpu = 0.0, startup
        self.drawing, self.drawn = 0.0, list[int]()
        self._cost = cost
        self._pacing = Pacing(lambda: self.clock, lambda: self.cpu)

    def sweep(self, trials: int, *, hours: float, work: float) -> list[int]:
        """The finished trials of each picture, in a sweep that takes so much CPU time in all."""
        for finished in range(1, trials + 1):
            self.clock += hours * 3600 / trials
            self.cpu += work / trials
            if self._pacing.due(finished):
                self._draw(finished)
        return self.drawn

    def _draw(self, finished: int) -> None:
        with self._pacing.drawing(finished):
            cost = self._cost(finished)
            self.cpu += cost
        self.drawing += cost if self.drawn else 0.0
        self.drawn.append(finished)


def growing(trials: int) -> float:
    return 0.08 + 0.0002 * trials


def test_early_pictures_do_not_wait_for_anything() -> None:
    assert Process(lambda n: 100.0).sweep(200, hours=10, work=1) == [2, 8, 32]


def test_two_pictures_are_a_minute_apart() -> None:
    assert Process(lambda n: 0.0).sweep(60, hours=1 / 6, work=1) == [2, 8, 14, 20, 26, 32, 38, 44, 50, 56]


@pytest.mark.parametrize("work", [20.0, 60.0, 200.0])
def test_later_ones_stay_below_a_hundredth_of_what_the_process_works(work: float) -> None:
    process = Process(growing)
    drawn = process.sweep(1000, hours=5, work=work)
    assert process.drawing <= max(0.01 * process.cpu, growing(8) + growing(32))
    assert drawn[:3] == [2, 8, 32]
    assert len(drawn) > 3 or work < 50


def test_a_sweep_that_has_outgrown_a_small_picture_within_a_minute_waits_for_its_share() -> None:
    assert Process(lambda n: 0.2 + growing(n)).sweep(1000, hours=1 / 20, work=20.0) == [2]


def test_a_larger_picture_waits_for_what_it_will_cost_and_not_for_what_the_last_one_did() -> None:
    process = Process(lambda n: 0.2 * n**0.25)
    assert process.sweep(1000, hours=1 / 20, work=30.0) == [2]
    process = Process(lambda n: 0.2 * n**0.25)
    assert len(process.sweep(1000, hours=1 / 20, work=300.0)) == 3
    assert process.drawing <= 0.01 * process.cpu


def test_nothing_new_is_no_reason_to_draw() -> None:
    clock = iter(range(0, 10**6, 1000))
    pacing = Pacing(lambda: float(next(clock)), lambda: 0.0)
    with pacing.drawing(5):
        pass
    assert [pacing.due(5), pacing.due(6)] == [False, True]


def test_a_scheduler_that_takes_over_draws_what_it_finds_with_its_first_trial() -> None:
    assert Pacing(lambda: 0.0, lambda: 0.0).due(501)


def test_a_picture_that_failed_has_had_its_turn() -> None:
    process = Process(lambda n: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        process.sweep(3, hours=1, work=1)
    assert not process._pacing.due(3)
