from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna

from optuna_sweep.config import SweepConfig
from optuna_sweep.space import Declared
from optuna_sweep.study import Opened, open_study
from optuna_sweep.user_file import UserFile

NORMAL = {"x": {"distribution": "normal", "mu": 0, "sigma": 1}}


def config(
    method: str = "bayes", metrics: Any = None, parameters: Any = None, **settings: Any
) -> SweepConfig:
    raw: dict[str, Any] = {
        "method": method,
        "parameters": parameters or {"x": {"min": 0.0, "max": 1.0}},
        "scheduler": {"job": "e/p/job:latest", "settings": settings},
        "job": "e/p/train:latest",
    }
    raw |= {"metric": {"name": "loss", "goal": "minimize"}} if metrics is None else {}
    raw["scheduler"]["settings"] |= {} if not metrics else {"metrics": metrics}
    return SweepConfig.parse(raw)


TWO = [{"name": "loss", "goal": "minimize"}, {"name": "accuracy", "goal": "maximize"}]


def opened(
    made: SweepConfig, storage: Path | optuna.storages.BaseStorage, file: UserFile | None = None
) -> Opened:
    return open_study(made, Declared(made.parameters), sweep_id="s1", storage=storage, user_file=file)


def work(study: Opened, made: SweepConfig, *values: float) -> list[dict[str, Any]]:
    space, configs = Declared(made.parameters), []
    for value in values:
        study.reseed(len(study.study.trials))
        trial = study.study.ask()
        configs.append(space.suggest(trial))
        study.study.tell(trial, value)
    return configs
