"""Replays recorded curves through the scheduler's own search, with eight workers in virtual time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import optuna

from bench.pruning.curves import Curves
from optuna_sweep.config import Metric
from optuna_sweep.config.parameters import Integers, Parameter
from optuna_sweep.measure import Measure
from optuna_sweep.outcomes import Decision, Observation, Phase, Row
from optuna_sweep.search import Search
from optuna_sweep.space import Declared
from optuna_sweep.study import Opened

RUNS = 60
WORKERS = 8
_BEST_FEW = 6


@dataclass(frozen=True, slots=True)
class Logging:
    """How runs log, and how their rows reach the scheduler.

    Attributes:
        own_steps: Each run counts its ``_step`` in its own unequal strides.
        epoch: The rows carry the epoch, and the sweep names it as its ``step_metric``.
        burst: A poll brings up to this many rows at once, in any order.
    """

    own_steps: bool = False
    epoch: bool = False
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Score:
    """What pruning did to one study.

    Attributes:
        saved: Share of all epochs that were not trained.
        best_stopped: Whether the configuration with the lowest final loss was stopped.
        few_stopped: Share of the six best that were stopped.
    """

    saved: float
    best_stopped: bool
    few_stopped: float


def replay(curves: Curves, pruner: optuna.pruners.BasePruner, logging: Logging, seed: int) -> Score:
    """Run one study of 60 configurations, drawn and started in an order that the seed decides."""
    random = Random(seed)
    chosen = random.sample(range(len(curves)), RUNS)
    search = _search(pruner, logging)
    trained = 0
    stopped: set[int] = set()
    waiting = iter(range(RUNS))
    due: list[tuple[float, int, str, Iterator[list[Row]]]] = []

    def start(now: float) -> None:
        number, proposal = next(waiting, None), None
        if number is not None:
            proposal = search.ask()
        if number is not None and proposal is not None:
            batches = _batches(curves[chosen[number]].tolist(), logging, random)
            heapq.heappush(due, (now + random.uniform(0.5, 2.0), number, proposal.run_id, batches))

    for _ in range(WORKERS):
        start(0.0)
    while due:
        now, number, run_id, batches = heapq.heappop(due)
        rows = next(batches, None)
        phase = Phase.FINISHED if rows is None else Phase.RUNNING
        trained += len(rows or ())
        verdict = search.tell(Observation(run_id=run_id, phase=phase, rows=tuple(rows or ())))
        if verdict.decision is Decision.KEEP:
            pace = 0.5 + 1.5 * Random(f"{seed} {number}").random()
            heapq.heappush(due, (now + pace * len(rows or ()), number, run_id, batches))
            continue
        if verdict.decision is Decision.PRUNE:
            stopped.add(number)
        start(now)
    ranked = sorted(range(RUNS), key=lambda number: float(curves[chosen[number], -1]))
    few = sum(number in stopped for number in ranked[:_BEST_FEW]) / _BEST_FEW
    return Score(1 - trained / (RUNS * curves.shape[1]), ranked[0] in stopped, few)


def _search(pruner: optuna.pruners.BasePruner, logging: Logging) -> Search:
    space = Declared([Parameter(path=("number",), distribution=Integers(0, 10 * RUNS))])
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(
        storage=space.wrap(storage), sampler=optuna.samplers.RandomSampler(seed=0), pruner=pruner
    )
    for number in range(RUNS):
        study.enqueue_trial({"number": number})
    measure = Measure(metrics=(Metric(name="loss"),), step_metric="epoch" if logging.epoch else None)
    opened = Opened(study=study, storage=storage)
    return Search(opened=opened, space=space, measure=measure, sweep_id="replay")


def _batches(losses: Sequence[float], logging: Logging, random: Random) -> Iterator[list[Row]]:
    """The rows of one run, poll by poll."""
    stride: Callable[[], int] = (lambda: random.randint(1, 40)) if logging.own_steps else (lambda: 1)
    step, rows = -1, []
    for epoch, loss in enumerate(losses):
        step += stride()
        rows.append(Row(step, {"loss": loss, **({"epoch": epoch} if logging.epoch else {})}))
    while rows:
        count = random.randint(1, logging.burst)
        batch, rows = rows[:count], rows[count:]
        random.shuffle(batch)
        yield batch
