from __future__ import annotations

from itertools import islice
from typing import Any

import optuna
from optuna.trial import TrialState

from optuna_sweep.components import PointsInOrder
from optuna_sweep.config.parameters import (
    Categorical,
    Condition,
    Integers,
    Parameter,
)
from optuna_sweep.space import Declared
from tests.unit.components.complaints import space


def conditional() -> Declared:
    only_sgd = (Condition(parameter="optimizer", values=("sgd",)),)
    return Declared(
        [
            Parameter(path=("optimizer",), distribution=Categorical(("adam", "sgd"))),
            Parameter(path=("momentum",), distribution=Categorical((0.0, 0.9)), when=only_sgd),
            Parameter(path=("layers",), distribution=Categorical(([1], [1, 2]))),
        ]
    )


def run_points(study: optuna.Study, made: Declared, count: int) -> list[dict[str, Any]]:
    return [made.suggest(study.ask()) for _ in range(count)]


def test_a_grid_visits_each_point_once_in_order_conditions_included() -> None:
    made = conditional()
    study = optuna.create_study(
        storage=made.wrap(optuna.storages.InMemoryStorage()), sampler=PointsInOrder(made)
    )
    assert run_points(study, made, 6) == list(made.points())
    assert isinstance(study.sampler, PointsInOrder)
    assert study.sampler.is_exhausted(study)


def test_a_grid_goes_on_after_a_restart_whatever_became_of_its_trials() -> None:
    made = conditional()
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(study_name="s", storage=made.wrap(storage), sampler=PointsInOrder(made))
    first = run_points(study, made, 3)
    study.tell(0, 1.0)
    study.tell(1, state=TrialState.FAIL)
    again = optuna.load_study(study_name="s", storage=made.wrap(storage), sampler=PointsInOrder(made))
    assert first + run_points(again, made, 3) == list(made.points())


def test_a_grid_leaves_out_a_point_that_was_enqueued() -> None:
    made = conditional()
    points = list(made.points())
    study = optuna.create_study(
        storage=made.wrap(optuna.storages.InMemoryStorage()), sampler=PointsInOrder(made)
    )
    study.enqueue_trial(made.fix(points[2]))
    seen = run_points(study, made, 6)
    assert seen == [points[2], *points[:2], *points[3:]]


def test_a_grid_that_is_used_up_still_answers() -> None:
    made = space(x=Categorical((1, 2)))
    study = optuna.create_study(sampler=PointsInOrder(made))
    assert not PointsInOrder(made).is_exhausted(study)
    seen = run_points(study, made, 4)
    assert [point["x"] for point in seen[:2]] == [1, 2]
    assert all(point["x"] in (1, 2) for point in seen)


def test_a_large_grid_is_read_lazily() -> None:
    made = Declared([Parameter(path=(f"p{n}",), distribution=Integers(1, 10)) for n in range(12)])
    study = optuna.create_study(sampler=PointsInOrder(made))
    assert run_points(study, made, 20) == list(islice(made.points(), 20))
