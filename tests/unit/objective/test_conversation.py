"""The conversation with objective(trial): one thread answers, and only for so long."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import numpy as np
import optuna
import pytest

from optuna_sweep.errors import Unavailable, UserCodeError
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


class Refusal(Exception):
    """Cannot be read back from a pickle: it wants two arguments and keeps one."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")


class Failing(optuna.samplers.RandomSampler):
    def __init__(self, error: Exception) -> None:
        super().__init__(seed=1)
        self._error = error

    def sample_independent(self, *args: Any, **kwargs: Any) -> Any:
        raise self._error


def test_an_error_of_the_sampler_is_raised_where_the_function_asked() -> None:
    caught: list[Exception] = []

    def objective(trial: optuna.Trial) -> None:
        try:
            trial.suggest_float("x", 0.0, 1.0)
        except ZeroDivisionError as error:
            caught.append(error)

    space = programmed(objective)
    assert space.suggest(study_of(space, sampler=Failing(ZeroDivisionError("no room"))).ask()) == {}
    assert [str(error) for error in caught] == ["no room"]


def test_an_error_of_the_sampler_has_the_frames_of_both_sides_and_none_of_ours() -> None:
    def objective(trial: optuna.Trial) -> None:
        trial.suggest_float("x", 0.0, 1.0)

    space = programmed(objective)
    with pytest.raises(UserCodeError) as failure:
        space.suggest(study_of(space, sampler=Failing(ZeroDivisionError("no room"))).ask())
    told = str(failure.value)
    assert told.index("in objective") < told.index("in sample_independent")
    assert "raise self._error" in told
    assert "ZeroDivisionError: no room\nobjective(trial) failed for trial 0." in told
    assert "optuna_sweep/objective" not in told


def test_a_study_that_cannot_be_reached_is_not_the_functions_fault() -> None:
    space = programmed(lambda trial: trial.suggest_float("x", 0.0, 1.0))
    away = Failing(Unavailable("the study's database does not answer"))
    with pytest.raises(Unavailable):
        space.suggest(study_of(space, sampler=away).ask())


def test_an_error_that_cannot_travel_sends_its_words() -> None:
    space = programmed(lambda trial: trial.suggest_float("x", 0.0, 1.0))
    failing = Failing(Refusal("Sampler", "no room"))
    with pytest.raises(UserCodeError, match="RuntimeError: Refusal: Sampler: no room"):
        space.suggest(study_of(space, sampler=failing).ask())


def test_an_answer_that_cannot_travel_is_an_error_there() -> None:
    study = optuna.create_study()
    study.set_user_attr("lock", threading.Lock())
    space = programmed(lambda trial: trial.study.user_attrs)
    with pytest.raises(UserCodeError, match=r"TypeError: cannot pickle '_thread\.lock' object"):
        space.suggest(study.ask())


def test_bounds_may_be_numbers_of_any_kind() -> None:
    def objective(trial: optuna.Trial) -> None:
        trial.suggest_float("x", Decimal("0.5"), np.float32(0.5), log=np.True_)
        trial.suggest_int("n", np.int64(3), 3.0)

    space = programmed(objective)
    assert space.suggest(study_of(space).ask()) == {"x": 0.5, "n": 3}


def test_text_is_no_bound() -> None:
    space = programmed(lambda trial: trial.suggest_float("x", "0", 1))
    with pytest.raises(UserCodeError, match="TypeError: '>' not supported"):
        space.suggest(study_of(space).ask())
