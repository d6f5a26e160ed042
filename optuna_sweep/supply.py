"""What the free workers run next: runs that are owed first, then new trials, until a rule ends the sweep."""

from __future__ import annotations

from optuna_sweep.launch import Launch
from optuna_sweep.outcomes import Proposal
from optuna_sweep.search import Search
from optuna_sweep.stopping import Stop, StopRules

_CHOOSING = 1.0
"""Seconds of choosing after which what has been chosen is started: some samplers take seconds for a trial,
and no worker is to wait for the trials of the others."""


class Supply:
    """The runs that may be started, chosen when workers are free for them.

    Args:
        launch: For its clock.
        search: Chooses.
        rules: Say when nothing new is started; they are told of each run that is handed out.
        unqueued: Runs that were handed out before and did not get onto the queue; taken from here first.
    """

    def __init__(self, launch: Launch, search: Search, rules: StopRules, unqueued: list[Proposal]) -> None:
        self._launch = launch
        self._search = search
        self._rules = rules
        self._unqueued = unqueued
        self._counted: set[str] = set()
        self._used_up = False
        self._began = launch.now()

    def known(self, run_id: str) -> None:
        """The run was found in W&B, and has been counted."""
        self._counted.add(run_id)

    def ruling(self) -> Stop | None:
        """Why nothing new is started; None while something is."""
        stop = self._rules.ruling(self._launch.now() - self._began)
        if stop is None and self._used_up:
            return Stop("space", "every point of the search space has been tried")
        return stop

    def take(self, free: int) -> list[Proposal]:
        """Up to ``free`` runs to start now, in their order; empty where there is nothing to start.

        Fewer where choosing takes long: ask again once these are on their way.
        """
        due: list[Proposal] = []
        began = self._launch.now()
        while len(due) < free and self._launch.now() - began < _CHOOSING:
            proposal = self._next()
            if proposal is None:
                break
            if not proposal.retry and proposal.run_id not in self._counted:
                self._rules.run_started(proposal)
            self._counted.add(proposal.run_id)
            due.append(proposal)
        return due

    def _next(self) -> Proposal | None:
        if self._unqueued:
            return self._unqueued.pop(0)
        if self.ruling() is not None and not self._search.owes_runs:
            return None
        proposal = self._search.ask()
        self._used_up = self._used_up or proposal is None
        return proposal
