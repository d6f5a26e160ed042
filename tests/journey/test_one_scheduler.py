"""One scheduler a sweep: three that start at once, and one that was cut off while another took its sweep."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
import yaml

from sandbox.launching import wait_for
from tests.journey.by_hand import ByHand
from tests.journey.rough_stage import RoughStage, light, open_rough_stage

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1500)]

TRIALS = 4
FILE = light(
    run_cap=TRIALS,
    workers=2,
    parameters={"x": {"min": 0.0, "max": 1.0}, "epochs": {"value": 5}, "pause": {"value": 1.0}},
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoughStage]:
    with open_rough_stage(tmp_path_factory.mktemp("one")) as stage, stage.agent():
        yield stage


def begun(stage: RoughStage, name: str) -> ByHand:
    """A scheduler at work on two runs of a sweep that it made."""
    stage.file(name).write_text(yaml.safe_dump(FILE))
    first = ByHand(stage, name, log=f"{name}-0")
    stage.sweeps[name] = wait_for("a sweep is made", first.sweep, 180)
    stage.until(name, lambda look: len(look.live) == 2, "at work on two runs")
    return first


def resumed(stage: RoughStage, name: str, log: str) -> ByHand:
    return ByHand(stage, name, "--resume", stage.sweeps[name], log=f"{name}-{log}")


def complete(stage: RoughStage, name: str) -> None:
    look = stage.look(name)
    assert (look.state, look.scheduler) == ("FINISHED", "finished"), look.said
    assert [run.state for run in look.runs] == ["finished"] * TRIALS
    assert [trial.state.name for trial in stage.study(name).trials] == ["COMPLETE"] * TRIALS


def test_of_three_schedulers_that_start_at_the_same_moment_one_works(stage: RoughStage) -> None:
    first = begun(stage, "together")
    first.process.send_signal(signal.SIGINT)
    assert first.left() == 0, first.said
    three = [resumed(stage, "together", str(i)) for i in (1, 2, 3)]
    assert [each.left(600) for each in three] == [0, 0, 0], [each.said for each in three]
    leaving = f"Another scheduler works on the sweep {stage.sweeps['together']}: leaving it alone."
    assert sorted(leaving in each.said for each in three) == [False, True, True], [
        each.said for each in three
    ]
    assert not [each for each in three if "Traceback" in each.said]
    complete(stage, "together")


def test_a_scheduler_that_was_cut_off_leaves_when_it_finds_another_at_work(stage: RoughStage) -> None:
    first = begun(stage, "cut off")
    first.send(signal.SIGSTOP)
    second = resumed(stage, "cut off", "1")
    try:
        wait_for("the second scheduler is at work", lambda: "queued as" in second.said or None, 300)
    finally:
        first.send(signal.SIGCONT)
    assert first.left() == 0, first.said
    assert "Another scheduler has taken the sweep over: leaving everything to it." in first.said
    assert "The sweep ends" not in first.said
    assert second.left(600) == 0, second.said
    complete(stage, "cut off")
