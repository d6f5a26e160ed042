from __future__ import annotations

from collections.abc import Callable

import pytest

from optuna_sweep.wandb_adapter.claim import SIGN_OF_LIFE, Sight, somebody_works

WANDBS_LONGEST_SILENCE = 30.0


def looks(*sights: Sight) -> Callable[[], Sight]:
    seen = iter(sights)
    return lambda: next(seen)


@pytest.mark.parametrize("state", ["", "pending", "finished", "failed", "crashed", "killed", "preempted"])
def test_a_sweep_whose_scheduler_is_not_at_work_is_free_at_once(state: str) -> None:
    waited: list[float] = []
    assert not somebody_works(looks(Sight(state, "12:00:00")), waited.append)
    assert not waited


def test_a_scheduler_whose_sign_of_life_moves_has_the_sweep() -> None:
    waited: list[float] = []
    assert somebody_works(looks(Sight("running", "12:00:00"), Sight("running", "12:00:30")), waited.append)
    assert waited == [SIGN_OF_LIFE]
    assert SIGN_OF_LIFE > WANDBS_LONGEST_SILENCE


def test_the_claim_of_a_scheduler_that_is_silent_ends() -> None:
    assert not somebody_works(
        looks(Sight("running", "12:00:00"), Sight("running", "12:00:00")), lambda _: None
    )


def test_a_scheduler_that_ends_between_the_looks_leaves_the_sweep_free() -> None:
    assert not somebody_works(
        looks(Sight("running", "12:00:00"), Sight("finished", "12:00:10")), lambda _: None
    )
