"""From a proposal to a run spec."""

from __future__ import annotations

from typing import Any

import pytest

from optuna_sweep.outcomes import Proposal
from optuna_sweep.wandb_adapter.launch_spec import (
    Job,
    entry_point,
    priority,
    run_spec,
    template_variables,
    unknown_macros,
)

PARAMETERS = {"lr": 0.1, "nesterov": False, "amp": True, "model": {"depth": 2}}


def job(**others: Any) -> Job:
    return Job(
        **{"entity": "e", "project": "p", "sweep_id": "s", "job": "e/p/train:latest", "launch": {}} | others
    )


def proposal(**others: Any) -> Proposal:
    return Proposal(
        **{"run_id": "s-0003", "trial": 3, "name": "trial-003", "parameters": PARAMETERS} | others
    )


def test_a_run_gets_its_id_its_name_its_sweep_and_its_nested_parameters() -> None:
    assert run_spec(job(author="ann"), proposal()) == {
        "entity": "e",
        "project": "p",
        "sweep_id": "s",
        "run_id": "s-0003",
        "name": "trial-003",
        "job": "e/p/train:latest",
        "author": "ann",
        "docker": {},
        "git": {},
        "resource": None,
        "overrides": {"run_config": PARAMETERS},
    }


def test_the_launch_block_is_kept_and_shared_by_no_two_runs() -> None:
    launch = {
        "resource": "kubernetes",
        "resource_args": {"a": [1]},
        "overrides": {"run_config": {"fixed": 1}},
    }
    spec = run_spec(job(launch=launch), proposal())
    assert spec["resource"] == "kubernetes" and spec["resource_args"] == {"a": [1]}
    assert spec["overrides"]["run_config"] == {"fixed": 1, **PARAMETERS}
    assert launch["overrides"] == {"run_config": {"fixed": 1}}


def test_template_variables_travel_beside_the_spec_and_win_over_resource_args() -> None:
    shared = job(
        launch={"template_variables": {"gpus": 2}, "resource_args": {"x": 1}, "priority": 1, "queue": "q"}
    )
    assert not {"template_variables", "resource_args", "priority", "queue"} & set(
        run_spec(shared, proposal())
    )
    assert template_variables(shared) == '{"gpus": 2}'
    assert (priority(shared), priority(job())) == (1, 2)


def test_an_image_takes_the_place_of_a_job() -> None:
    spec = run_spec(job(job=None, image_uri="train:1"), proposal())
    assert spec["docker"] == {"docker_image": "train:1"} and "job" not in spec


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["${env}", "${interpreter}", "${program}"], ["/usr/bin/env", "python", "train.py"]),
        (
            ["python", "a.py", "${args}"],
            ["python", "a.py", "--lr=0.1", "--nesterov=False", "--amp=True", "--model={'depth': 2}"],
        ),
        (["x", "${args_no_boolean_flags}", 3], ["x", "--lr=0.1", "--amp", "--model={'depth': 2}", "3"]),
        (
            ["${args_no_hyphens}", "end"],
            ["lr=0.1", "nesterov=False", "amp=True", "model={'depth': 2}", "end"],
        ),
        (["${args_json}"], ['{"lr": 0.1, "nesterov": false, "amp": true, "model": {"depth": 2}}']),
        (
            ["${args_no_equals}"],
            ["--lr", "0.1", "--nesterov", "False", "--amp", "True", "--model", "{'depth': 2}"],
        ),
        (["${args_append_hydra}"], ["+lr=0.1", "+nesterov=False", "+amp=True", "+model={'depth': 2}"]),
        (["${lr}"], ["${lr}"]),
    ],
)
def test_macros_are_replaced_where_they_stand(command: list[Any], words: list[str]) -> None:
    assert entry_point(command, "train.py", PARAMETERS) == words


def test_environment_macros_are_read_and_a_missing_one_leaves_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATA", "/data")
    monkeypatch.delenv("NOWHERE", raising=False)
    assert entry_point(["--in=${envvar:DATA}/x", "${envvar:NOWHERE}"], None, {}) == [
        "--in=/data/x",
        "NOWHERE",
    ]


def test_a_command_without_macros_replaces_the_entry_point() -> None:
    assert run_spec(job(command=["python", "x.py"]), proposal())["overrides"]["entry_point"] == [
        "python",
        "x.py",
    ]


def test_macros_that_nothing_replaces_are_named() -> None:
    assert unknown_macros(["${env}", "${lr}", "plain", "${args_json_file}"]) == ["${lr}", "${args_json_file}"]


@pytest.mark.parametrize(
    ("others", "problem"),
    [
        (
            {"image_uri": "i"},
            "job: both 'job' and 'image_uri' are set: exactly one of them: "
            "Name the training job, or the image.",
        ),
        (
            {"job": None},
            "job: neither 'job' nor 'image_uri' is set: exactly one of them: "
            "Name the training job, or the image.",
        ),
        (
            {"command": ["${program}"]},
            "command: '${program}' is used and 'program' is not set: a file of the job: "
            "Set 'program', or write the file into 'command'.",
        ),
    ],
)
def test_what_is_wrong_with_the_job_is_said_before_anything_is_launched(
    others: dict[str, Any], problem: str
) -> None:
    assert [str(found) for found in job(**others).problems()] == [problem]


@pytest.mark.parametrize(
    ("command", "overrides"),
    [
        (["python", "x.py"], {"entry_point": ["python", "x.py"]}),
        (["python", "x.py", "${args_no_hyphens}"], {"entry_point": ["python", "x.py"], "args": ["lr=0.1"]}),
        (["${args}", "--last"], {"args": ["--lr=0.1", "--last"]}),
    ],
)
def test_arguments_travel_apart_from_the_entry_point(command: list[str], overrides: dict[str, Any]) -> None:
    spec = run_spec(job(command=command), proposal(parameters={"lr": 0.1}))
    assert spec["overrides"] == {"run_config": {"lr": 0.1}, **overrides}
