"""Shows the sweep on its runs in W&B while the loop works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from optuna_sweep.config import Metric
from optuna_sweep.epitaphs import epitaph
from optuna_sweep.launch import Ending, Launch, OwnRun, Table
from optuna_sweep.outcomes import Observation, Phase, Proposal
from optuna_sweep.report.alerts import Alerts
from optuna_sweep.report.charts import Chart, charts
from optuna_sweep.report.files import write_files
from optuna_sweep.report.history import History
from optuna_sweep.report.pacing import Pacing
from optuna_sweep.report.page import Ended
from optuna_sweep.report.read_study import ReadStudy
from optuna_sweep.report.rows import ENDED, REASON, RUN_ID, table
from optuna_sweep.report.standing import best_trial, standing
from optuna_sweep.study import Opened, quiet_optuna

_COLLECT = 20.0
"""Seconds for which runs that have ended are collected: all of them are described by one request."""
_SUMMARIZE = 60.0
"""Seconds between two summaries, which look at all trials. The history shows the best so far at once."""


class Reporter:
    """Keeps the scheduler's run, and the summaries of the trials' runs, in step with the study.

    Args:
        launch: Where the trials' runs are.
        own: The scheduler's own run.
        opened: The study. It is read in the values that the runs saw.
        metrics: The objectives in order.
        alerts: What people are told wherever they are.
        cpu: CPU seconds of this process.
    """

    def __init__(
        self,
        *,
        launch: Launch,
        own: OwnRun,
        opened: Opened,
        metrics: tuple[Metric, ...],
        alerts: Alerts,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        self._launch = launch
        self._own = own
        self._metrics = metrics
        with quiet_optuna():
            self.study = ReadStudy(study_name=opened.study.study_name, storage=opened.storage)
        self._history = History(own, metrics)
        self._alerts = alerts
        self._alerts.begin(best_trial(self.study, metrics))
        self._pacing = Pacing(launch.now, cpu)
        self._troubles: set[str] = set()
        self._finished = sum(trial.state.is_finished() for trial in self.study.get_trials(deepcopy=False))
        self._followed = self._summarized = self._finished
        self._summarized_at = self._described_at = launch.now()
        self._undescribed: dict[str, tuple[int, Mapping[str, Any]]] = {}

    def tick(self) -> None:
        """To be called every few seconds, when nothing waits for it: shows what has come up by now."""
        if self._undescribed and self._launch.now() - self._described_at >= _COLLECT:
            self.describe_runs()
        with self._harmless("shown in W&B"):
            self._follow()
            if self._launch.now() - self._summarized_at >= _SUMMARIZE:
                self._summarize()
            if self._history.newest is not None and self._pacing.due(self._finished):
                self._draw()

    def catch_up(self) -> None:
        """Show what waits for its time, but the plots."""
        self.describe_runs()
        with self._harmless("shown in W&B"):
            self._follow()
            self._summarize()

    def trial_told(self, line: str) -> None:
        """A trial was told: the line about it, and the alert where it reaches the target."""
        self._launch.say(line)
        self._finished += 1
        with self._harmless("sent as an alert"):
            self._alerts.told(lambda: best_trial(self.study, self._metrics))

    def stopping(self, stop_reason: str, *, failed: bool) -> None:
        """A rule ends the sweep; live runs may be at work."""
        with self._harmless("sent as an alert"):
            if failed:
                self._alerts.failing(stop_reason)

    def leaving(self, ending: Ending, reason: str) -> None:
        """The sweep is about to be left in this state; everything else about it is done."""
        self.catch_up()
        with self._harmless("sent as an alert"):
            trials = self.study.get_trials(deepcopy=False)
            self._alerts.ended(ending, reason, trials, best_trial(self.study, self._metrics))

    def run_ended(self, proposal: Proposal, seen: Observation) -> None:
        """No process writes to this run any more: put into its summary what became of its trial.

        That costs one request for all runs of 20 seconds. Those that cannot be written to are left as they
        are. So is a run without a summary: that it died without a trace is what W&B, and a
        scheduler that takes over, do not count it by.
        """
        if seen.phase is not Phase.DELETED and seen.summary:
            self._undescribed[seen.run_id] = (proposal.trial, seen.summary)

    def describe_runs(self) -> None:
        """Describe the runs that were collected; ``tick`` and ``leaving`` do."""
        waiting, self._undescribed = self._undescribed, {}
        self._described_at = self._launch.now()
        if not waiting:
            return
        with self._harmless(f"written to the runs {', '.join(waiting)}"):
            trials = self.study.get_trials(deepcopy=False)
            self._launch.describe_runs(
                {
                    run_id: {**summary, **_epitaph(trials[trial])}
                    for run_id, (trial, summary) in waiting.items()
                }
            )

    def finish(self, ending: Ending, reason: str, folder: Path) -> list[Path]:
        """Show everything as it is at the end, and write what people open of the study's artifact.

        Args:
            ending: How the sweep is left.
            reason: The rule that ended it, in words; empty where a person did.
            folder: Where to write the files.
        """
        with self._harmless("finished"):
            return self._finish(ending, reason, folder)
        return []

    def _finish(self, ending: Ending, reason: str, folder: Path) -> list[Path]:
        if not self._launched_any:
            # Nothing to show, and the one line that says why must not drown in what is left out.
            return []
        closing = ending is not Ending.PAUSED
        self._history.follow(self.study.get_trials(deepcopy=False), closing=closing)
        self._own.summarize(standing(self.study, self._metrics))
        drawn = self._draw(at_the_end=closing)
        for chart in drawn:
            if chart.figure is None:
                self._launch.say(f"The plot {chart.name} is left out: {chart.reason}.")
        ended = Ended(
            sweep_id=self._launch.sweep_id,
            study_name=self.study.study_name,
            state=ending.value.lower(),
            reason=reason,
        )
        return write_files(folder, self.study, self._metrics, drawn, ended)

    @contextmanager
    def _harmless(self, what: str) -> Iterator[None]:
        """Whatever a report trips over, the sweep goes on without it; the same trouble is said once."""
        try:
            yield
        except Exception as error:
            if repr(error) not in self._troubles:
                self._troubles.add(repr(error))
                self._launch.say(f"The report could not be {what}: {error!r}")

    @property
    def _launched_any(self) -> bool:
        return any(RUN_ID in trial.user_attrs for trial in self.study.get_trials(deepcopy=False))

    def _follow(self) -> None:
        if self._finished > self._followed:
            self._followed = self._finished
            self._history.follow(self.study.get_trials(deepcopy=False))

    def _summarize(self) -> None:
        if self._finished > self._summarized:
            self._summarized, self._summarized_at = self._finished, self._launch.now()
            self._own.summarize(standing(self.study, self._metrics))

    def _draw(self, *, at_the_end: bool = False) -> list[Chart]:
        """Put the plots and the table beside the newest row of the history, where there is one."""
        with self._pacing.drawing(self._finished):
            drawn = list(charts(self.study, self._metrics))
            newest = self._history.newest
            step = self._own.next_step if at_the_end and newest is None else newest
            if step is not None:
                self._show(drawn, step)
        return drawn

    def _show(self, drawn: Sequence[Chart], step: int) -> None:
        figures = {f"charts/{chart.name}": chart.figure for chart in drawn if chart.figure is not None}
        columns, rows = table(self.study.get_trials(deepcopy=False), self._metrics)
        self._own.show(figures, {"trials": Table(columns, rows)}, step)


def _epitaph(trial: FrozenTrial) -> Mapping[str, Any]:
    return epitaph(trial.number, ENDED.get(trial.state), trial.user_attrs.get(REASON))
