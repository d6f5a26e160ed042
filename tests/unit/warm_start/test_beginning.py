"""When a search starts from earlier results, and what that is to the sweep's own runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import optuna
import pytest

from optuna_sweep.errors import ConfigError, Unavailable
from optuna_sweep.launch import KnownRun
from optuna_sweep.outcomes import Phase
from optuna_sweep.search import recover
from optuna_sweep.study import JOURNAL
from optuna_sweep.warm_start import ORIGIN, Sources, begin_warm
from tests.unit.warm_start.searches import Library, config, run, search_of, sources

OLD = [run(1, 0.4), run(2, 0.2), run(3, phase=Phase.FAILED), run(4, 0.3, x=9.0, y=0.0, c="a")]


def test_a_new_search_starts_with_the_trials_of_the_sweep_that_it_names(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    lines = begin_warm(search, sources(old=OLD), [])
    assert [(trial.number, trial.value) for trial in search.study.trials] == [(0, 0.4), (1, 0.2)]
    assert lines == (
        "warm_start: old run old-0001: used, 0.4",
        "warm_start: old run old-0002: used, 0.2",
        "warm_start: old run old-0003: not used: the training process failed",
        "warm_start: old run old-0004: not used: outside the space: x: 9.0: a number from 0.0 to 1.0",
        "warm_start: the search starts from 2 of 4 earlier results.",
    )


def test_the_first_run_is_that_of_the_first_trial_that_was_asked(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    begin_warm(search, sources(old=OLD), [])
    proposal = search.ask()
    assert proposal is not None and proposal.run_id == "sweep-0002"


def test_a_sampler_learns_from_the_imported_trials(tmp_path: Path) -> None:
    many = [run(n, abs(n / 50 - 0.5), x=n / 50, y=n / 50, c="a") for n in range(50)]

    def distance(journal: Path, *old: KnownRun) -> float:
        search = search_of(config(), journal)
        begin_warm(search, sources(old=old), [])
        asked = [search.ask() for _ in range(20)]
        return fmean(abs(proposal.parameters["x"] - 0.5) for proposal in asked if proposal is not None)

    cold, warm = distance(tmp_path / "cold"), distance(tmp_path / "warm", *many)
    assert warm < 0.75 * cold


def test_the_same_source_twice_gives_each_result_once(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    begin_warm(search, sources("old", "p/old", **{"old": OLD, "p/old": OLD}), [])
    assert len(search.study.trials) == 2


def test_a_search_that_goes_on_is_not_started_again(tmp_path: Path) -> None:
    begin_warm(search_of(config(), tmp_path / JOURNAL), sources(old=OLD), [])
    again = search_of(config(), tmp_path / JOURNAL)
    assert begin_warm(again, sources(old=[*OLD, run(5)]), []) == ()
    assert len(again.study.trials) == 2


def test_nothing_is_added_to_a_study_that_has_runs_of_its_own(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    search.ask()
    (line,) = begin_warm(search, sources(old=OLD), [])
    assert "has trials of its own" in line
    assert len(search.study.trials) == 1


def test_a_configuration_that_an_earlier_sweep_ran_is_not_run_again(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    begin_warm(search, sources(old=OLD), [])
    known = OLD[0].parameters
    search.study.enqueue_trial(search.space.fix(known))
    proposal = search.ask()
    assert proposal is not None
    assert proposal.parameters != {**known, "epochs": 3}
    assert search.study.trials[2].user_attrs["reason"] == "a repeat of a configuration that was already run"


def test_a_sweep_that_w_and_b_does_not_answer_for_changes_nothing(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)

    class Silent(Library):
        def runs_of(self, sweep: str, columns: Sequence[Sequence[str]]) -> tuple[KnownRun, ...]:
            raise Unavailable("no answer")

    with pytest.raises(Unavailable):
        begin_warm(search, Sources(["old"], "sweep", Silent({}), Path), [])
    assert begin_warm(search, sources(old=OLD), [])[-1].endswith("2 of 4 earlier results.")


# Single runs ----------------------------------------------------------------------------------


def test_prior_runs_are_used_each_with_its_line(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    lines = begin_warm(search, sources(old=OLD, prior=["old-0002", "p/old-0001", "old-0003"]), [])
    assert [trial.value for trial in search.study.trials] == [0.2, 0.4]
    assert lines == (
        "warm_start: prior run old-0002: used, 0.2",
        "warm_start: p run old-0001: used, 0.4",
        "warm_start: prior run old-0003: not used: the training process failed",
        "warm_start: the search starts from 2 of 3 earlier results.",
    )


def test_runs_that_were_added_to_the_sweep_are_prior_runs(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    lines = begin_warm(search, sources(attached=OLD), OLD[:2])
    assert lines[:2] == (
        "warm_start: prior run old-0001: used, 0.4",
        "warm_start: prior run old-0002: used, 0.2",
    )
    assert begin_warm(search_of(config(), tmp_path / JOURNAL), sources(attached=OLD), OLD[:2]) == ()


def test_a_run_that_is_named_and_added_counts_once(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    lines = begin_warm(search, sources(prior=["e/p/old-0001"], old=OLD), [OLD[0]])
    assert lines[0] == "warm_start: e/p run old-0001: used, 0.4"
    assert len(lines) == 2


def test_the_runs_of_this_scheduler_and_its_own_are_no_prior_runs(tmp_path: Path) -> None:
    itself = KnownRun(run_id="sweep", phase=Phase.RUNNING, parameters={}, summary={})
    own = [own_run(0), itself]
    assert begin_warm(search_of(config(), tmp_path / JOURNAL), sources(attached=OLD), own) == ()


def test_a_prior_run_that_w_and_b_does_not_have_is_told(tmp_path: Path) -> None:
    told = problem(search_of(config(), tmp_path / JOURNAL), sources(old=OLD, prior=["old-0001", "gone"]))
    assert told == (
        "prior_runs[1]: 'gone': a run that W&B has, written run, project/run or entity/project/run: "
        "Correct or remove it"
    )


# Studies --------------------------------------------------------------------------------------


def stored(folder: Path) -> Path:
    """The folder of an artifact: the file of a search with two trials."""
    folder.mkdir()
    search = search_of(config(), folder / JOURNAL)
    begin_warm(search, sources(old=OLD), [])
    search.ask()
    return folder


def test_a_study_artifact_gives_its_trials(tmp_path: Path) -> None:
    folder = stored(tmp_path / "artifact")
    search = search_of(config(), tmp_path / JOURNAL)
    lines = begin_warm(search, sources("e/p/study:v0", folder=folder), [])
    assert [trial.value for trial in search.study.trials] == [0.4, 0.2]
    assert search.study.trials[0].params == search_of(config(), folder / JOURNAL).study.trials[0].params
    assert lines[2] == "warm_start: e/p/study:v0 trial 2: not used: running"


def test_a_study_of_somebody_else_gives_its_trials(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    file = optuna.storages.journal.JournalFileBackend(str(tmp_path / "theirs" / "study.journal"))
    study = optuna.create_study(storage=optuna.storages.JournalStorage(file))
    for kind in ("a", "b"):
        study.enqueue_trial({"c": kind})
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        trial.suggest_float("y", -3, 3)
        trial.suggest_categorical("c", ["a", "b"])
        study.tell(trial, 0.5)
    search = search_of(config(), tmp_path / "own" / JOURNAL)
    begin_warm(search, sources("p/theirs:latest", folder=tmp_path / "theirs"), [])
    theirs = study.trials[0].params
    (imported,) = search.study.trials
    assert search.space.config(imported) == {**theirs, "y": pytest.approx(theirs["y"]), "epochs": 3}


# What cannot be used ---------------------------------------------------------------------------


def problem(search: Any, given: Sources) -> str:
    with pytest.raises(ConfigError) as caught:
        begin_warm(search, given, [])
    return str(caught.value)


def test_all_sources_that_are_not_there_are_told_together(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    told = problem(search, sources("p/lost", "p/gone:v1", "p/sweep"))
    assert told.splitlines() == [
        "scheduler.settings.warm_start[0]: 'p/lost': there is no sweep 'p/lost': a sweep that W&B has, "
        "written sweep, project/sweep or entity/project/sweep: Correct or remove it",
        "scheduler.settings.warm_start[1]: 'p/gone:v1' is gone: one: Correct or remove it",
        "scheduler.settings.warm_start[2]: 'p/sweep', which is this sweep: a sweep that W&B has, written "
        "sweep, project/sweep or entity/project/sweep: Correct or remove it",
    ]
    assert not search.study.trials


def test_an_artifact_without_a_journal_is_told(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / "own" / JOURNAL)
    told = problem(search, sources("p/code:v1", folder=tmp_path / "nothing"))
    assert (
        "'p/code:v1': there are 0 journal files (*.journal) in it: a study with the sweep's objectives"
        in told
    )


def test_a_study_with_another_direction_is_told(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    file = optuna.storages.journal.JournalFileBackend(str(tmp_path / "theirs" / "study.journal"))
    optuna.create_study(storage=optuna.storages.JournalStorage(file), direction="maximize")
    search = search_of(config(), tmp_path / "own" / JOURNAL)
    told = problem(search, sources("p/theirs:v1", folder=tmp_path / "theirs"))
    assert "there are 0 studies with the directions minimize in it" in told


# The study's file is lost ----------------------------------------------------------------------


def own_run(number: int) -> KnownRun:
    return KnownRun(
        run_id=f"sweep-{number:04d}",
        phase=Phase.FINISHED,
        parameters={"x": 0.9, "y": 0.5 + number, "c": "a", "epochs": 3},
        summary={"loss": 0.1},
    )


@pytest.mark.parametrize(
    "now",
    [OLD, OLD[1:], [], [run(0, 0.9), *OLD, run(5), run(6)]],
    ids=["as it was", "a run was deleted", "all were deleted", "it has gone on"],
)
def test_runs_are_rebuilt_under_their_own_numbers_whatever_the_sources_have_become(
    now: Sequence[KnownRun], tmp_path: Path
) -> None:
    runs = [own_run(2), own_run(3)]
    search = search_of(config(), tmp_path / JOURNAL)
    begin_warm(search, sources("old", old=now), runs)
    recovered = recover(search, runs)
    assert [found.proposal.run_id for found in recovered.runs] == ["sweep-0002", "sweep-0003"]
    trials = search.study.trials
    assert [search.space.config(trials[number])["y"] for number in (2, 3)] == pytest.approx([2.5, 3.5])
    assert all(ORIGIN not in trial.user_attrs for trial in trials[2:])
    proposal = search.ask()
    assert proposal is not None and proposal.run_id == "sweep-0004"


def test_a_source_that_is_gone_by_then_does_not_stop_the_sweep(tmp_path: Path) -> None:
    runs = [own_run(2)]
    search = search_of(config(), tmp_path / JOURNAL)
    lines = begin_warm(search, sources("old", "lost", old=OLD), runs)
    assert lines[0].startswith("scheduler.settings.warm_start[1]: 'lost'")
    assert len(search.study.trials) == 2


def test_a_sweep_whose_first_runs_started_cold_stays_cold(tmp_path: Path) -> None:
    search = search_of(config(), tmp_path / JOURNAL)
    begin_warm(search, sources(old=OLD), [own_run(0)])
    assert not search.study.trials
