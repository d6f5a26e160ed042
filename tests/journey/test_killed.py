"""Schedulers killed with SIGKILL at moments that the sandbox chooses, and continued with ``--resume_id``.

``tests/thorough/test_crashes.py`` does the same at every single moment, in memory. Here a sample of them
goes through real processes: wandb's own; the launch agent, which cancels the sweep of a dead scheduler, and
with it all that runs and waits; and the file of the study, which W&B has only as of its last upload.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journey.rough_stage import RoughStage, light, open_rough_stage
from tests.journey.stage import Look

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(2400)]

RUN_CAP = 4
SAMPLE = 20
UNQUEUED = "making run"
# The request of the scheduler that is struck, before or after it is answered, each in a sweep of its own.
STEPS: dict[str, tuple[str, str, int]] = {
    **{f"reading the sweep {nth}": ("SweepWithRuns", "{}", nth) for nth in range(3)},
    "registering": ("CreateAgent", "{}", 0),
    **{f"{UNQUEUED} {trial}": ("StartRuns", f"{{}}-{trial:04}", 0) for trial in range(RUN_CAP)},
    **{f"starting run {trial}": ("StartRuns", f"{{}}-{trial:04}", 0) for trial in range(RUN_CAP)},
    **{f"poll {nth}": ("SweepPoll", "{}", nth) for nth in range(5)},
    **{f"keeping a file {nth}": ("CreateRunFiles", "{}", nth) for nth in range(3)},
    **{f"its own history {nth}": ("file_stream", "/{}/", nth) for nth in range(3)},
    "saving the study": ("CreateArtifact", "optuna-study-{}", 0),
}
MOMENTS = [f"{when} {step}" for step in STEPS for when in ("before", "after")]
CHOSEN = sorted(random.Random(4).sample(MOMENTS, SAMPLE))
UNINTERRUPTED = "uninterrupted"


@dataclass(frozen=True)
class Ended:
    stage: RoughStage
    killed: set[str]
    looks: dict[str, Look]


def fault(moment: str, sweep: str) -> dict[str, Any]:
    when, _, step = moment.partition(" ")
    operation, about, nth = STEPS[step]
    about = about.format(sweep)
    struck = {"kind": f"hang_{when}", "operation": operation, "about": about, "skip": nth, "times": 1}
    if moment.startswith(f"after {UNQUEUED}"):
        return {**struck, "fields": ["q*"]}  # W&B dies, too
    return struck


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    with open_rough_stage(tmp_path_factory.mktemp("killed")) as stage:
        stage.patience = 1200.0
        stage.launch({name: light(run_cap=RUN_CAP) for name in (UNINTERRUPTED, *CHOSEN)})
        faults = {moment: fault(moment, stage.sweeps[moment]) for moment in CHOSEN}
        with stage.agent():
            killed = stage.kill_when_struck(faults)
            stage.sandbox.fail()
            stage.resume(*sorted(killed))
            looks = {name: stage.left(name) for name in stage.sweeps}
        yield Ended(stage, killed, looks)


def test_nearly_every_chosen_moment_comes(ended: Ended) -> None:
    assert len(ended.killed) >= SAMPLE - 2


@pytest.mark.parametrize("moment", CHOSEN)
def test_a_sweep_killed_at_this_moment_ends_with_every_trial_told_once(ended: Ended, moment: str) -> None:
    seen, expected = ended.looks[moment], ended.looks[UNINTERRUPTED]
    assert (seen.state, seen.scheduler) == ("FINISHED", "finished"), seen.said
    assert not seen.live
    trials = ended.stage.study(moment).trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * RUN_CAP, seen.said
    assert [trial.params for trial in trials] == [dict(run.config) for run in expected.runs]
    values = {run.name.removeprefix(ended.stage.sweeps[moment]): run.summary.get("loss") for run in seen.runs}
    assert all(trial.value in values.values() for trial in trials)


@pytest.mark.parametrize("moment", CHOSEN)
def test_no_run_is_made_beside_those_of_the_trials(ended: Ended, moment: str) -> None:
    sweep = ended.stage.sweeps[moment]
    first = [f"{sweep}-{trial:04}" for trial in range(RUN_CAP)]
    again = {f"{name}-r{attempt}" for name in first for attempt in (1, 2)}
    names = [run.name for run in ended.looks[moment].runs]
    assert [name for name in names if name not in again] == first
