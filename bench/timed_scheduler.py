"""The scheduler with a stopwatch on its reporter, as a process: ``python -m bench.timed_scheduler start …``.

When it has left the sweep it writes ``cpu.json`` into the folder that it was started in: the CPU seconds of
the whole process from its start, those spent in the reporter, and how often the pictures were drawn.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from bench.stopwatch import Stopwatch
from optuna_sweep.cli import main
from optuna_sweep.report import Reporter
from optuna_sweep.scheduler import OptunaScheduler
from optuna_sweep.wandb_adapter.own_run import OwnRun

RESULT = "cpu.json"

_TIMED = ("tick", "run_ended", "stopping", "finish", "leaving")
"""Not ``trial_told``, which prints the line of a trial."""


class _Timed(OptunaScheduler):
    """The scheduler, which says at its end what it has cost."""

    def start(self) -> None:
        """See ``OptunaScheduler``."""
        watch, refreshes = Stopwatch(), Stopwatch()
        for name in _TIMED:
            setattr(Reporter, name, watch.timed(getattr(Reporter, name)))
        OwnRun.show = refreshes.timed(OwnRun.show)  # type: ignore[method-assign]
        super().start()
        spent = {"whole": time.process_time(), "reporting": watch.seconds, "refreshes": refreshes.times}
        Path(RESULT).write_text(json.dumps(spent))


if __name__ == "__main__":
    main(lambda: _Timed)
