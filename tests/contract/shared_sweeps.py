"""A sweep over ``MemoryLaunch`` whose study lives in a database; ``python -m`` runs one as a process.

The process opens its study, says that it is ready, waits for a line and works; then it prints what
it launched.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import Any

from optuna.storages import BaseStorage

from optuna_sweep.config import SweepConfig
from optuna_sweep.launch import Ending
from optuna_sweep.loop import Loop
from optuna_sweep.outcomes import Proposal
from optuna_sweep.recovery import runs_started
from optuna_sweep.search import Search, recover
from optuna_sweep.setup import make_search
from optuna_sweep.stopping import StopRules
from optuna_sweep.study import Opened, Reached, open_database
from optuna_sweep.user_file import UserFile
from tests.memory_launch import MemoryLaunch, Script, curve

STUDY = "shared"


def config_of(run_cap: int, **sweep: Any) -> SweepConfig:
    return SweepConfig.parse(
        {
            "method": "random",
            "metric": {"name": "loss"},
            "run_cap": run_cap,
            "parameters": {
                "x": {"min": 0.0, "max": 1.0},
                "y": {"distribution": "normal", "mu": 0.0, "sigma": 1.0},
                "c": {"values": ["a", [1, 2], None]},
            },
            "scheduler": {"settings": {"seed": 7, "study_name": STUDY, "pruner": {"type": "NopPruner"}}},
            **sweep,
        }
    )


def training(proposal: Proposal) -> Script:
    return curve([1.0, float(proposal.parameters["x"])], every=6.0)


@dataclass
class Scheduler:
    """What ``OptunaScheduler`` puts together, over a Launch in memory."""

    launch: Any
    search: Search
    opened: Opened
    loop: Loop

    @classmethod
    def start(
        cls, config: SweepConfig, launch: Any, storage: BaseStorage | Reached, *, workers: int = 2
    ) -> Scheduler:
        search, opened = make_search(
            config, UserFile(), sweep_id=launch.sweep_id, storage=storage, say=launch.say
        )
        runs = launch.known_runs()
        recovered = recover(search, runs)
        for line in recovered.lines:
            launch.say(line)
        rules = StopRules(
            run_cap=config.run_cap, metrics=config.metrics, started=runs_started(runs, launch.sweep_id)
        )
        loop = Loop(launch=launch, search=search, rules=rules, workers=workers)
        loop.adopt(recovered.runs)
        return cls(launch, search, opened, loop)

    def run(self) -> Ending:
        return self.loop.run()


def main(address: str, sweep_id: str, sweep: str) -> None:
    config = SweepConfig.parse(json.loads(sweep))
    launch = MemoryLaunch(training, sweep_id=sweep_id)
    scheduler = Scheduler.start(config, launch, open_database(address, os.environ))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    ending = scheduler.run()
    runs = {run_id: run.proposal.parameters for run_id, run in launch.runs.items()}
    sys.stdout.write(json.dumps({"ending": ending.value, "runs": runs, "said": launch.said}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
