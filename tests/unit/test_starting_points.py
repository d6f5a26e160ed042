from __future__ import annotations

from typing import Any

import optuna
import pytest

from optuna_sweep.config.parameters import Categorical, Condition, Parameter, Uniform
from optuna_sweep.errors import ConfigError
from optuna_sweep.space import Declared
from optuna_sweep.starting_points import STARTING_POINT, enqueue_points

KIND = Parameter(path=("kind",), distribution=Categorical(("a", "b")))
X = Parameter(path=("x",), distribution=Uniform(0.0, 1.0), when=(Condition(parameter="kind", values=("a",)),))
SPACE = Declared([KIND, X])
POINTS: list[dict[str, Any]] = [{"kind": "a", "x": 0.5}, {"kind": "b"}]


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))


def asked(study: optuna.Study) -> dict[str, Any]:
    trial = study.ask()
    config = SPACE.suggest(trial)
    study.tell(trial, 0.0)
    return config


def test_points_are_asked_first_and_in_order(study: optuna.Study) -> None:
    enqueue_points(study, SPACE, POINTS)
    assert [asked(study), asked(study)] == POINTS
    assert len(study.trials) == 2


def test_points_are_queued_once_however_often_the_scheduler_starts(study: optuna.Study) -> None:
    for _ in range(3):
        enqueue_points(study, SPACE, POINTS)
        asked(study)
    assert [trial.user_attrs.get(STARTING_POINT) for trial in study.trials] == [0, 1, None]


def test_a_scheduler_that_died_between_two_points_queues_the_other(study: optuna.Study) -> None:
    enqueue_points(study, SPACE, POINTS[:1])
    enqueue_points(study, SPACE, POINTS)
    assert [asked(study), asked(study)] == POINTS


def test_a_study_that_was_rebuilt_from_its_runs_does_not_try_them_again(study: optuna.Study) -> None:
    study.enqueue_trial({"kind": "a", "x": 0.5})
    asked(study)
    enqueue_points(study, SPACE, POINTS)
    assert asked(study) == {"kind": "b"}
    assert len(study.trials) == 2


def test_a_point_outside_queues_nothing_and_is_told(study: optuna.Study) -> None:
    with pytest.raises(ConfigError) as caught:
        enqueue_points(study, SPACE, [POINTS[0], {"kind": "c"}, {"z": 1}])
    assert [problem.path for problem in caught.value.problems] == [
        "scheduler.settings.enqueue[1]",
        "scheduler.settings.enqueue[2]",
    ]
    assert study.trials == []
