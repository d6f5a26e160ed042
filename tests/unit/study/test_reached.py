"""A study's database that goes away and comes back, over virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import optuna
import pytest
from optuna.storages import InMemoryStorage
from optuna.trial import TrialState
from sqlalchemy.exc import OperationalError, ProgrammingError

from optuna_sweep.errors import SweepError
from optuna_sweep.patience import Patience
from optuna_sweep.run_ids import CLAIM
from optuna_sweep.study.claimed import ClaimedStorage
from optuna_sweep.study.reached import Reached
from tests.memory_launch import MemoryLaunch, Script


class Rough(InMemoryStorage):
    """A storage whose connection breaks before or after the next calls of one name."""

    def __init__(self) -> None:
        super().__init__()
        self.breaks: dict[str, list[str]] = {}

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or name == "breaks" or name not in self.breaks:
            return found

        def call(*args: Any, **named: Any) -> Any:
            when = self.breaks[name].pop(0) if self.breaks[name] else ""
            answer = None if when == "before" else found(*args, **named)
            if when:
                raise OperationalError("SELECT secret", {}, Exception("server closed the connection"))
            return answer

        return call


def study_on(rough: Rough, launch: MemoryLaunch) -> optuna.Study:
    reached = Reached(rough, "db://here", lambda text: text)
    study = optuna.create_study(storage=ClaimedStorage(reached.as_storage, "sweep"))
    reached.insist = Patience(launch, who="The study's database").insist
    return study


@pytest.fixture
def launch() -> MemoryLaunch:
    return MemoryLaunch(lambda proposal: Script())


@pytest.mark.parametrize("when", [["before"], ["after"], ["before", "after", "before"]])
def test_a_trial_is_made_once_however_often_the_connection_breaks(
    when: list[str], launch: MemoryLaunch
) -> None:
    rough = Rough()
    study = study_on(rough, launch)
    rough.breaks["create_new_trial"] = when
    trial = study.ask()
    assert trial.number == 0
    assert [(each.state, each.user_attrs) for each in study.trials] == [
        (TrialState.RUNNING, {CLAIM: "sweep"})
    ]


@pytest.mark.parametrize("when", [["before"], ["after"], ["before", "after"]])
def test_a_result_is_told_once_however_often_the_connection_breaks(
    when: list[str], launch: MemoryLaunch
) -> None:
    rough = Rough()
    study = study_on(rough, launch)
    trial = study.ask()
    rough.breaks["set_trial_state_values"] = when
    study.tell(trial, 0.25)
    assert [(each.state, each.value) for each in study.trials] == [(TrialState.COMPLETE, 0.25)]


def test_an_outage_is_said_once_a_minute_and_its_end_too(launch: MemoryLaunch) -> None:
    rough = Rough()
    study = study_on(rough, launch)
    rough.breaks["get_trial"] = ["before"] * 6
    study.ask()
    assert launch.clock == 5 + 10 + 20 + 40 + 60 + 60
    begin = "The study's database does not answer; the runs go on and so does the sweep: db://here: "
    assert launch.said[0] == f"{begin}server closed the connection"
    assert len(launch.said) <= 5
    assert launch.said[-1] == "The study's database answers again after 195 s."


def test_an_outage_that_lasts_too_long_ends_the_sweep(launch: MemoryLaunch) -> None:
    rough = Rough()
    study = study_on(rough, launch)
    rough.breaks["create_new_trial"] = ["before"] * 1000
    with pytest.raises(SweepError, match="The study's database has not answered for 6 hours: db://here"):
        study.ask()


def test_what_will_never_work_is_not_tried_again(launch: MemoryLaunch) -> None:
    def refuse() -> None:
        raise ProgrammingError("INSERT secret", {}, Exception("permission denied"))

    storage: Any = type("Refusing", (), {"refuse": staticmethod(refuse)})()
    reached = Reached(storage, "db://here", lambda text: text)
    reached.insist = Patience(launch).insist
    with pytest.raises(SweepError) as caught:
        reached.refuse()
    assert str(caught.value) == "The study's database refused a request: db://here: permission denied"
    assert launch.clock == 0


def claimed(storage: InMemoryStorage, sweep_id: str, name: str = "shared") -> optuna.Study:
    return optuna.create_study(
        study_name=name, storage=ClaimedStorage(storage, sweep_id), load_if_exists=True
    )


def test_points_that_a_sweep_has_queued_are_its_own() -> None:
    storage = InMemoryStorage()
    left, right = claimed(storage, "left"), claimed(storage, "right")
    left.enqueue_trial({"x": 0.5})
    assert right.ask().suggest_float("x", 0, 1) != 0.5
    assert left.ask().suggest_float("x", 0, 1) == 0.5


def test_a_point_that_nobody_has_marked_belongs_to_whoever_takes_it() -> None:
    storage = InMemoryStorage()
    study = claimed(storage, "left")
    optuna.load_study(study_name="shared", storage=storage).enqueue_trial({"x": 0.5})
    assert study.ask().suggest_float("x", 0, 1) == 0.5
    assert study.trials[0].user_attrs[CLAIM] == "left"


@pytest.mark.parametrize("other", ["left", "right"])
def test_each_trial_at_work_says_whose_it_is(other: str) -> None:
    storage = InMemoryStorage()
    ask: Callable[[str], Any] = lambda sweep_id: claimed(storage, sweep_id).ask()  # noqa: E731
    ask("left")
    ask(other)
    assert [trial.user_attrs[CLAIM] for trial in claimed(storage, "left").trials] == ["left", other]
