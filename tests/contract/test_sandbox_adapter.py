"""The scheduler's door to W&B, over a sandbox: ``launch.Launch``'s promises, and what they cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optuna_sweep.errors import ConfigError, Refused, Unavailable
from optuna_sweep.outcomes import Phase
from sandbox.asking import alerts_of
from tests.contract.clients import Client
from tests.contract.launch_contract import LaunchContract
from tests.contract.other_side import LOSS, proposal
from tests.contract.sandbox_bench import ENDING, PYTHON, SandboxBench


class TestSandboxAdapter(LaunchContract):
    """Every promise, over the real client."""


def test_a_poll_over_twenty_live_runs_is_one_request(bench: SandboxBench) -> None:
    watches = bench.start(20)
    for watch in watches:
        bench.report(watch.run_id, (0, {"loss": 0.5, "size": 1}))
    asked = bench.asked(lambda: bench.launch.snapshot(watches, [["loss"], ["size"]]))
    assert asked == ["SweepPoll"]


def test_summaries_of_ended_runs_come_with_the_poll_and_are_replaced_at_once(bench: SandboxBench) -> None:
    watches = bench.start(3)
    for watch in watches:
        bench.report(watch.run_id, (0, {"loss": 0.5, "size": 1}))
        bench.end(watch.run_id, Phase.FINISHED)
    seen = []
    assert bench.asked(lambda: seen.extend(bench.launch.snapshot(watches, LOSS).observations)) == [
        "SweepPoll"
    ]
    assert [(each.phase, each.summary["size"]) for each in seen] == [(Phase.FINISHED, 1)] * 3
    words = {watch.run_id: {"size": 1, "optuna/trial": n} for n, watch in enumerate(watches)}
    assert bench.asked(lambda: bench.launch.describe_runs(words)) == ["DescribeRuns"]
    again = bench.launch.snapshot(watches, LOSS).observations
    assert [each.summary for each in again] == list(words.values())


def test_a_poll_does_not_send_again_what_was_read(bench: SandboxBench) -> None:
    (watch,) = bench.start(1)
    bench.report(watch.run_id, *[(step, {"loss": 0.5}) for step in range(2000)])
    seen = bench.launch.snapshot([watch], LOSS)
    assert len(seen.observations[0].rows) == 2000
    bench.report(watch.run_id, (2000, {"loss": 0.25}))
    (again,) = bench.launch.snapshot([watch], LOSS).observations
    assert [row.step for row in again.rows] == [2000]


MADE = """
query ($entity: String!, $project: String!) {
  project(name: $project, entityName: $entity) { run(name: "s-0000") { displayName group tags state } }
}"""


def test_a_run_has_the_trials_name_the_sweeps_group_and_the_schedulers_tags_while_it_trains(
    bench: SandboxBench, tmp_path: Path
) -> None:
    bench.schedulers.set("tags", ("optuna", "n" * 99, "optuna"))
    bench.break_off(proposal())
    made = {"displayName": "trial-000", "group": bench.sweep, "tags": ["optuna", "n" * 64]}
    assert bench.ask(MADE)["project"]["run"] == {**made, "state": "pending"}
    launched = {"WANDB_SWEEP_ID": bench.sweep, "WANDB_PROJECT": bench.project, "WANDB_RUN_ID": "s-0000"}
    Client(bench.sandbox, tmp_path).run("wandb.init().finish()", **launched)
    assert bench.ask(MADE)["project"]["run"] == {**made, "state": "finished"}


def test_a_sweep_that_is_begun_runs_so_that_agents_take_its_runs(new_bench: SandboxBench) -> None:
    new_bench.open()
    answer = new_bench.ask(ENDING, sweep=new_bench.sweep)
    assert answer["project"]["sweep"]["state"] == "RUNNING"


def test_the_sweep_file_is_put_together_again_as_its_user_wrote_it(bench: SandboxBench) -> None:
    assert bench.launch.sweep_file() == {
        "method": "custom",
        "run_cap": 7,
        "image_uri": "train:1",
        "scheduler": {"num_workers": 3, "settings": {"seed": 7}},
    }


def test_the_workers_are_those_of_the_sweep_file(bench: SandboxBench) -> None:
    assert bench.schedulers.call("workers") == 3


def test_what_waits_on_the_queue_names_the_run_the_sweep_and_the_image(bench: SandboxBench) -> None:
    bench.start(1)
    (node,) = bench.items()
    spec = bench.spec(node)
    assert (spec["run_id"], spec["sweep_id"]) == ("s-0000", bench.sweep)
    assert spec["docker"] == {"docker_image": "train:1"}
    assert spec["overrides"]["run_config"] == {"x": 0}


def test_a_training_job_that_does_not_exist_is_a_problem_with_a_way_out(new_bench: SandboxBench) -> None:
    job = f"sandbox/{new_bench.project}/no-such-job:latest"
    new_bench.make({"method": "custom", "job": job})
    new_bench.open()
    (problem,) = new_bench.launch.job_problems()
    assert problem.path == "job"
    assert problem.given.startswith(repr(job))
    assert problem.allowed == "a training job in W&B, written entity/project/name:alias"
    assert problem.remedy == "Create the job, or correct its name."


def test_a_training_job_that_could_not_be_read_is_no_problem_of_the_sweep_file(
    new_bench: SandboxBench,
) -> None:
    new_bench.make({"method": "custom", "job": f"sandbox/{new_bench.project}/train:latest"})
    new_bench.open()
    new_bench.sandbox.fail({"kind": "graphql", "sender": PYTHON, "message": "the database is busy"})
    with pytest.raises(Unavailable, match="the database is busy"):
        new_bench.launch.job_problems()


def test_a_users_file_that_is_not_there_is_a_problem_and_one_that_could_not_be_read_is_none(
    new_bench: SandboxBench,
) -> None:
    name = f"sandbox/{new_bench.project}/no-such-file:latest"
    new_bench.open()
    with pytest.raises(ConfigError):
        new_bench.schedulers.call("own.fetch_source", name)
    new_bench.sandbox.fail({"kind": "graphql", "sender": PYTHON, "message": "the database is busy"})
    with pytest.raises(Unavailable, match="the database is busy"):
        new_bench.schedulers.call("own.fetch_source", name)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_accepted_is_refused(bench: SandboxBench, status: int) -> None:
    bench.sandbox.fail({"kind": "status", "status": status, "sender": PYTHON})
    with pytest.raises(Refused, match=f"HTTP {status}"):
        bench.launch.snapshot([], LOSS)


def test_a_request_that_the_server_does_not_know_is_refused(bench: SandboxBench) -> None:
    bench.sandbox.fail(
        {"kind": "graphql", "sender": PYTHON, "message": 'Cannot query field "sampledHistory" on type "Run".'}
    )
    with pytest.raises(Refused, match="does not know a request of the scheduler"):
        bench.launch.snapshot([], LOSS)


def test_a_start_outlives_an_answer_that_fails(new_bench: SandboxBench) -> None:
    new_bench.sandbox.fail({"kind": "graphql", "operation": "SweepWithRuns", "message": "busy", "times": 1})
    new_bench.open()
    assert new_bench.launch.known_runs() == ()


def test_a_sweep_that_is_gone_is_refused(new_bench: SandboxBench) -> None:
    new_bench.sweep = "nosuch00"
    with pytest.raises(Refused, match="'nosuch00' cannot be read"):
        new_bench.open()


def test_an_alert_of_the_scheduler_reaches_w_and_b_however_long_its_title_is(bench: SandboxBench) -> None:
    bench.schedulers.call("own.alert", "t" * 99, "run_cap of 7 is reached", "ERROR")
    bench.schedulers.close()
    assert alerts_of(bench.sandbox, bench.project, bench.sweep) == [
        {"title": "t" * 63, "text": "run_cap of 7 is reached", "severity": "ERROR"}
    ]


# Earlier sweeps -------------------------------------------------------------------------------


def test_the_runs_of_another_sweep_come_oldest_first_with_their_history(bench: SandboxBench) -> None:
    old, project = bench.sweep, bench.project
    for number, losses in enumerate([(3.0, 0.5), (2.0,)]):
        run = proposal(number)
        bench.launch.start_runs([run])
        bench.report(run.run_id, *[(step, {"loss": loss}) for step, loss in enumerate(losses)])
    bench.end("s-0000", Phase.FINISHED)
    bench.make({"method": "custom", "image_uri": "train:1"})
    bench.open()
    assert bench.launch.known_runs() == ()
    for name in (old, f"{project}/{old}", f"{bench.sandbox.entity}/{project}/{old}"):
        first, second = bench.schedulers.call("earlier.runs_of", name, [["loss"], ["size"]])
        assert (first.run_id, first.phase, first.parameters) == ("s-0000", Phase.FINISHED, {"x": 0})
        assert [(row.step, row.values) for row in first.rows] == [(0, {"loss": 3.0}), (1, {"loss": 0.5})]
        assert first.summary["loss"] == 0.5
        assert (second.run_id, second.phase) == ("s-0001", Phase.RUNNING)
    names = ["s-0001", "nowhere", f"{project}/s-0000"]
    found = bench.schedulers.call("earlier.runs_named", names, [["loss"], ["size"]])
    assert found == (second, None, first)


def test_a_long_sweep_is_read_fifty_runs_a_request(bench: SandboxBench) -> None:
    bench.start(120)
    found: list[Any] = []
    asked = bench.asked(lambda: found.extend(bench.schedulers.call("earlier.runs_of", bench.sweep, LOSS)))
    assert asked == ["EarlierRuns"] * 3
    assert [run.run_id for run in found] == [f"s-{number:04d}" for number in range(120)]


@pytest.mark.parametrize("name", ["nosuch", "no-such-project/nosuch"])
def test_an_earlier_sweep_that_is_not_there_is_refused(bench: SandboxBench, name: str) -> None:
    with pytest.raises(Refused, match="nosuch"):
        bench.schedulers.call("earlier.runs_of", name, LOSS)
