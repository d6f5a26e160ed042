"""A scheduler that dies at any moment is continued by the next one.

The whole sweep is run once to count the moments: before and after every call to Launch, between the
orders of a request that starts runs (where W&B dies with the scheduler), and after every write to the
study's file (the moment before a write leaves the same traces as the one after what came before it).
Then it is killed at each of them, and continued by a scheduler that knows nothing but the file and the
sweep.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import optuna
import pytest

from optuna_sweep.config import SweepConfig
from optuna_sweep.launch import Ending
from optuna_sweep.loop import Loop
from optuna_sweep.outcomes import Phase, Proposal
from optuna_sweep.recovery import runs_started
from optuna_sweep.search import recover
from optuna_sweep.setup import make_search
from optuna_sweep.stopping import StopRules
from optuna_sweep.study import JOURNAL, open_journal
from optuna_sweep.user_file import UserFile
from tests.memory_launch import MemoryLaunch, Script, curve, no_answer

RUN_CAP = 6
CALLS = ("begin_sweep", "snapshot", "start_runs", "queue_items", "stop_run", "known_runs")
ORDERS = ("create_run", "enqueue")
CONFIG = SweepConfig.parse(
    {
        "method": "random",
        "metric": {"name": "loss"},
        "run_cap": RUN_CAP,
        "parameters": {
            "x": {"min": 0.0, "max": 1.0},
            "y": {"distribution": "normal", "mu": 0.0, "sigma": 1.0},
            "c": {"values": ["a", [1, 2], None]},
        },
        "scheduler": {
            "settings": {
                "seed": 7,
                "pruner": {"type": "ThresholdPruner", "args": {"upper": 5.0}},
                "retry": {"max": 2, "on": ["crashed"]},
            }
        },
    }
)


class Killed(BaseException):
    """What SIGKILL is to a process, for a test: nothing in the scheduler may catch it."""


@dataclass
class Death:
    """Counts the moments of a scheduler and ends it at one of them."""

    at: int | None = None
    moments: list[str] = field(default_factory=list)

    def moment(self, name: str) -> None:
        self.moments.append(name)
        if len(self.moments) - 1 == self.at:
            raise Killed(name)


class Mortal:
    """A Launch whose scheduler may die before or after each call."""

    def __init__(self, launch: MemoryLaunch, death: Death) -> None:
        self._launch = launch
        self._death = death

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._launch, name)
        if name not in CALLS:
            return target

        def call(*args: Any, **keywords: Any) -> Any:
            self._death.moment(f"before {name}")
            answer = target(*args, **keywords)
            self._death.moment(f"after {name}")
            return answer

        return call


def training(proposal: Proposal) -> Script:
    """Trial 1 is pruned, the first run of trial 3 crashes, the others end with their x."""
    if proposal.trial == 1:
        return curve([9.0] * 4, every=6.0, stop_lag=6.0)
    if proposal.trial == 3 and not proposal.retry:
        return Script(end=Phase.CRASHED, seconds=7)
    return curve([1.0, proposal.parameters["x"]], every=6.0)


def schedule(launch: MemoryLaunch, journal: Path, death: Death, patch: pytest.MonkeyPatch) -> Ending:
    """One scheduler's life: what ``OptunaScheduler`` does between start and end."""
    launch.read_anew()
    real = os.fsync
    faults = launch.faults

    def between(call: str, nth: int) -> None:
        if call in ORDERS:
            death.moment(f"before {call}")
        faults(call, nth)

    def fsync(file: int) -> None:
        real(file)
        death.moment("after a write")

    with patch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        patched.setattr(launch, "faults", between)
        mortal: Any = Mortal(launch, death)
        search, _ = make_search(CONFIG, UserFile(), sweep_id=launch.sweep_id, storage=journal, say=launch.say)
        runs = mortal.known_runs()
        recovered = recover(search, runs)
        mortal.begin_sweep()
        rules = StopRules(
            run_cap=CONFIG.run_cap, metrics=CONFIG.metrics, started=runs_started(runs, launch.sweep_id)
        )
        loop = Loop(launch=mortal, search=search, rules=rules, workers=2)
        loop.adopt(recovered.runs)
        return loop.run()


def keep(journal: Path) -> None:
    """The file is as the dead scheduler left it."""


def lose(journal: Path) -> None:
    """The file is gone."""
    journal.unlink(missing_ok=True)


def tear(journal: Path) -> None:
    """The file's last third is gone, in the middle of a line."""
    if journal.exists():
        os.truncate(journal, journal.stat().st_size * 2 // 3)


def spoil(journal: Path) -> None:
    """The file is no journal at all."""
    journal.write_bytes(b"\x00\x01 not a journal\n" * 3)


def outcome_of(journal: Path) -> list[tuple[str, dict[str, Any], list[float] | None]]:
    (study,) = open_journal(journal).storage.get_all_studies()
    loaded = optuna.load_study(study_name=study.study_name, storage=open_journal(journal).storage)
    return [(trial.state.name, trial.params, trial.values) for trial in loaded.trials]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[Any]]:
    journal = tmp_path_factory.mktemp("uninterrupted") / JOURNAL
    death = Death()
    with pytest.MonkeyPatch.context() as patch:
        assert schedule(MemoryLaunch(training), journal, death, patch) is Ending.FINISHED
    return death.moments, outcome_of(journal)


def killed_at_each(
    moments: list[str], folder: Path, patch: pytest.MonkeyPatch
) -> Iterator[tuple[MemoryLaunch, Path, str]]:
    """For each moment a sweep whose scheduler died at it, the file of its study, and where that was."""
    for at, moment in enumerate(moments):
        journal = folder / f"{at}" / JOURNAL
        journal.parent.mkdir()
        launch = MemoryLaunch(training)
        with pytest.raises(Killed):
            schedule(launch, journal, Death(at), patch)
        yield launch, journal, f"killed at moment {at}, {moment}"


def test_the_uninterrupted_sweep_prunes_retries_and_completes(
    uninterrupted: tuple[list[str], list[Any]],
) -> None:
    moments, trials = uninterrupted
    assert [state for state, _, _ in trials] == ["COMPLETE", "PRUNED", *["COMPLETE"] * 4]
    assert {moment.split()[-1] for moment in moments} == {*CALLS, *ORDERS, "write"} - {"queue_items"}
    assert len(moments) > 80


@pytest.mark.parametrize("damage", [keep, lose, tear, spoil])
def test_a_sweep_killed_at_any_moment_goes_on_as_if_nothing_had_happened(
    damage: Callable[[Path], None],
    uninterrupted: tuple[list[str], list[Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments, expected = uninterrupted
    for launch, journal, where in killed_at_each(moments, tmp_path, monkeypatch):
        damage(journal)
        ending = schedule(launch, journal, Death(), monkeypatch)
        assert ending is Ending.FINISHED, where
        assert not launch.live(), where
        assert sorted(launch.runs) == [f"sweep-000{n}" for n in range(4)] + ["sweep-0003-r1"] + [
            f"sweep-000{n}" for n in range(4, RUN_CAP)
        ], where
        assert outcome_of(journal) == expected, where


@pytest.mark.parametrize("damage", [keep, lose])
def test_runs_that_are_stopped_when_their_scheduler_dies_are_run_again(
    damage: Callable[[Path], None],
    uninterrupted: tuple[list[str], list[Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments, expected = uninterrupted
    for launch, journal, where in killed_at_each(moments, tmp_path, monkeypatch):
        launch.cancel()
        damage(journal)
        assert schedule(launch, journal, Death(), monkeypatch) is Ending.FINISHED, where
        assert not launch.live(), where
        assert outcome_of(journal) == expected, where


@pytest.mark.parametrize("nth", range(1, RUN_CAP + 2))
@pytest.mark.parametrize("order", ["start_runs", *ORDERS])
def test_an_order_that_fails_is_made_up_for_and_queues_nothing_twice(
    order: str,
    nth: int,
    uninterrupted: tuple[list[str], list[Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    launch, journal = MemoryLaunch(training), tmp_path / JOURNAL
    launch.faults = no_answer(order, first=nth, last=nth)
    assert schedule(launch, journal, Death(), monkeypatch) is Ending.FINISHED
    assert outcome_of(journal) == uninterrupted[1]


@pytest.mark.parametrize("order", ["start_runs", "enqueue"])
def test_a_sweep_killed_at_any_moment_after_an_order_failed_goes_on(
    order: str,
    uninterrupted: tuple[list[str], list[Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counting = MemoryLaunch(training)
    counting.faults = no_answer(order, first=2, last=2)
    death = Death()
    schedule(counting, tmp_path / JOURNAL, death, monkeypatch)
    for at, moment in enumerate(death.moments):
        launch, journal = MemoryLaunch(training), tmp_path / f"{at}" / JOURNAL
        journal.parent.mkdir()
        launch.faults = no_answer(order, first=2, last=2)
        with pytest.raises(Killed):
            schedule(launch, journal, Death(at), monkeypatch)
        where = f"killed at moment {at}, {moment}"
        assert schedule(launch, journal, Death(), monkeypatch) is Ending.FINISHED, where
        assert outcome_of(journal) == uninterrupted[1], where
