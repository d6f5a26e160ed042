"""Trials that have finished are translated once, and listed by number whatever the order of their ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import optuna
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.space.trial_ledger import TrialLedger

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


class Noted(InMemoryStorage):
    """A storage that counts how often its trials are read."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0

    def get_all_trials(self, *args: Any, **named: Any) -> list[FrozenTrial]:
        self.read += 1
        return super().get_all_trials(*args, **named)


class Bench:
    """A study, its ledger, and the numbers of the trials that were translated."""

    def __init__(self, count_finished: Callable[[], int | None] = lambda: None) -> None:
        self.storage = Noted()
        self.study = optuna.create_study(storage=self.storage)
        self.translated: list[int] = []
        self.ledger = TrialLedger(self.storage, 0, self.translate, count_finished)

    def translate(self, trial: FrozenTrial) -> FrozenTrial:
        self.translated.append(trial.number)
        return trial

    def numbers(self, *states: TrialState) -> list[int]:
        return [trial.number for trial in self.ledger.trials(states or None)]


def test_a_finished_trial_is_translated_once_however_often_it_is_asked_for() -> None:
    bench = Bench()
    for value in (1.0, 2.0):
        bench.study.tell(bench.study.ask(), value)
    for _ in range(3):
        assert bench.numbers(TrialState.COMPLETE) == [0, 1]
    assert bench.translated == [0, 1]


def test_live_trials_are_left_alone_by_a_question_about_finished_ones() -> None:
    bench = Bench()
    bench.study.ask()
    assert bench.numbers(*FINISHED) == []
    assert bench.translated == []
    assert bench.numbers() == [0]


def test_trials_that_end_out_of_order_are_listed_by_number() -> None:
    bench = Bench()
    trials = [bench.study.ask() for _ in range(4)]
    for number in (3, 1):
        bench.study.tell(trials[number], 0.5)
        bench.numbers(TrialState.COMPLETE)
    bench.study.tell(trials[0], state=TrialState.FAIL)
    assert bench.numbers(TrialState.COMPLETE) == [1, 3]
    assert bench.numbers(*FINISHED) == [0, 1, 3]
    assert bench.numbers() == [0, 1, 2, 3]


def test_while_as_many_have_finished_nothing_is_read_for_those_who_want_finished_ones() -> None:
    finished = 0
    bench = Bench(lambda: finished)
    before, after = (bench.study.ask() for _ in range(2))
    bench.study.tell(before, 1.0)
    finished = 1
    assert bench.numbers(TrialState.COMPLETE) == [0]
    read = bench.storage.read
    assert bench.numbers(*FINISHED) == bench.numbers(TrialState.COMPLETE) == [0]
    assert bench.storage.read == read
    assert bench.numbers() == [0, 1]
    assert bench.storage.read == read + 1
    bench.study.tell(after, 2.0)
    finished = 2
    assert bench.numbers(TrialState.COMPLETE) == [0, 1]


def test_one_that_was_made_and_finished_meanwhile_is_found() -> None:
    finished = 0
    bench = Bench(lambda: finished)
    bench.study.ask()
    assert bench.numbers() == [0]
    bench.study.tell(bench.study.ask(), state=TrialState.FAIL)
    finished = 1
    assert bench.numbers(*FINISHED) == [1]


def test_the_list_is_the_callers_own() -> None:
    bench = Bench()
    bench.study.tell(bench.study.ask(), 1.0)
    bench.ledger.trials([TrialState.COMPLETE]).clear()
    assert bench.numbers(TrialState.COMPLETE) == [0]
