from __future__ import annotations

from graphlib import CycleError

import pytest

from optuna_sweep.config.parameters import Categorical, Condition, Constant, Integers, Parameter, Uniform
from optuna_sweep.space import Declared
from optuna_sweep.space.conditions import holds
from tests.unit.space.blocks import parameter, study_of

DEEP = Parameter(
    path=("dropout",),
    distribution=Uniform(0.0, 0.9, q=0.1),
    when=(Condition(parameter="model.layers", low=3), Condition(parameter="optimizer", values=("sgd",))),
)
BLOCK = (
    DEEP,
    parameter("momentum", Uniform(0.0, 1.0), optimizer=["sgd"]),
    parameter("nesterov", Constant(True), optimizer=["sgd"]),
    parameter("optimizer", Categorical(("sgd", "adam"), (0.7, 0.3))),
    parameter("model.layers", Integers(1, 6)),
    parameter("betas", Categorical(([0.9, 0.99], [0.8, 0.9])), optimizer=["adam"]),
)


def test_none_of_a_thousand_configs_leaves_its_branch() -> None:
    space = Declared(BLOCK)
    study = study_of(space)
    seen = set()
    for _ in range(1_000):
        trial = study.ask()
        config = space.suggest(trial)
        sgd = config["optimizer"] == "sgd"
        wanted = {"optimizer", "model"} | ({"momentum", "nesterov"} if sgd else {"betas"})
        wanted |= {"dropout"} if sgd and config["model"]["layers"] >= 3 else set()
        assert set(config) == wanted
        in_study = {name.split(".")[0] for name in trial.params}
        assert in_study == wanted - {"nesterov"}
        seen.add(frozenset(wanted))
    assert len(seen) == 3


def test_the_config_keeps_the_order_of_the_file() -> None:
    space = Declared(BLOCK)
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
