"""The sweeps of all journeys. They are launched together, since most of a sweep's time is waiting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tests.journey.other_agent import container

PROJECT = "journeys"
TRAINING = f"sandbox/{PROJECT}/tiny:latest"
GONE = f"sandbox/{PROJECT}/gone:latest"
SCHEDULER = f"sandbox/{PROJECT}/job-optuna-scheduler:latest"
SHIPPED = f"sandbox/{PROJECT}/shipped-alone:latest"
USER_ARTIFACT = f"sandbox/{PROJECT}/user-file:latest"

X = {"x": {"min": 0.0, "max": 1.0}}
LONG = {"epochs": {"value": 400}, "pause": {"value": 0.25}}
ACTS = ["wait to be stopped", "wait to be deleted", "crash", "nan", "silent", "train"]
LOSS = {"name": "loss", "goal": "minimize"}


def sweep(
    *,
    settings: dict[str, Any] | None = None,
    workers: int = 2,
    scheduler: str = SCHEDULER,
    **keys: Any,
) -> dict[str, Any]:
    """A sweep file; ``keys`` replace what is usual at the top level, None removes it."""
    file = {
        "job": TRAINING,
        "metric": LOSS,
        "run_cap": 2,
        "parameters": X,
        "scheduler": {
            "job": scheduler,
            "num_workers": workers,
            "resource_args": container(),
            "settings": {"seed": 1, **(settings or {})},
        },
        **keys,
    }
    return {key: value for key, value in file.items() if value is not None}


# Those that a test acts upon come first: they have to be at work by then.
WORKING: dict[str, dict[str, Any]] = {
    "first": sweep(run_cap=4),
    "troubles": sweep(
        run_cap=6,
        workers=6,
        parameters={
            **X,
            "act": {"values": ACTS},
        },
        settings={"enqueue": [{"act": act} for act in ACTS]},
    ),
    "paused": sweep(run_cap=20, parameters={**X, "epochs": {"value": 8}, "pause": {"value": 1.0}}),
    "stopped": sweep(run_cap=20, parameters={**X, "epochs": {"value": 8}, "pause": {"value": 1.0}}),
    "canceled": sweep(run_cap=20, parameters={**X, **LONG}),
    "pruned": sweep(
        run_cap=2,
        workers=1,
        parameters={"x": {"values": [0.5, 9.0]}, "epochs": {"value": 100}, "pause": {"value": 0.3}},
        settings={
            "enqueue": [{"x": 9.0}, {"x": 0.5}],
            "pruner": {"type": "ThresholdPruner", "args": {"upper": 5.0}},
        },
    ),
    "bad image": sweep(run_cap=1, job=None, image_uri="no-such-image:1"),
    "bad resource": sweep(launch={"resource_args": {"local-container": {"privileged": True}}}),
    "shipped file": sweep(
        scheduler=SHIPPED, run_cap=4, parameters=None, settings={"optuna_source": "branching.py"}
    ),
    "artifact": sweep(run_cap=3, parameters=None, settings={"optuna_source": USER_ARTIFACT}),
    "two objectives": sweep(
        metric=None,
        settings={
            "metrics": [LOSS, {"name": "size", "goal": "maximize"}],
            "sampler": {"type": "NSGAIISampler"},
        },
    ),
    "watched": sweep(
        run_cap=8,
        workers=1,
        metric={**LOSS, "target": 0.5},
        parameters={"x": {"min": 0.0, "max": 10.0}, "epochs": {"values": [3, 100]}, "pause": {"value": 0.3}},
        settings={
            "alerts": True,
            "enqueue": [{"x": 9.0, "epochs": 100}, {"x": 0.6, "epochs": 3}, {"x": 0.1, "epochs": 3}],
            "pruner": {"type": "ThresholdPruner", "args": {"upper": 5.0}},
        },
    ),
    "grid": sweep(
        method="grid", run_cap=None, parameters={"x": {"values": [0.1, 0.2]}, "y": {"values": ["a", False]}}
    ),
}

REFUSED: dict[str, dict[str, Any]] = {
    "no metric": sweep(metric=None),
    "missing job": sweep(job=GONE),
    "unknown sampler": sweep(settings={"sampler": {"type": "TPE"}}),
    "unknown pruner": sweep(settings={"pruner": {"type": "MedianPrunner"}}),
    "unknown argument": sweep(settings={"sampler": {"type": "TPESampler", "args": {"n_startup": 3}}}),
    "missing file": sweep(settings={"optuna_source": "optuna_wamdb.py"}),
    "missing artifact": sweep(settings={"optuna_source": f"sandbox/{PROJECT}/no-such-file:latest"}),
    "file that does not import": sweep(scheduler=SHIPPED, settings={"optuna_source": "does_not_import.py"}),
    "file that raises": sweep(scheduler=SHIPPED, settings={"optuna_source": "raises.py"}),
    "file that is slow": sweep(scheduler=SHIPPED, settings={"optuna_source": "too_slow.py"}),
}


def chosen(names: Collection[str] | None) -> Mapping[str, dict[str, Any]]:
    """Those of these names, in the order in which they are launched; all of them without names."""
    every = {**WORKING, **REFUSED}
    return {name: file for name, file in every.items() if names is None or name in names}
