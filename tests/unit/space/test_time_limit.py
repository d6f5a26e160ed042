"""The conversation with objective(trial): one thread answers, and only for so long."""

from __future__ import annotations

import threading
from typing import Any

import optuna
import pytest

from optuna_sweep.errors import UserCodeError
from tests.unit.space.blocks import programmed, study_of


def test_a_function_that_hangs_is_left_behind_and_can_touch_nothing_any_more() -> None:
    release, late = threading.Event(), threading.Event()

    def objective(trial: optuna.Trial) -> None:
        trial.suggest_float("early", 0.0, 1.0)
        release.wait()
        try:
            trial.suggest_float("late", 0.0, 1.0)
        finally:
            late.set()

    space = programmed(objective, timeout=0.05)
    study = study_of(space)
    with pytest.raises(UserCodeError) as failure:
        space.suggest(study.ask())
    release.set()
    assert late.wait(30)
    assert str(failure.value) == (
        "objective(trial) did not return within 0.05 seconds for trial 0. It should suggest parameters and "
        "return; the training itself belongs in the job that the sweep runs. Where suggesting takes longer, "
        "raise scheduler.settings.objective_timeout."
    )
    assert set(study.trials[0].params) == {"early"}


def test_the_time_limit_holds_off_the_main_thread() -> None:
    release = threading.Event()
    space = programmed(lambda trial: release.wait(), timeout=0.05)
    study, failures = study_of(space), []

    def work() -> None:
        try:
            space.suggest(study.ask())
        except UserCodeError as failure:
            failures.append(failure)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join(30)
    release.set()
    assert len(failures) == 1


def test_a_slow_sampler_is_not_the_functions_fault() -> None:
    class Slow(optuna.samplers.RandomSampler):
        def sample_independent(self, *args: Any, **kwargs: Any) -> Any:
            threading.Event().wait(0.15)
            return super().sample_independent(*args, **kwargs)

    space = programmed(lambda trial: trial.suggest_float("x", 0.0, 1.0), timeout=0.1)
    assert "x" in space.suggest(study_of(space, sampler=Slow(seed=1)).ask())


def test_the_study_is_only_touched_by_the_thread_that_asks() -> None:
    threads = set()

    class Watching(optuna.samplers.RandomSampler):
        def sample_independent(self, *args: Any, **kwargs: Any) -> Any:
            threads.add(threading.current_thread())
            return super().sample_independent(*args, **kwargs)

    def objective(trial: optuna.Trial) -> None:
        own = threading.Thread(target=lambda: trial.suggest_float("y", 0.0, 1.0))
        own.start()
        trial.suggest_float("x", 0.0, 1.0)
        own.join()

    space = programmed(objective)
    assert set(space.suggest(study_of(space, sampler=Watching(seed=1)).ask())) == {"x", "y"}
    assert threads == {threading.current_thread()}


def test_ctrl_c_while_the_sampler_works_stops_the_scheduler_and_is_not_the_users_error() -> None:
    class Interrupted(optuna.samplers.RandomSampler):
        def sample_independent(self, *args: Any, **kwargs: Any) -> Any:
            raise KeyboardInterrupt

    space = programmed(lambda trial: trial.suggest_float("x", 0.0, 1.0))
    with pytest.raises(KeyboardInterrupt):
        space.suggest(study_of(space, sampler=Interrupted(seed=1)).ask())
