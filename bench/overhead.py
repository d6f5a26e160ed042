"""CPU time of the scheduler over plain Optuna, and memory, as the study grows.

Both sides ask, report ten values, ask the pruner each time and tell, over the same storage with the
same sampler and pruner, taking turns so that a busy machine slows both. The scheduler goes through
its own ``Search``, as the loop does. What it reads from W&B has no counterpart in plain Optuna
and stands in a column of its own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.storages import BaseStorage, InMemoryStorage

from bench.result import Result, Table
from bench.sweeps import MIXED, SWEEP_ID, distributions, finished_trials, open_search, sweep_config
from optuna_sweep.config import SweepConfig
from optuna_sweep.launch import Watch
from optuna_sweep.outcomes import Observation, Phase, Row
from optuna_sweep.search import Search
from optuna_sweep.wandb_adapter.question import Question

_SIZES = (100, 1_000, 10_000)
_REPORTS = 10
_ROUNDS = 3
_BLOCKS = {"RandomSampler": 10, "TPESampler": 4}
_WARPED = {**MIXED, "decay": {"distribution": "normal", "mu": 0.0, "sigma": 1.0}}


def run() -> Result:
    """Time both sides at each size, and weigh a scheduler that opens a large study."""
    return Result(
        tables=[_times(), _memory()],
        seeds=f"Medians of {_ROUNDS} rounds in which the two sides take turns; CPU time of the process.",
    )


def _times() -> Table:
    rows = []
    for sampler in _BLOCKS:
        for place in ("memory", "journal"):
            rows += [_compare(sampler, place, size, MIXED, "") for size in _SIZES]
    rows += [_compare("TPESampler", "journal", size, _WARPED, ", a normal parameter") for size in _SIZES]
    return Table(
        title="CPU time of a trial with 10 reports, over plain Optuna",
        columns=[
            "sampler, storage",
            "finished trials",
            "plain ms",
            "ours ms",
            "ratio",
            "our pruner ms",
            "reading W&B ms",
        ],
        rows=rows,
        note="Both with MedianPruner, 8 parameters; `our pruner` is the scheduler with its default one. A "
        "normal parameter is a latent for the sampler, which plain Optuna "
        "does not have: it samples a uniform one there.",
    )


def _compare(sampler: str, place: str, size: int, parameters: dict[str, Any], words: str) -> list[Any]:
    named = {"sampler": {"type": sampler}}
    alike = sweep_config(parameters, settings={**named, "pruner": {"type": "MedianPruner"}})
    plain = sweep_config(MIXED)
    with tempfile.TemporaryDirectory() as folder:
        sides = [
            _plain_side(plain, sampler, _filled(plain, place, size, Path(folder, "plain"))),
            our_side(open_search(alike, _filled(alike, place, size, Path(folder, "alike")))[0]),
        ]
        default = sweep_config(parameters, settings=named)
        sides.append(our_side(open_search(default, _filled(default, place, size, Path(folder, "own")))[0]))
        for side in sides:
            side()
        rounds = [[_cpu(side, _BLOCKS[sampler]) for side in sides] for _ in range(_ROUNDS)]
    theirs, ours, defaults = (statistics.median(column) * 1e3 for column in zip(*rounds, strict=True))
    ratio = statistics.median(each[1] / each[0] for each in rounds)
    where = f"{sampler}, {place}{words}"
    return [where, size, theirs, ours, round(ratio, 2), defaults, _reading() * 1e3]


def _filled(config: SweepConfig, place: str, size: int, path: Path) -> Path | BaseStorage:
    storage: Path | BaseStorage = InMemoryStorage() if place == "memory" else path
    search, opened = open_search(config, storage)
    with opened.at_once():
        search.study.add_trials(list(finished_trials(config, size, reports=_REPORTS)))
    return storage


def _plain_side(config: SweepConfig, sampler: str, storage: Path | BaseStorage) -> Callable[[], object]:
    _, opened = open_search(config, storage)
    study = optuna.load_study(
        study_name=f"optuna-study-{SWEEP_ID}",
        storage=opened.storage,
        sampler=getattr(optuna.samplers, sampler)(),
        pruner=optuna.pruners.MedianPruner(),
    )
    space = distributions(config)
    return lambda: plain_trial(study, space)


def plain_trial(study: optuna.Study, space: dict[str, BaseDistribution]) -> dict[str, Any]:
    """A whole trial of plain Optuna; its parameters."""
    trial = study.ask()
    for name, distribution in space.items():
        _suggest(trial, name, distribution)
    for step in range(_REPORTS):
        trial.report(-1.0 - step, step)
        trial.should_prune()
    study.tell(trial, 0.5)
    return trial.params


def _suggest(trial: optuna.Trial, name: str, distribution: BaseDistribution) -> None:
    match distribution:
        case optuna.distributions.CategoricalDistribution():
            trial.suggest_categorical(name, distribution.choices)
        case optuna.distributions.IntDistribution():
            trial.suggest_int(name, distribution.low, distribution.high)
        case optuna.distributions.FloatDistribution():
            trial.suggest_float(name, distribution.low, distribution.high, log=distribution.log)


def our_side(search: Search) -> Callable[[], dict[str, Any]]:
    """A whole trial of the scheduler's search, each time it is called; gives its parameters."""

    def trial() -> dict[str, Any]:
        proposal = search.ask()
        if proposal is None:
            raise RuntimeError("the search has nothing left to ask")
        search.note_queued(proposal.run_id, f"item-{proposal.run_id}")
        for step in range(_REPORTS):
            rows = (Row(step, {"loss": -1.0 - step}),)
            search.tell(Observation(run_id=proposal.run_id, phase=Phase.RUNNING, rows=rows))
        summary = {"loss": 0.5, "_step": _REPORTS - 1}
        search.tell(Observation(run_id=proposal.run_id, phase=Phase.FINISHED, summary=summary))
        return dict(proposal.parameters)

    return trial


def _reading() -> float:
    """CPU seconds to build the questions about one run and to read the answers, ten polls."""
    question = Question(entity="e", project="p", sweep="s", queue="q", queue_project="model-registry")
    watched, columns = [Watch("s-0000")], [("loss",)]

    def poll(step: int) -> None:
        ((_, _, chunk),) = question.parts(watched, columns)
        run = {"state": "running", "new": [[{"_step": step, "loss": 0.5}]]}
        project = {"sweep": {"state": "RUNNING"}, "own": {"stopped": False}, "r0": run}
        question.read({"p": {**project, "ended": {"edges": []}}}, chunk, columns)

    steps = iter(range(10_000))
    return _cpu(lambda: poll(next(steps)), 200) * _REPORTS


def _cpu(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


_WEIGH = """
import sys
from pathlib import Path
import optuna_scheduler
from bench.overhead import our_side
from bench.sweeps import MIXED, open_search, sweep_config
def peak():  # of this process alone: getrusage() starts with what its parent had
    return Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
before = peak()
trial = our_side(open_search(sweep_config(MIXED), Path(sys.argv[1]))[0])
for _ in range(5):
    trial()
print(before, peak())
"""


def _memory() -> Table:
    rows = []
    for size in _SIZES:
        with tempfile.TemporaryDirectory() as folder:
            journal = Path(folder, "study.journal")
            config = sweep_config(MIXED)
            search, opened = open_search(config, journal)
            with opened.at_once():
                search.study.add_trials(list(finished_trials(config, size, reports=100)))
            command = [sys.executable, "-W", "ignore", "-c", _WEIGH, str(journal)]
            answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
            before, peak = (int(part) / 1024 for part in answer.stdout.split()[-2:])
            rows.append([size, peak, before, journal.stat().st_size / 2**20])
    return Table(
        title="Memory of a scheduler that continues a study with 100 reports a trial",
        columns=["finished trials", "peak MiB", "of it wandb, Optuna and the code", "journal MiB"],
        rows=rows,
        note="It imports everything that the job does, opens the journal and works on five trials.",
    )
