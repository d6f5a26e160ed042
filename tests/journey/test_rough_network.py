"""W&B fails, is slow, is away, says no, or has lost the sweep. All sweeps are at work at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.asking import ask
from tests.journey.other_agent import container
from tests.journey.rough_stage import RoughStage, light, open_rough_stage
from tests.journey.stage import Look

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1500)]

RUNS = 30
OUTAGE = 90.0
LATENCY = 2.0
ITEMS = """
query ($entity: String!) {
  project(name: "model-registry", entityName: $entity) {
    runQueue(name: "journeys") { runQueueItems { edges { node { state runSpec associatedRunId } } } }
  }
}"""
OF_THE_AGENT = (
    "ackRunQueueItem",
    "RunState",
    "RunStoppedStatus",
    "GetSweepState",
    "updateRunQueueItemWarning",
)


def aside(**aim: str) -> dict[str, Any]:
    """The first fault that strikes counts, and this one does no harm."""
    return {"kind": "delay", "seconds": 0.0, **aim}


# The agent and the training jobs name the sweep, too; only the scheduler is to suffer.
SPARED = [aside(sender="Python-urllib*"), *(aside(operation=name) for name in OF_THE_AGENT)]


def rough(**aim: str) -> list[dict[str, Any]]:
    """20 % errors, 10 % dropped connections, half of them after the work was done, 10 % rate limits."""
    return [
        {"kind": "status", "status": 500, "rate": 0.2, **aim},
        {"kind": "drop_before", "rate": 0.05, **aim},
        {"kind": "drop_after", "rate": 0.05, **aim},
        {"kind": "status", "status": 429, "retry_after": 2, "rate": 0.1, **aim},
    ]


@dataclass(frozen=True)
class Seen:
    stage: RoughStage
    looks: dict[str, Look]
    agent_log: str


def long(**keys: Any) -> dict[str, Any]:
    return light(
        parameters={"x": {"min": 0.0, "max": 1.0}, "epochs": {"value": 15}, "pause": {"value": 1.0}}, **keys
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with open_rough_stage(tmp_path_factory.mktemp("rough")) as stage:
        stage.patience = 700.0
        # Another name of the same address, by which the requests of this one scheduler are known.
        rough_one = light(run_cap=RUNS, workers=8)
        localhost = stage.sandbox.url.replace("127.0.0.1", "localhost")
        rough_one["scheduler"]["resource_args"] = container(f"WANDB_BASE_URL={localhost}")
        stage.launch({"rough": rough_one, "slow": light(), "away": long(), "forbidden": long()})
        ids = stage.sweeps
        always = [
            *rough(about="//localhost"),
            *SPARED,
            {"kind": "delay", "seconds": LATENCY, "about": ids["slow"]},
        ]
        stage.sandbox.fail(*always, seed=7)
        with stage.agent() as agent:
            for name in ("away", "forbidden"):
                stage.until(name, lambda look: len(look.live) == 2, "at work")
            outage = {"kind": "status", "status": 500, "about": ids["away"]}
            refusal = {"kind": "status", "status": 403, "about": ids["forbidden"]}
            stage.sandbox.fail(*always, outage, refusal, seed=8)
            stage.pass_time(OUTAGE)
            stage.sandbox.fail(*always, refusal, seed=9)
            looks = {name: stage.left(name) for name in ("slow", "away", "rough")}
            stage.gone("forbidden")
            looks["forbidden"] = stage.look("forbidden")
            log = agent.log.read_text(errors="replace")
        stage.sandbox.fail()
        yield Seen(stage, looks, log)


def queued(seen: Seen, name: str) -> Counter[str]:
    """How often each run of the sweep was put on the queue."""
    answer = ask(seen.stage.sandbox, ITEMS, entity=seen.stage.sandbox.entity)
    edges = answer["project"]["runQueue"]["runQueueItems"]["edges"]
    runs = [edge["node"]["associatedRunId"] or "" for edge in edges]
    return Counter(run for run in runs if run.startswith(f"{seen.stage.sweeps[name]}-"))


def test_a_sweep_ends_finished_through_errors_drops_and_rate_limits(seen: Seen) -> None:
    look = seen.looks["rough"]
    # What a scheduler says may itself be lost on this way; the agent writes it down as well.
    told = "\n".join(line for line in seen.agent_log.splitlines() if "optuna" in line or "Error" in line)
    assert (look.state, look.scheduler) == ("FINISHED", "finished"), told
    trials = seen.stage.study("rough").trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * RUNS
    # Not in the order of the runs: where an answer was lost, later ones may be made first.
    losses = {run.name: run.summary["loss"] for run in look.runs}
    assert [trial.value for trial in trials] == [losses[trial.user_attrs["run_id"]] for trial in trials]


@pytest.mark.parametrize("name", ["rough", "slow", "away"])
def test_every_run_is_queued_once_whatever_became_of_the_answers(seen: Seen, name: str) -> None:
    assert queued(seen, name) == Counter(run.name for run in seen.looks[name].runs)


@pytest.mark.parametrize("name", ["slow", "away"])
def test_slow_answers_and_an_outage_delay_the_sweep_and_no_more(seen: Seen, name: str) -> None:
    look = seen.looks[name]
    assert (look.state, look.scheduler) == ("FINISHED", "finished"), look.said
    assert [trial.state.name for trial in seen.stage.study(name).trials] == ["COMPLETE"] * 4


def test_an_outage_is_told_once_a_minute_at_most(seen: Seen) -> None:
    said = [line for line in seen.looks["away"].console if "W&B does not answer" in line]
    assert 1 <= len(said) <= OUTAGE / 60 + 1
    assert "W&B answers again after" in seen.looks["away"].said


def test_a_refusal_ends_the_scheduler_with_one_sentence(seen: Seen) -> None:
    words = "W&B refused the request (HTTP 403): the API key may not do this"
    assert seen.agent_log.count(words) == 1
