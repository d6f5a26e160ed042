"""Shows the sweep on its runs in W&B while the loop works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.config import Metric
from optuna_sweep.errors import OptunaSweepError
from optuna_sweep.launch import Launch, OwnRun
from optuna_sweep.outcomes import Observation, Phase, Proposal
from optuna_sweep.report.history import History
from optuna_sweep.report.rows import REASON
from optuna_sweep.report.standing import standing
from optuna_sweep.study import Opened, quiet_optuna

_WORDS = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}


class Reporter:
    """Keeps the scheduler's run, and the summaries of the trials' runs, in step with the study.

    Args:
        launch: Where the trials' runs are.
        own: The scheduler's own run.
        opened: The study. It is read in the values that the runs saw.
        metrics: The objectives in order.
    """

    def __init__(self, *, launch: Launch, own: OwnRun, opened: Opened, metrics: tuple[Metric, ...]) -> None:
        self._launch = launch
        self._own = own
        self._metrics = metrics
        with quiet_optuna():
            self.study = optuna.load_study(study_name=opened.study.study_name, storage=opened.storage)
        self._history = History(own, metrics)

    def trial_told(self, line: str) -> None:
        """A trial was told: the line about it, its row as soon as those before it are there, the summary."""
        self._launch.say(line)
        self._history.follow(self.study.get_trials(deepcopy=False))
        self._own.summarize(standing(self.study, self._metrics))

    def run_ended(self, proposal: Proposal, seen: Observation) -> None:
        """No process writes to this run any more: put into its summary what became of its trial.

        Costs one request. A run that cannot be written to is left as it is: nothing depends on it.
        So is a run without a summary: that it died without a trace is what W&B, and a scheduler
        that takes over, do not count it by.
        """
        if seen.phase is Phase.DELETED or not seen.summary:
            return
        trial = self.study.get_trials(deepcopy=False)[proposal.trial]
        try:
            self._launch.describe_run(seen.run_id, {**seen.summary, **_epitaph(trial)})
        except OptunaSweepError:
            return


def _epitaph(trial: FrozenTrial) -> Mapping[str, Any]:
    """The trial's number, how it ended, and why where it was pruned or failed."""
    words: dict[str, Any] = {
        "optuna/trial": trial.number,
        "optuna/state": _WORDS.get(trial.state, "at work"),
    }
    reason = trial.user_attrs.get(REASON)
    return words | {"optuna/reason": reason} if reason and trial.state.is_finished() else words
