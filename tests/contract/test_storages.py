"""What a sweep may rely on, wherever its study lives: a file, SQLite, PostgreSQL, MySQL, Redis."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from optuna_sweep.launch import Ending
from optuna_sweep.study import JOURNAL, Reached, open_journal, study_files
from tests.contract.open_databases import KINDS, database, open_at
from tests.contract.shared_sweeps import STUDY, Scheduler, config_of, training
from tests.memory_launch import MemoryLaunch

HOUSE = Path(__file__).resolve().parents[2]
RUN_CAP = 5
WRITES = ("create_new_trial", "set_trial_param", "set_trial_state_values", "set_trial_user_attr")
CALLS = ("snapshot", "start_runs", "known_runs")
EVERY = 29  # of the moments at which a scheduler is killed, where each costs a database's answers


@pytest.fixture(params=("file", *KINDS))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Opens the same place anew, as each scheduler's process does."""
    if request.param == "file":
        yield lambda: tmp_path / JOURNAL
        return
    with database(request.param, request, tmp_path) as found:
        yield lambda: open_at(found)


class Killed(BaseException):
    """What SIGKILL is to a process, for a test: nothing in the scheduler may catch it."""


class Death:
    """Counts the moments of a scheduler and ends it at one of them."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.moments = 0

    def moment(self) -> None:
        self.moments += 1
        if self.moments - 1 == self.at:
            raise Killed


class Mortal:
    """A Launch or a storage whose user may die before and after each of some calls."""

    def __init__(self, target: Any, death: Death, calls: tuple[str, ...]) -> None:
        self._target = target
        self._death = death
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)
        if name not in self._calls:
            return method

        def call(*args: Any, **named: Any) -> Any:
            self._death.moment()
            answer = method(*args, **named)
            self._death.moment()
            return answer

        return call


def trials_at(place: Any, name: str = STUDY) -> list[optuna.trial.FrozenTrial]:
    storage = open_journal(place).storage if isinstance(place, Path) else place
    return optuna.load_study(study_name=name, storage=storage).trials


def test_a_sweep_ends_with_each_result_in_the_study(place: Callable[[], Any]) -> None:
    launch = MemoryLaunch(training)
    assert Scheduler.start(config_of(RUN_CAP), launch, place()).run() is Ending.FINISHED
    trials = trials_at(place())
    assert [trial.state for trial in trials] == [TrialState.COMPLETE] * RUN_CAP
    assert [trial.values for trial in trials] == [
        [launch.runs[f"sweep-{n:04d}"].proposal.parameters["x"]] for n in range(RUN_CAP)
    ]
    assert [trial.user_attrs["run_id"] for trial in trials] == list(launch.runs)


def test_a_sweep_that_was_left_goes_on_where_it_was(place: Callable[[], Any]) -> None:
    launch = MemoryLaunch(training)
    first = Scheduler.start(config_of(RUN_CAP), launch, place())
    launch.at.append((9.0, first.loop.leave))
    assert first.run() is Ending.PAUSED
    launch.read_anew()
    assert 0 < len(launch.runs) < RUN_CAP
    assert Scheduler.start(config_of(RUN_CAP), launch, place()).run() is Ending.FINISHED
    assert [trial.state for trial in trials_at(place())] == [TrialState.COMPLETE] * RUN_CAP
    assert sorted(launch.runs) == [f"sweep-{n:04d}" for n in range(RUN_CAP)]


def mortal_sweep(launch: MemoryLaunch, database: Reached, name: str, death: Death) -> Ending:
    launch.read_anew()
    config = config_of(RUN_CAP, scheduler={"settings": {"seed": 7, "study_name": name}})
    mortal: Any = Mortal(launch, death, CALLS)
    storage: Any = Mortal(database, death, WRITES)
    return Scheduler.start(config, mortal, storage).run()


def test_a_scheduler_killed_at_any_moment_loses_and_doubles_nothing(address: str) -> None:
    database = open_at(address)
    counting = Death()
    mortal_sweep(MemoryLaunch(training), database, "uninterrupted", counting)
    assert counting.moments > 100
    for at in range(0, counting.moments, EVERY):
        launch, name = MemoryLaunch(training), f"killed-{at}"
        with pytest.raises(Killed):
            mortal_sweep(launch, database, name, Death(at))
        ending = mortal_sweep(launch, database, name, Death())
        trials = trials_at(database, name)
        where = f"killed at moment {at}"
        assert ending is Ending.FINISHED, where
        assert not launch.live(), where
        assert len(launch.runs) == RUN_CAP, where
        assert all(trial.state.is_finished() for trial in trials), where
        told = [trial.user_attrs["run_id"] for trial in trials if trial.state is TrialState.COMPLETE]
        assert sorted(told) == sorted(launch.runs), where


def processes(address: str, sweep: dict[str, Any], ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """Schedulers of that many sweeps, each in a process of its own, all at work at once."""
    words = [sys.executable, "-m", "tests.contract.shared_sweeps", address]
    started = [
        subprocess.Popen(
            [*words, sweep_id, json.dumps(sweep)],
            cwd=HOUSE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for sweep_id in ids
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(_last_line(process)) for process in started]
    finally:
        for process in started:
            process.kill()
            process.communicate(timeout=10)


def _last_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readlines()[-1]


def test_schedulers_that_share_a_study_never_touch_each_others_trials(address: str) -> None:
    sweep = {
        "method": "random",
        "metric": {"name": "loss"},
        "run_cap": 12,
        "parameters": {"x": {"min": 0.0, "max": 1.0}},
        "scheduler": {"settings": {"seed": 7, "study_name": STUDY, "pruner": {"type": "NopPruner"}}},
    }
    results = processes(address, sweep, ("left", "right"))
    assert [result["ending"] for result in results] == ["FINISHED", "FINISHED"]
    assert [len(result["runs"]) for result in results] == [12, 12]  # run_cap counts a sweep's own
    trials = trials_at(open_at(address))
    assert [trial.state for trial in trials] == [TrialState.COMPLETE] * 24
    for result, sweep_id in zip(results, ("left", "right"), strict=True):
        own = [trial for trial in trials if trial.user_attrs["sweep"] == sweep_id]
        assert {trial.user_attrs["run_id"]: trial.params for trial in own} == result["runs"]
    assert len({trial.params["x"] for trial in trials}) == 24  # one seed, and yet no point twice


def test_a_grid_that_schedulers_share_is_visited_once(address: str) -> None:
    sweep = {
        "method": "grid",
        "metric": {"name": "loss"},
        "parameters": {"x": {"values": [n / 10 for n in range(6)]}, "y": {"values": [1, 2, 3]}},
        "scheduler": {"settings": {"study_name": STUDY}},
    }
    results = processes(address, sweep, ("left", "right"))
    assert [result["ending"] for result in results] == ["FINISHED", "FINISHED"]
    points = [tuple(run.values()) for result in results for run in result["runs"].values()]
    assert len(set(points)) == 18
    # Between seeing a point free and giving it its run lies one write, in which the other may see it free.
    assert len(points) <= 18 + 4


def test_a_scheduler_that_goes_on_leaves_the_trials_of_others_alone(address: str) -> None:
    database = open_at(address)
    left, right = (MemoryLaunch(training, sweep_id=name) for name in ("left", "right"))
    first = Scheduler.start(config_of(4), left, database)
    left.at.append((3.0, first.loop.leave))
    assert first.run() is Ending.PAUSED
    at_work = [trial.number for trial in trials_at(database) if trial.state is TrialState.RUNNING]
    assert Scheduler.start(config_of(4), right, open_at(address)).run() is Ending.FINISHED
    trials = trials_at(database)
    assert at_work
    assert [trials[number].state for number in at_work] == [TrialState.RUNNING] * len(at_work)
    left.read_anew()
    assert Scheduler.start(config_of(4), left, open_at(address)).run() is Ending.FINISHED
    assert [trial.state.is_finished() for trial in trials_at(database)] == [True] * 8
    assert (len(left.runs), len(right.runs)) == (4, 4)


def test_a_shared_study_is_saved_as_a_journal_that_anybody_can_open(address: str, tmp_path: Path) -> None:
    launch = MemoryLaunch(training)
    scheduler = Scheduler.start(config_of(3), launch, open_at(address))
    scheduler.run()
    (file,) = study_files(scheduler.opened, tmp_path)
    assert [trial.values for trial in trials_at(file)] == [
        trial.values for trial in trials_at(open_at(address))
    ]
