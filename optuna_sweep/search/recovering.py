"""Puts a search together again, from what its study and its sweep still know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import optuna
from optuna.trial import TrialState

from optuna_sweep.errors import TrialError
from optuna_sweep.launch import KnownRun
from optuna_sweep.outcomes import Proposal
from optuna_sweep.recovery import (
    Action,
    Adopt,
    Found,
    Gap,
    Orphan,
    Replay,
    Stray,
    plan,
    stopped_with_its_sweep,
)
from optuna_sweep.run_ids import RunId
from optuna_sweep.search.search import Search


@dataclass(frozen=True, slots=True)
class Adopted:
    """A run that was found at work, or ended and not yet told.

    Attributes:
        proposal: What it carries out.
        found: What W&B knows of it.
        item_id: Its queue item, where the study knows it.
        wanted: Whether its trial waits for it; otherwise it is to be stopped.
    """

    proposal: Proposal
    found: Found
    item_id: str | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a search found when it was put together again.

    Attributes:
        runs: Runs to watch, in the order of their trials.
        lines: What people should know.
    """

    runs: tuple[Adopted, ...] = ()
    lines: tuple[str, ...] = ()


def recover(search: Search, runs: Sequence[KnownRun]) -> Recovered:
    """Make the study agree with the sweep's runs. Called once, before anything is asked.

    Args:
        search: One that has not been asked yet.
        runs: All runs of the sweep, as W&B knows them.
    """
    trials = search.study.get_trials(deepcopy=False)
    actions = plan(trials, runs, search.sweep_id, shared=search.opened.shared)
    with search.opened.at_once():
        return _Recovery(search).carry_out(actions)


class _Recovery:
    """Carries out a plan on a search."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._runs: list[Adopted] = []
        self._lines: list[str] = []
        self._lost = self._strays = 0

    def carry_out(self, actions: Sequence[Action]) -> Recovered:
        """Make the study agree with the sweep; every run that is of use is in the result."""
        for action in actions:
            self._carry_out(action)
        if self._strays:
            self._lines.append(f"{self._strays} runs are left out: the shared study has lost their trials.")
        if self._lost:
            self._lines.append(f"{self._lost} trials were rebuilt from the sweep's runs.")
        return Recovered(tuple(self._runs), tuple(self._lines))

    def _carry_out(self, action: Action) -> None:
        match action:
            case Adopt(number, runs):
                self._adopt(self._handle(number), runs)
            case Replay(number, runs):
                self._replay(number, runs)
            case Gap():
                self._fill()
            case Orphan(found):
                self._unwanted(found)
            case Stray(found):
                self._strays += 1
                self._unwanted(found)

    def _unwanted(self, found: Found) -> None:
        if not found.run.phase.ended:
            self._runs.append(Adopted(_bare(found), found, wanted=False))

    def _adopt(self, trial: optuna.Trial, runs: Sequence[Found], *, lost: bool = False) -> None:
        search = self._search
        reported = self._reported(trial)
        live = search.live_trial(trial) if runs else search.begin(trial)
        if live is None:
            return
        live.last_report = max(reported, default=None)
        items: Mapping[str, Any] = trial.user_attrs.get(search.QUEUE_ITEMS, {})
        known = {entry.place.repeat: entry for entry in runs}
        for repeat in range(search.repeats):
            entry = known.get(repeat)
            if entry is None:
                search.owe(live, replace(live.start(RunId(trial.number, repeat)), again=True))
                continue
            proposal = live.start(entry.place, reported)
            search.watch(live, proposal)
            if stopped_with_its_sweep(entry.run, trial_lost=lost):
                live.interrupted.add(proposal.run_id)
            self._runs.append(Adopted(proposal, entry, items.get(proposal.run_id)))

    def _replay(self, number: int, runs: Sequence[Found]) -> None:
        """Ask for the trial again; its parameters are fixed, so that the sampler has no say."""
        search, study = self._search, self._search.study
        trials = study.get_trials(deepcopy=False)
        lost = number >= len(trials)
        if lost:
            self._lost += 1
            try:
                point = search.space.own(runs[0].run.parameters)
                study.enqueue_trial(search.space.fix(point))
            except TrialError as error:
                self._lines.append(f"{runs[0].run.run_id} is left out of the search: {error}")
                for entry in runs:
                    self._unwanted(entry)
                self._fill()
                return
        self._adopt(search.ask_study(), runs, lost=lost)

    def _fill(self) -> None:
        lost = optuna.trial.create_trial(
            state=TrialState.FAIL, user_attrs={self._search.REASON: "lost before it had a run"}
        )
        self._search.study.add_trial(lost)

    def _handle(self, number: int) -> optuna.Trial:
        """Optuna's handle of a trial that another process asked for."""
        study = self._search.study
        storage = self._search.opened.storage
        study_id = storage.get_study_id_from_name(study.study_name)
        trial_id = storage.get_trial_id_from_study_id_trial_number(study_id, number)
        with _without_sampler(study):
            return optuna.trial.Trial(study, trial_id)

    @staticmethod
    def _reported(trial: optuna.Trial) -> list[int]:
        frozen = trial.study.get_trials(deepcopy=False)[trial.number]
        return list(frozen.intermediate_values)


@contextmanager
def _without_sampler(study: optuna.Study) -> Iterator[None]:
    """Making a handle asks the sampler for the trial's parameters, which it has got already.

    Samplers that count their suggestions (QMCSampler) would be one ahead for ever after.
    """
    sampler = study.sampler
    study.sampler = optuna.samplers.RandomSampler(seed=0)
    try:
        yield
    finally:
        study.sampler = sampler


def _bare(found: Found) -> Proposal:
    return Proposal(
        run_id=found.run.run_id,
        trial=found.place.trial,
        name=found.place.name,
        parameters=found.run.parameters,
    )
