from __future__ import annotations

from graphlib import CycleError

import pytest

from optuna_sweep.config.parameters import Categorical, Condition, Constant
from optuna_sweep.space import Declared
from optuna_sweep.space.conditions import holds
from tests.unit.space.blocks import parameter, study_of
from tests.unit.space.branches import BRANCHING, wanted_names


def test_a_config_holds_what_its_conditions_allow_and_nothing_else() -> None:
    space = Declared(BRANCHING)
    study = study_of(space)
    configs = [space.suggest(study.ask()) for _ in range(40)]
    assert all(set(config) == wanted_names(config) for config in configs)
    assert len({frozenset(config) for config in configs}) == 3


def test_the_config_keeps_the_order_of_the_file() -> None:
    space = Declared(BRANCHING)
    study = study_of(space)
    configs = [space.suggest(study.ask()) for _ in range(20)]
    assert list(next(config for config in configs if "dropout" in config)) == [
        "dropout",
        "momentum",
        "nesterov",
        "optimizer",
        "model",
    ]


def test_what_depends_on_a_missing_parameter_is_missing() -> None:
    space = Declared(
        [
            parameter("c", Constant(3), b=[2]),
            parameter("b", Constant(2), a=[1]),
            parameter("a", Categorical((0, 1))),
        ]
    )
    assert list(space.points()) == [{"a": 0}, {"c": 3, "b": 2, "a": 1}]


@pytest.mark.parametrize(
    ("condition", "value", "wanted"),
    [
        (Condition(parameter="x", values=(1, "a")), 1, True),
        (Condition(parameter="x", values=(1, "a")), 1.0, True),
        (Condition(parameter="x", values=(1, "a")), True, False),
        (Condition(parameter="x", values=(1, "a")), "1", False),
        (Condition(parameter="x", values=(None,)), None, True),
        (Condition(parameter="x", values=([1, 2],)), [1, 2], True),
        (Condition(parameter="x", low=0.0), 0, True),
        (Condition(parameter="x", low=0.0), -1e-9, False),
        (Condition(parameter="x", high=0.0), 0.0, True),
        (Condition(parameter="x", low=1.0, high=2.0), 2.5, False),
        (Condition(parameter="x", low=0.0), "2", False),
        (Condition(parameter="x", low=0.0), True, False),
    ],
)
def test_a_condition_holds_for_what_it_names(condition: Condition, value: object, wanted: bool) -> None:
    assert holds(condition, value) is wanted


def test_a_condition_on_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="conditions on unknown parameters: nothing"):
        Declared([parameter("a", Constant(1), nothing=[1])])


def test_conditions_in_a_circle_are_refused() -> None:
    with pytest.raises(CycleError):
        Declared([parameter("a", Constant(1), b=[1]), parameter("b", Constant(1), a=[1])])
