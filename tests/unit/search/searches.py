"""Small searches over real studies in memory, and what is seen of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import optuna

from optuna_sweep.config import Metric
from optuna_sweep.config.parameters import Distribution, Parameter, Uniform
from optuna_sweep.measure import Measure
from optuna_sweep.outcomes import Decision, Observation, Phase, Row, Verdict
from optuna_sweep.search import Search
from optuna_sweep.space import Declared, SearchSpace
from optuna_sweep.study import Opened

LOSS = (Metric(name="loss"),)
KEEP = Verdict(decision=Decision.KEEP)
DONE = Verdict(decision=Decision.DONE)
UPPER = optuna.pruners.ThresholdPruner(upper=1.0)


def block(distribution: Distribution = Uniform(0.0, 1.0)) -> Declared:  # noqa: B008  # it is frozen
    return Declared([Parameter(path=("x",), distribution=distribution)])


def search_over(
    space: SearchSpace | None = None,
    *,
    metrics: Sequence[Metric] = LOSS,
    pruner: optuna.pruners.BasePruner | None = None,
    sampler: optuna.samplers.BaseSampler | None = None,
    measure: dict[str, Any] | None = None,
    **options: Any,
) -> Search:
    space = space or block()
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(
        storage=space.wrap(storage),
        directions=["minimize" if metric.minimize else "maximize" for metric in metrics],
        sampler=sampler or optuna.samplers.RandomSampler(seed=1),
        pruner=pruner or optuna.pruners.NopPruner(),
    )
    return Search(
        opened=Opened(study=study, storage=storage),
        space=space,
        measure=Measure(metrics=tuple(metrics), **(measure or {})),
        sweep_id="s",
        **options,
    )


def asked(search: Search) -> str:
    proposal = search.ask()
    assert proposal is not None
    return proposal.run_id


def running(run_id: str, *values: Any, first: int = 0) -> Observation:
    rows = tuple(Row(first + step, {"loss": value}) for step, value in enumerate(values))
    return Observation(run_id=run_id, phase=Phase.RUNNING, rows=rows)


def ended(run_id: str, *values: Any, phase: Phase = Phase.FINISHED, **summary: Any) -> Observation:
    seen = running(run_id, *values)
    return Observation(run_id=run_id, phase=phase, rows=seen.rows, summary=summary)


def states(search: Search) -> list[str]:
    return [trial.state.name for trial in search.study.trials]
