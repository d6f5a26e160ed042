"""``optuna_scheduler.py start``: a sweep driven by this process, left by ctrl-C and taken up again."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest
import yaml
from optuna.trial import TrialState

from sandbox.launching import wait_for
from tests.journey.by_hand import ByHand
from tests.journey.rough_stage import RoughStage, light, open_rough_stage
from tests.journey.stage import QUEUE, ROOT, Look

pytestmark = [pytest.mark.journey, pytest.mark.slow]

RUN_CAP = 4
NAME = "started here"
MOODY = """
import os
import re

def objective(trial):
    trial.suggest_float("x", 0.0, 1.0)
    if trial.number == 1:
        raise ZeroDivisionError("a rare branch")
    if trial.number == 3:
        re.match(r"(a+)+$", "a" * 60 + "b")  # holds Python's lock for years
    if trial.number == 4:
        os._exit(3)
"""
HANGING = """
import re

class Hanging(optuna.samplers.RandomSampler):
    def before_trial(self, study, trial):
        if trial.number == 2:
            re.match(r"(a+)+$", "a" * 60 + "b")  # holds Python's lock for years

def sampler():
    return Hanging()
"""
IMPATIENT = """
import sys
sys.path.insert(0, {root!r})
from optuna_sweep.cli import main
from optuna_sweep.scheduler import OptunaScheduler

class Impatient(OptunaScheduler):
    longest_step = 20.0

main(lambda: Impatient)
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoughStage]:
    with open_rough_stage(tmp_path_factory.mktemp("start")) as stage, stage.agent():
        yield stage


@pytest.fixture(scope="module")
def interrupted(stage: RoughStage) -> tuple[ByHand, Look]:
    stage.file(NAME).write_text(yaml.safe_dump({**light(run_cap=RUN_CAP), "scheduler": {"num_workers": 1}}))
    here = ByHand(stage, NAME)
    stage.sweeps[NAME] = wait_for("a sweep is made", here.sweep, 180)
    stage.until(NAME, lambda seen: bool(seen.live), "at work")
    here.process.send_signal(signal.SIGINT)
    assert here.left() == 0, here.said
    return here, stage.look(NAME)


@pytest.fixture(scope="module")
def resumed(stage: RoughStage, interrupted: tuple[ByHand, Look]) -> tuple[ByHand, Look]:
    here = ByHand(stage, NAME, "--resume", stage.sweeps[NAME], log="resume")
    assert here.left() == 0, here.said
    return here, stage.look(NAME)


def test_the_first_line_names_the_releases(interrupted: tuple[ByHand, Look]) -> None:
    first = next(line for line in interrupted[0].said.splitlines() if "optuna: " in line)
    assert re.search(r"Scheduler \S+ with wandb 0\.\S+, Optuna \d\S+, Python 3\.\S+ and 1 worker\.", first)


def test_ctrl_c_leaves_the_sweep_paused_and_its_runs_alone(interrupted: tuple[ByHand, Look]) -> None:
    _, seen = interrupted
    assert (seen.state, seen.scheduler) == ("PAUSED", "finished")
    assert 0 < len(seen.runs) < RUN_CAP
    assert not [run for run in seen.runs if run.stopped]


def test_it_says_how_to_go_on(stage: RoughStage, interrupted: tuple[ByHand, Look]) -> None:
    command = f"start {stage.file(NAME)} --queue {QUEUE} --resume {stage.sweeps[NAME]}"
    assert f"To go on: python optuna_scheduler.py {command}" in interrupted[0].said


def test_the_sweep_goes_on_where_it_was(stage: RoughStage, resumed: tuple[ByHand, Look]) -> None:
    here, seen = resumed
    assert (seen.state, seen.scheduler) == ("FINISHED", "finished"), here.said
    assert [run.state for run in seen.runs] == ["finished"] * RUN_CAP
    trials = stage.study(NAME).trials
    assert [trial.state for trial in trials] == [TrialState.COMPLETE] * RUN_CAP
    assert [trial.params for trial in trials] == [dict(run.config) for run in seen.runs]


def test_a_sweep_that_is_not_there_is_one_sentence(stage: RoughStage) -> None:
    stage.file(NAME).write_text(yaml.safe_dump(light()))
    here = ByHand(stage, NAME, "--resume", "no-such-sweep", "--num_workers", "2", log="nowhere")
    assert here.left() == 1
    assert "Traceback" not in here.said and "no-such-sweep" in here.said


def test_a_function_that_raises_hangs_and_dies_costs_trials_and_not_the_sweep(stage: RoughStage) -> None:
    file = light(run_cap=RUN_CAP, parameters=None, settings={"optuna_source": "moody.py"})
    stage.file("moody").write_text(yaml.safe_dump(file))
    (stage.home / "moody.py").write_text(MOODY)
    here = ByHand(stage, "moody", log="moody")
    assert here.left(400) == 0, here.said
    stage.sweeps["moody"] = here.sweep() or ""
    assert [run.state for run in stage.look("moody").runs] == ["finished"] * RUN_CAP
    states = [trial.state.name for trial in stage.study("moody").trials]
    assert states == ["COMPLETE", "FAIL", "COMPLETE", "FAIL", "FAIL", "COMPLETE", "COMPLETE"]
    assert "ZeroDivisionError: a rare branch" in here.said
    assert "objective(trial) did not return within 2 seconds for trial 3." in here.said
    assert "objective(trial) ended its process with exit code 3 in trial 4." in here.said


def test_a_scheduler_that_hangs_is_ended_where_it_hangs_and_another_goes_on(stage: RoughStage) -> None:
    name, user_file, entry = "hanging", stage.home / "hanging.py", stage.home / "impatient.py"
    file = light(run_cap=RUN_CAP, settings={"optuna_source": user_file.name})
    stage.file(name).write_text(yaml.safe_dump(file))
    user_file.write_text(HANGING)
    entry.write_text(IMPATIENT.format(root=str(ROOT)))
    hanging = ByHand(stage, name, log="hanging", entry=entry)
    assert hanging.left(400) == 1, hanging.said
    stage.sweeps[name] = hanging.sweep() or ""
    assert re.search(r"Timeout \(0:00:20\)!\n(.*\n)+.*hanging.py\", line 7 in before_trial", hanging.said)
    user_file.write_text(HANGING.replace("== 2", "< 0"))
    second = ByHand(stage, name, "--resume", stage.sweeps[name], log="not-hanging")
    assert second.left(400) == 0, second.said
    assert stage.look(name).state == "FINISHED"
    assert [trial.state.name for trial in stage.study(name).trials] == ["COMPLETE"] * RUN_CAP
