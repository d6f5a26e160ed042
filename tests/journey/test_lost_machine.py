"""A machine is lost with all that ran on it: the launch agent, the scheduler, and the training runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from sandbox.asking import set_sweep_state
from tests.journey.rough_stage import RoughStage, light, open_rough_stage, send_all
from tests.journey.stage import Look

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1500)]

EPOCHS = 30
FILE = light(
    parameters={"x": {"min": 0.0, "max": 1.0}, "epochs": {"value": EPOCHS}, "pause": {"value": 1.0}},
    settings={"retry": {"max": 1, "on": ["crashed"]}},
)


def lose_the_machine(stage: RoughStage) -> None:
    """SIGKILL whatever talks to this W&B. Nobody is left to say goodbye."""
    send_all(f"WANDB_BASE_URL={stage.sandbox.url}", signal.SIGKILL)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RoughStage, Look, Look]]:
    with open_rough_stage(tmp_path_factory.mktemp("lost"), heartbeat_timeout=45) as stage:
        stage.patience = 600.0
        stage.launch({"lost": FILE})
        with stage.agent():
            before = stage.until("lost", lambda look: len(look.live) == 2, "at work on two runs")
            lose_the_machine(stage)
        # W&B still takes the sweep for a running one, and wandb's client resumes none that runs.
        assert stage.look("lost").state == "RUNNING"
        set_sweep_state(stage.sandbox, stage.sweeps["lost"], "PAUSED")
        stage.resume("lost")
        with stage.agent(name="another-machine"):
            stage.until("lost", lambda look: len(look.runs) > 2, "at work again")
            yield stage, before, stage.left("lost")


def test_what_died_with_the_machine_runs_again_and_every_trial_is_told_once(
    seen: tuple[RoughStage, Look, Look],
) -> None:
    stage, before, after = seen
    assert (after.state, after.scheduler) == ("FINISHED", "finished"), after.said
    trials = stage.study("lost").trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 4, after.said
    states = {run.name: run.state for run in after.runs}
    sweep = stage.sweeps["lost"]
    assert [states.pop(run.name) for run in before.live] == ["crashed", "crashed"]
    assert states == dict.fromkeys([f"{run.name}-r1" for run in before.live], "finished") | {
        f"{sweep}-0002": "finished",
        f"{sweep}-0003": "finished",
    }


def test_an_attempt_has_the_parameters_of_the_run_that_was_lost(seen: tuple[RoughStage, Look, Look]) -> None:
    _, before, after = seen
    again = {run.name: run.config for run in after.runs}
    assert [again[f"{run.name}-r1"] for run in before.live] == [run.config for run in before.live]
