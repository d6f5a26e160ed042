"""What the door to W&B asks of the names that it takes from wandb. Are they there? test_wandb_names."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wandb
from wandb.apis.public.files import File
from wandb.apis.public.runs import Run as PublicRun
from wandb.apis.public.service_api import ServiceApi
from wandb.apis.public.sweeps import (
    _register_agent,
    _set_sweep_state,
    _sweep_with_runs,
    _upsert_sweep,
)
from wandb.errors import CommError, Error
from wandb.sdk.launch.api import LaunchApi
from wandb.sdk.launch.create_job import create_job
from wandb.sdk.launch.errors import LaunchError
from wandb.sdk.launch.sweeps import SchedulerError
from wandb.sdk.launch.sweeps.scheduler import Scheduler
from wandb.sdk.lib.service.service_connection import WandbApiFailedError

from optuna_sweep.launch import Table
from optuna_sweep.wandb_adapter import LaunchScheduler
from optuna_sweep.wandb_adapter.own_run import media

HOOKS = {"_exit", "_get_next_sweep_run", "_load_state", "_poll", "_save_state"}
ATTRIBUTES = {
    "_api",
    "_entity",
    "_kwargs",
    "_num_workers",
    "_project",
    "_project_queue",
    "_sweep_config",
    "_sweep_id",
}
WHERE = {"entity": "e", "project": "p"}
SELF = object()

CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {
    "Scheduler": (
        Scheduler.__init__,
        (SELF, "api"),
        {"num_workers": 1, "sweep_id": "s", "project_queue": "q", **WHERE, "queue": "q", "job": "j"},
    ),
    "wandb.init": (wandb.init, (), {"id": "s", "name": "n", "resume": "allow", "settings": None, **WHERE}),
    "wandb.Settings": (
        wandb.Settings,
        (),
        {
            "disable_job_creation": True,
            "x_graphql_retry_wait_min_seconds": 60.0,
            "x_graphql_retry_wait_max_seconds": 60.0,
        },
    ),
    "wandb.termlog": (wandb.termlog, ("line",), {}),
    "Run.finish": (wandb.Run.finish, (SELF,), {"exit_code": 1}),
    "Run.log": (wandb.Run.log, (SELF, {}), {"step": 1}),
    "Run.save": (wandb.Run.save, (SELF, "file"), {"base_path": "folder", "policy": "live"}),
    "Run.use_artifact": (wandb.Run.use_artifact, (SELF, "name"), {"type": "optuna"}),
    "Run.log_artifact": (wandb.Run.log_artifact, (SELF, "artifact"), {}),
    "Artifact": (wandb.Artifact, ("name",), {"type": "optuna"}),
    "Artifact.add_file": (wandb.Artifact.add_file, (SELF, "file"), {}),
    "Artifact.download": (wandb.Artifact.download, (SELF,), {"root": "folder"}),
    "LaunchApi": (LaunchApi, (), {}),
    "LaunchApi.stop_run": (LaunchApi.stop_run, (SELF,), {"run_id": "id"}),
    "LaunchApi.job": (LaunchApi.job, (SELF, "e/p/job:latest"), {}),
    "LaunchApi.run": (LaunchApi.run, (SELF, "e/p/run"), {}),
    "ServiceApi": (ServiceApi.__init__, (SELF,), {"settings": "settings"}),
    "ServiceApi.execute_graphql": (ServiceApi.execute_graphql, (SELF, "{}", {}, 1.0), {}),
    "public Run.files": (PublicRun.files, (SELF, ["name"]), {}),
    "public File.download": (File.download, (SELF,), {"root": "folder", "replace": True}),
    "_sweep_with_runs": (_sweep_with_runs, ("api", "s", "{}"), WHERE),
    "_register_agent": (_register_agent, ("api", "host"), {"sweep_id": "s", **WHERE}),
    "_set_sweep_state": (_set_sweep_state, ("api", "s", "RUNNING"), WHERE),
    "_upsert_sweep": (_upsert_sweep, ("api", {}), {"state": "PENDING", **WHERE}),
    "create_job": (
        create_job,
        ("folder", "code"),
        {**WHERE, "name": "n", "entrypoint": "python a.py", "runtime": "3.11", "git_hash": "abc"},
    ),
}
PROPERTIES = {
    wandb.Run: ["config", "dir", "entity", "id", "project", "resumed", "summary"],
    wandb.Api: ["default_entity", "_service_api"],
    ServiceApi: ["_settings"],
}


def own_attributes(source: str, context: type[ast.expr_context]) -> set[str]:
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and isinstance(node.ctx, context)
    }


@pytest.mark.parametrize("call", CALLS)
def test_a_call_fits_the_signature(call: str) -> None:
    function, arguments, named = CALLS[call]
    inspect.signature(function).bind(*arguments, **named)


@pytest.mark.parametrize(
    ("owner", "name"), [(owner, name) for owner, names in PROPERTIES.items() for name in names]
)
def test_an_attribute_is_there(owner: type, name: str) -> None:
    set_by_itself = own_attributes(inspect.getsource(owner), ast.Store)
    assert hasattr(owner, name) or name in set_by_itself, f"wandb has moved {owner.__name__}.{name}"


def test_wandb_asks_for_the_hooks_that_are_answered_and_no_other() -> None:
    assert Scheduler.__abstractmethods__ == HOOKS
    assert not LaunchScheduler.__abstractmethods__
    assert callable(vars(Scheduler)["_init_wandb_run"])


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_an_attribute_of_the_base_class_is_set_by_it(name: str) -> None:
    body = "class _:\n" + inspect.getsource(Scheduler.__init__)
    assert name in own_attributes(body, ast.Store), f"Scheduler.__init__ sets no {name} any more"


def test_no_other_attribute_of_the_base_class_is_used() -> None:
    source = inspect.getsource(LaunchScheduler)
    read, own = own_attributes(source, ast.Load), own_attributes(source, ast.Store)
    assert {name for name in read - own if name not in vars(LaunchScheduler)} == ATTRIBUTES


def test_a_run_has_a_place_for_the_service_that_executes_graphql() -> None:
    assert "_service_api" in own_attributes("class _:\n" + inspect.getsource(wandb.Api.__init__), ast.Store)


def test_a_picture_is_to_w_and_b_what_wandb_makes_of_the_same_figure() -> None:
    from plotly.graph_objects import Figure

    figure = {"data": [{"type": "scatter", "x": [1, 2], "y": [0.5, None]}], "layout": {"showlegend": False}}
    ours, theirs = (
        media({"picture": figure}, {})["picture"],
        wandb.Plotly(Figure(figure, layout_template=None)),
    )
    assert isinstance(ours, wandb.Plotly)
    written = [json.loads(Path(each._path).read_text()) for each in (ours, theirs)]
    assert written[0]["data"] == written[1]["data"] == figure["data"]
    assert written[0]["layout"]["showlegend"] is written[1]["layout"]["showlegend"] is False
    assert ours._path.endswith(theirs._extension) and ours._is_tmp is theirs._is_tmp
    assert set(vars(ours)) == set(vars(theirs))


def test_a_table_that_is_given_its_rows_at_once_is_what_wandb_makes_of_them() -> None:
    columns, rows = ["trial", "why"], [[0, "it crashed"], [1.5, None]]
    ours = media({}, {"trials": Table(columns, rows)})["trials"]
    theirs = wandb.Table(columns=columns, data=rows, allow_mixed_types=True)
    assert ours.data == theirs.data
    assert ours._to_table_json() == theirs._to_table_json()
    assert ours._column_types == theirs._column_types


def test_the_errors_that_are_translated_are_what_they_were() -> None:
    assert issubclass(CommError, Error)
    assert issubclass(LaunchError, Error) and issubclass(SchedulerError, Exception)
    assert CommError("said", ValueError("why")).exc is not None
    assert WandbApiFailedError("said", None).response is None
