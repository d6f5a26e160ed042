"""The examples' files: what the READMEs say, and what W&B says to the Kubernetes one."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from wandb.sdk.launch.errors import LaunchError
from wandb.sdk.launch.utils import validate_launch_resource_args

from demo.example import runnable
from demo.readme import commands, filled, own_command
from optuna_sweep.outcomes import Proposal
from optuna_sweep.wandb_adapter.launch_spec import Job, run_spec
from tests.journey.test_examples import NAMES

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/README.md"))


def launch_words(folder: Path) -> list[tuple[str, ...]]:
    return [words for words in commands(folder / "README.md") if "launch-sweep" in words]


def test_the_journeys_run_every_example_that_needs_no_pytorch_and_no_cluster() -> None:
    elsewhere = {"digits", "lightning", "pytorch_sweep", "kubernetes"}  # the demo, and journeys of their own
    assert {folder.name for folder in FOLDERS} - elsewhere == set(NAMES)
    assert set(NAMES) <= set(runnable())


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_names_the_command_that_runs_its_example(name: str) -> None:
    assert own_command(EXAMPLES / name / "README.md") == ("make", "example", f"NAME={name}")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_readme_launches_sweep_files_of_its_own_folder(folder: Path) -> None:
    launches = launch_words(folder)
    assert launches
    for words in launches:
        (file,) = [word for word in words if word.endswith(".yaml")]
        assert (EXAMPLES.parent / file).parent == folder
        assert (EXAMPLES.parent / file).is_file()
        assert {"QUEUE", "ENTITY", "PROJECT"} <= set(words)


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_makes_the_jobs_that_its_sweep_names(name: str) -> None:
    made = {word for words in commands(EXAMPLES / name / "README.md") for word in words}
    for file in (EXAMPLES / name).glob("*.yaml"):
        sweep = yaml.safe_load(file.read_text())
        for job in (sweep["job"], sweep["scheduler"]["job"]):
            own = job.rpartition("/")[2].removesuffix(":latest")
            assert own in made | {"job-optuna-scheduler"}


def test_only_whole_words_in_capitals_are_filled_in() -> None:
    words = ("sed", "s/EARLIER_SWEEP/SWEEP/", "--entity", "ENTITY", "ENTITY/PROJECT/x", "NAME=quadratic")
    assert filled(words, {"SWEEP": "ab12", "ENTITY": "me", "PROJECT": "p", "EARLIER": "no"}) == (
        *("sed", "s/EARLIER_SWEEP/ab12/", "--entity", "me", "me/p/x", "NAME=quadratic"),
    )


def kubernetes() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((EXAMPLES / "kubernetes" / "sweep.yaml").read_text())
    return found


def training_spec() -> dict[str, Any]:
    sweep = kubernetes()
    job = Job(entity="e", project="p", sweep_id="s", image_uri=sweep["image_uri"], launch=sweep["launch"])
    return run_spec(job, Proposal(run_id="s-0000", trial=0, name="trial-000", parameters={"lr": 0.1}))


def containers(resource_args: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = resource_args["kubernetes"]["spec"]["template"]["spec"]["containers"]
    return found


def test_wandb_accepts_what_the_kubernetes_example_asks_for() -> None:
    for asked in (
        yaml.safe_load((EXAMPLES / "kubernetes" / "queue.yaml").read_text()),
        training_spec()["resource_args"],
        kubernetes()["scheduler"]["resource_args"],
    ):
        validate_launch_resource_args(asked)


def test_wandb_would_say_what_it_does_not_accept() -> None:
    asked = copy.deepcopy(training_spec()["resource_args"])
    containers(asked)[0]["securityContext"] = {"privileged": True}
    with pytest.raises(LaunchError, match="securityContext"):
        validate_launch_resource_args(asked)


def test_runs_get_one_gpu_each_and_the_scheduler_gets_none() -> None:
    (training,) = containers(training_spec()["resource_args"])
    (scheduler,) = containers(kubernetes()["scheduler"]["resource_args"])
    assert training["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert "gpu" not in str(scheduler)
