"""Sweeps that are interrupted and go on; a second scheduler; runs that fail and are tried again."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.asking import set_sweep_state
from sandbox.launching import client
from tests.journey.rough_stage import RoughStage, kill_scheduler, light, open_rough_stage
from tests.journey.stage import ROOT, Look
from tests.journey.sweep_files import PROJECT

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1500)]

X = {"x": {"min": 0.0, "max": 1.0}}
LONG = {**X, "epochs": {"value": 25}, "pause": {"value": 1.0}}
UNLUCKY = 10
FILES: dict[str, dict[str, Any]] = {
    # Still at work when the second scheduler has looked twice, with 40 s between.
    "claimed": light(workers=4, parameters={**LONG, "epochs": {"value": 120}}),
    "paused": light(parameters=LONG),
    "terminated": light(parameters=LONG),
    "file deleted": light(workers=1),
    "file corrupt": light(workers=1),
    "unlucky": light(
        run_cap=UNLUCKY,
        workers=5,
        parameters={**X, "unlucky": {"value": 0.3}},
        settings={"retry": {"max": 3, "on": ["crashed", "failed", "preempted"]}},
    ),
    "failing": light(
        workers=1,
        parameters={**X, "fate": {"value": "fail"}},
        settings={"stop": {"max_consecutive_failures": 2}},
    ),
}
DELETE_FILE = """
import sys, wandb
for run in sys.argv[1:]:
    (file,) = [file for file in wandb.Api().run(run).files() if file.name == "study.journal"]
    file.delete()
"""
SPOIL_FILE = """
import os, sys, wandb
folder = sys.argv[1]
os.chdir(folder)
open("study.journal", "wb").write(b"\\x00 this is no journal\\n" * 9)
for run in sys.argv[2:]:
    wandb.Api().run(run).upload_file("study.journal")
"""


@dataclass
class Seen:
    stage: RoughStage
    looks: dict[str, Look] = field(default_factory=dict)
    before: dict[str, Look] = field(default_factory=dict)
    second: int | None = None

    def complete(self, name: str, count: int = 4) -> None:
        look = self.looks[name]
        assert (look.state, look.scheduler) == ("FINISHED", "finished"), look.said
        assert not look.live
        trials = self.stage.study(name).trials
        assert [trial.state.name for trial in trials] == ["COMPLETE"] * count, look.said


@contextmanager
def second_scheduler(stage: RoughStage, name: str) -> Iterator[subprocess.Popen[str]]:
    """Another scheduler process of the sweep, started by hand as a person or another agent might."""
    home = stage.home / "second"
    home.mkdir()
    env = {
        **stage.sandbox.env(home),
        "WANDB_LAUNCH": "true",
        "WANDB_RUN_ID": stage.sweeps[name],
        "WANDB_ENTITY": stage.sandbox.entity,
        "WANDB_PROJECT": PROJECT,
    }
    command = [sys.executable, str(ROOT / "optuna_scheduler.py")]
    with (home / "said").open("w") as said:
        process = subprocess.Popen(
            command, env=env, cwd=home, stdout=said, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def interrupt(stage: RoughStage, seen: Seen) -> None:
    """End four schedulers in the middle of their work, and start a second one of another sweep."""
    about = {name: f"{stage.sweeps[name]}-0002" for name in ("file deleted", "file corrupt")}
    faults = {
        name: {"kind": "hang_before", "operation": "StartRuns", "about": run} for name, run in about.items()
    }
    stage.sandbox.fail(*faults.values())
    for name in ("paused", "terminated", "claimed"):
        stage.until(name, lambda look: len(look.live) >= 2, "at work on two runs")
    set_sweep_state(stage.sandbox, stage.sweeps["paused"], "PAUSED")
    assert kill_scheduler(stage.sweeps["terminated"], signal.SIGTERM)
    with second_scheduler(stage, "claimed") as second:
        assert stage.kill_when_struck(faults) == set(faults)
        stage.sandbox.fail()
        for name in ("paused", "terminated"):
            seen.before[name] = stage.left(name)
        seen.second = second.wait(100)


def bring_back(stage: RoughStage, name: str) -> Look:
    """Queue preempted runs again under their ids, as agents on Kubernetes do, until the sweep is over."""
    brought: set[str] = set()

    def over(look: Look) -> bool:
        gone = {run.name for run in look.runs if run.state == "preempted"} - brought
        for run in gone:
            stage.queue_again(run)
        brought.update(gone)
        return look.scheduler in ("finished", "failed")

    look = stage.until(name, over, "over")
    assert brought, "no run was preempted"
    return look


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with open_rough_stage(tmp_path_factory.mktemp("resumed"), heartbeat_timeout=45) as stage:
        stage.patience = 600.0
        seen = Seen(stage)
        stage.launch(FILES)
        with stage.agent():
            interrupt(stage, seen)
            run = f"{stage.sandbox.entity}/{PROJECT}/"
            client(stage.sandbox, ["-c", DELETE_FILE, run + stage.sweeps["file deleted"]])
            client(stage.sandbox, ["-c", SPOIL_FILE, str(stage.home), run + stage.sweeps["file corrupt"]])
            interrupted = ("paused", "terminated", "file deleted", "file corrupt")
            stage.resume(*interrupted)
            for name in interrupted:
                stage.until(name, lambda look: look.scheduler == "running", "resumed")
            seen.looks["unlucky"] = bring_back(stage, "unlucky")
            seen.looks |= {name: stage.left(name) for name in FILES if name != "unlucky"}
        yield seen


def test_a_second_scheduler_says_so_and_leaves_without_touching_the_sweep(seen: Seen) -> None:
    said = (seen.stage.home / "second" / "said").read_text()
    sweep = seen.stage.sweeps["claimed"]
    assert seen.second == 0, said
    assert f"Another scheduler works on the sweep {sweep}: leaving it alone." in said
    assert "Traceback" not in said
    assert not list((seen.stage.home / "second").glob("wandb/run-*"))
    seen.complete("claimed")


def test_a_sweep_that_is_paused_on_its_page_goes_on_where_it_was(seen: Seen) -> None:
    assert (seen.before["paused"].state, len(seen.before["paused"].runs)) == ("PAUSED", 2)
    seen.complete("paused")


def test_a_scheduler_that_is_told_to_leave_leaves_its_runs_at_work_and_is_continued(seen: Seen) -> None:
    before = seen.before["terminated"]
    assert (before.state, before.scheduler) == ("PAUSED", "finished"), before.said
    assert "the live runs go on" in before.said
    assert f"--resume_id {seen.stage.sweeps['terminated']}" in before.said
    seen.complete("terminated")
    assert [run.state for run in seen.looks["terminated"].runs] == ["finished"] * 4


@pytest.mark.parametrize("name", ["file deleted", "file corrupt"])
def test_without_its_file_the_study_is_rebuilt_from_the_runs_and_it_is_said(seen: Seen, name: str) -> None:
    seen.complete(name)
    assert "trials were rebuilt from the sweep's runs" in seen.looks[name].said


def test_every_configuration_completes_though_a_third_of_the_runs_die(seen: Seen) -> None:
    seen.complete("unlucky", UNLUCKY)
    states = {run.state for run in seen.looks["unlucky"].runs}
    assert states == {"finished", "failed", "crashed"}
    assert len(seen.looks["unlucky"].runs) > UNLUCKY


def test_failures_in_a_row_end_the_sweep_with_the_error_of_the_last_run(seen: Seen) -> None:
    look = seen.looks["failing"]
    assert (look.state, look.scheduler) == ("CANCELED", "failed")
    assert len(look.runs) == 2
    assert "2 trials failed in a row" in look.said
    assert "printed: RuntimeError: CUDA out of memory" in look.said
