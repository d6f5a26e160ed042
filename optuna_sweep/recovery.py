"""What a starting scheduler has to do about each trial and each run that it finds. Pure.

The W&B sweep is the truth: the study may be behind it (a file that was saved a while ago),
missing, or ahead of it (a trial whose run was never made). Nobody has to say which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.launch import KnownRun
from optuna_sweep.outcomes import Phase
from optuna_sweep.run_ids import CLAIM, RunId, read_run_id


@dataclass(frozen=True, slots=True)
class Found:
    """A run of this scheduler's making.

    Attributes:
        place: Which run of which trial it is.
        run: What W&B knows of it.
    """

    place: RunId
    run: KnownRun


@dataclass(frozen=True, slots=True)
class Adopt:
    """Go on with a trial that the study calls running; ``runs`` may be empty: none was made yet."""

    number: int
    runs: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """Ask again for a trial that the study has lost, or holds as waiting, with its runs' parameters."""

    number: int
    runs: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A lost trial that had no run; its number must stay taken."""

    number: int


@dataclass(frozen=True, slots=True)
class Orphan:
    """A run at work whose trial has been told: nobody wants its result."""

    found: Found


@dataclass(frozen=True, slots=True)
class Stray:
    """A run whose trial the shared study has lost, and whose number may be another sweep's by now."""

    found: Found


Action = Adopt | Replay | Gap | Orphan | Stray


def plan(
    trials: Sequence[FrozenTrial], runs: Sequence[KnownRun], sweep_id: str, *, shared: bool = False
) -> list[Action]:
    """The actions that make the study and the sweep agree, in the order of the trials' numbers.

    Args:
        trials: All trials of the study, by number.
        runs: All runs of the sweep; those that others made are left alone.
        sweep_id: The sweep.
        shared: Whether other sweeps may use the study. Their trials are theirs: none is adopted,
            told or replaced here.
    """
    found = _by_trial(runs, sweep_id)
    theirs = {trial.number for trial in trials if shared and _is_theirs(trial, sweep_id)}
    count = max([len(trials), *(number + 1 for number in found)])
    actions: list[Action] = []
    for number in range(count):
        of_trial = found.get(number, ())
        if number in theirs or (theirs and number >= len(trials)):
            actions += [Stray(entry) for entry in of_trial]
        elif number >= len(trials):
            actions.append(Replay(number, _newest(of_trial)) if of_trial else Gap(number))
        elif trials[number].state is TrialState.RUNNING:
            actions.append(Adopt(number, _newest(of_trial)))
        elif trials[number].state is TrialState.WAITING:
            actions += [Replay(number, _newest(of_trial))] if of_trial else []
        else:
            actions += [Orphan(entry) for entry in of_trial if not entry.run.phase.ended]
    return actions


def first_number(runs: Sequence[KnownRun], sweep_id: str) -> int | None:
    """The lowest trial number that a run of the sweep carries; None while there is no such run."""
    return min(_by_trial(runs, sweep_id), default=None)


def runs_started(runs: Sequence[KnownRun], sweep_id: str) -> int:
    """How many runs count against ``run_cap``, as W&B counts: not those that died without a summary.

    The attempts of one run are one.
    """
    counted = set()
    for run in runs:
        if not dead_without_trace(run.phase, bool(run.summary)):
            place = read_run_id(run.run_id, sweep_id)
            counted.add(run.run_id if place is None else (place.trial, place.repeat))
    return len(counted)


def dead_without_trace(phase: Phase, has_summary: bool) -> bool:
    """Whether W&B leaves such a run out when it counts a sweep's runs."""
    return phase in (Phase.STOPPED, Phase.CRASHED) and not has_summary


def stopped_with_its_sweep(run: KnownRun, *, trial_lost: bool) -> bool:
    """Whether a run whose trial is not told was stopped because its scheduler died, and not for its results.

    A launch agent cancels the sweep of a scheduler that died, which stops the sweep's runs, and W&B takes
    no stop back: what still waits is stopped as soon as it starts. Where the study has lost the trial, only
    what its scheduler wrote into the run tells that the trial was over. One that died before it wrote leaves
    the pruner to judge the run's history again.
    """
    stopped = run.stopping or run.phase is Phase.STOPPED
    return stopped and not (trial_lost and run.told)


def _is_theirs(trial: FrozenTrial, sweep_id: str) -> bool:
    """Whether another sweep, or a program that marks nothing, asked for the trial or queued it."""
    claim = trial.user_attrs.get(CLAIM)
    return trial.state is TrialState.RUNNING if claim is None else claim != sweep_id


def _by_trial(runs: Sequence[KnownRun], sweep_id: str) -> dict[int, list[Found]]:
    found: dict[int, list[Found]] = defaultdict(list)
    for run in runs:
        place = read_run_id(run.run_id, sweep_id)
        if place is not None:
            found[place.trial].append(Found(place, run))
    return found


def _newest(found: Sequence[Found]) -> tuple[Found, ...]:
    """The newest attempt of each repeat."""
    newest = {entry.place.repeat: entry for entry in sorted(found, key=lambda entry: entry.place)}
    return tuple(newest.values())
