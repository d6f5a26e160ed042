"""The Optuna scheduler: prepare, work, save, leave."""

from __future__ import annotations

import gc
import os
import shutil
from functools import cached_property
from pathlib import Path

from optuna_sweep.config import Source, SweepConfig
from optuna_sweep.errors import AnotherAtWork, OptunaSweepError, Refused
from optuna_sweep.keeping import Keeper
from optuna_sweep.launch import Ending
from optuna_sweep.loop import Loop
from optuna_sweep.patience import Patience
from optuna_sweep.recovery import runs_started
from optuna_sweep.report import Alerts, Progress, Reporter, StatusLine
from optuna_sweep.search import Search, recover
from optuna_sweep.setup import facts_of, make_search, read_sweep, terminator_of
from optuna_sweep.signals import first_signal, vanish
from optuna_sweep.starting_points import enqueue_points
from optuna_sweep.stopping import StopRules
from optuna_sweep.study import JOURNAL, Opened, Reached, open_database, study_files
from optuna_sweep.user_file import UserFile
from optuna_sweep.wandb_adapter import LaunchScheduler
from optuna_sweep.warm_start import Sources, begin_warm
from optuna_sweep.watchdog import Watchdog

_LAST_WORDS = 600.0
"""Seconds that W&B may be out of reach when everything is done but to say so."""

_LAST_TRY = 30.0
"""Seconds that the study's database may be out of reach when the study is copied at the end."""

_DATABASE = "The study's database"

_BESIDE = Path(__file__).resolve().parent.parent
"""The entry point's folder, where a user's file lies that ships with the job."""


class OptunaScheduler(LaunchScheduler):
    """Drives one launch sweep with Optuna."""

    _opened: Opened | None = None
    _keeper: Keeper | None = None
    _reporter: Reporter | None = None
    _reason = ""
    _status = StatusLine(None)

    ending = Ending.FAILED
    """How the sweep ended: FAILED until it is known, and where a person has to do something first."""

    folders: tuple[Path, ...] = (_BESIDE,)
    """Where a user's file is looked for; the first that has it."""

    longest_step = 3600.0
    """Seconds that a step may take; a scheduler that takes longer hangs, and its process ends."""

    resume_command = "wandb launch-sweep SWEEP.yaml --queue QUEUE --resume_id"
    """What continues the sweep, but for its id; said to people."""

    def start(self) -> None:
        """Work on the sweep until it is done; called once. Every way out leaves it in a known state.

        Ctrl-C and SIGTERM let the step end and leave the sweep paused, with its runs at work; a
        second one leaves at once. Somebody who stops this run on its W&B page cancels the sweep. Where
        another scheduler has taken the sweep over, the process ends as if it had been killed; so it does
        where a step takes longer than ``longest_step``.
        """
        self._status = StatusLine.of_this_process()
        self._watchdog.feed()
        try:
            loop = self.prepare()
            # What is there by now stays, and each full collection would walk all of it again: 0.13 s.
            gc.freeze()
            with first_signal(lambda: self._leave_soon(loop)):
                self.ending = loop.run()
            self._explain(loop)
        except KeyboardInterrupt:
            self.say(f"Left before the end; the runs go on. {self._how_to_resume}")
            self.ending = Ending.PAUSED
        except AnotherAtWork as notice:
            self.say(str(notice))
            vanish()
        except OptunaSweepError as error:
            self._reason = str(error)
            for line in self._reason.splitlines():
                self.say(line)
        finally:
            self.leave()
            self._watchdog.rest()

    def prepare(self) -> Loop:
        """Read the sweep, restore its search and put the loop together; nothing is launched yet.

        Raises:
            SweepError: Something has to be changed first.
        """
        insist = Patience(self).insist
        # `launch-sweep` leaves the project out of the sweep's config, and the entity too.
        raw = self.where | self.sweep_file()
        config = read_sweep(raw, *insist(self.job_problems))
        for note in config.notes:
            self.say(note)
        user_file = insist(lambda: self._user_file(config.source))
        storage = self._storage(config)
        facts = facts_of(raw, config, self.sweep_id)
        search, self._opened = make_search(
            config, user_file, sweep_id=self.sweep_id, storage=storage, say=self.say, facts=facts
        )
        self.tags = (*self.tags, search.study.study_name)
        self._opened.bear_outages(Patience(self, who=_DATABASE).insist)
        runs = insist(self.known_runs)
        sources = Sources(
            config.settings.warm_start, self.sweep_id, self.earlier, self.own.fetch_source, config.prior_runs
        )
        warm = insist(lambda: begin_warm(search, sources, runs))
        recovered = recover(search, runs)
        for line in (*warm, *recovered.lines):
            self.say(line)
        enqueue_points(search.study, search.space, config.settings.enqueue)
        insist(self.begin_sweep)
        loop = self._loop(config, search, self._opened, runs_started(runs, self.sweep_id))
        loop.adopt(recovered.runs)
        return loop

    def wait(self, seconds: float) -> None:
        """Sleep, until somebody wakes us. Whoever waits does not hang: it comes here after each step."""
        self._watchdog.feed()
        super().wait(seconds)

    def say(self, line: str) -> None:
        """Print one line, above the status line where there is one."""
        with self._status.aside():
            super().say(line)

    def leave(self) -> None:
        """Save the study and set the sweep's state; a save that fails does not keep the sweep open."""
        self._status.clear()
        try:
            if self._keeper is not None:
                self._keeper.last()
            if self._opened is not None:
                self._opened.bear_outages(Patience(self, _LAST_TRY, _DATABASE).insist)
                self.own.save_study([*study_files(self._opened, self.own.folder), *self._report()])
        except (OptunaSweepError, OSError) as error:
            self.say(f"The study could not be saved as an artifact: {error}")
        self.say(f"The sweep ends as {self.ending.value.lower()}.")
        if self._reporter is not None:
            self._reporter.leaving(self.ending, self._reason)
        try:
            Patience(self, limit=_LAST_WORDS).insist(lambda: self.end_sweep(self.ending))
        except Refused:
            # A sweep that failed because W&B refuses everything has said so already.
            if self.ending is not Ending.FAILED:
                raise

    def _report(self) -> list[Path]:
        """What people open of the study. A picture that fails is never worth the study itself."""
        try:
            return self._reporter.finish(self.ending, self._reason, self.own.folder) if self._reporter else []
        except Exception as error:
            self.say(f"The report is left out: {error!r}")
            return []

    def _loop(self, config: SweepConfig, search: Search, opened: Opened, started: int) -> Loop:
        progress = Progress(config.metrics, config.run_cap, self.now)
        rules = StopRules(
            run_cap=config.run_cap,
            metrics=config.metrics,
            stop=config.settings.stop,
            started=started,
            terminate=terminator_of(config, opened, self.say),
        )
        alerts = Alerts(self.own, self.sweep_id, config.settings.alerts, config.metrics, rules.target)
        reporter = Reporter(launch=self, own=self.own, opened=opened, metrics=config.metrics, alerts=alerts)
        self._reporter = reporter
        progress.begin(reporter.study.get_trials())

        def tick() -> None:
            reporter.tick()
            if self._keeper is not None:
                self._keeper.tick()
            self._status.show(progress.standing(loop.running))

        loop = Loop(
            launch=self,
            search=search,
            rules=rules,
            workers=self.workers,
            tick=tick,
            requests_per_minute=config.settings.max_requests_per_minute,
            told=lambda proposal, outcome: reporter.trial_told(
                progress.told(proposal, outcome, loop.running)
            ),
            stopping=lambda stop: reporter.stopping(stop.reason, failed=stop.failed),
            ended=reporter.run_ended,
        )
        return loop

    @cached_property
    def _watchdog(self) -> Watchdog:
        return Watchdog(self.longest_step)

    def _leave_soon(self, loop: Loop) -> None:
        self.say("Leaving after this step; the live runs go on. Once more leaves at once.")
        loop.leave()
        self.wake()

    def _explain(self, loop: Loop) -> None:
        if self.ending is Ending.PAUSED:
            self.say(self._how_to_resume)
        if loop.stop is not None:
            self._reason = loop.stop.reason
            self.own.summarize({"stopped_by": loop.stop.rule, "stop_reason": loop.stop.reason})

    @property
    def _how_to_resume(self) -> str:
        return f"To go on: {self.resume_command} {self.sweep_id}"

    def _storage(self, config: SweepConfig) -> Path | Reached:
        """The database that the settings name, else a file."""
        if config.settings.storage is not None:
            return open_database(config.settings.storage, os.environ)
        return Patience(self).insist(self._journal)

    def _journal(self) -> Path:
        """The study's file, which W&B keeps a copy of while the sweep works."""
        journal = self.own.folder / JOURNAL
        earlier = self.own.restore_file(JOURNAL)
        if earlier is not None:
            shutil.copyfile(earlier, journal)
        journal.touch()
        self._keeper = Keeper(journal, self.own.keep_file, self.now)
        return journal

    def _user_file(self, source: Source | None) -> UserFile:
        if source is None:
            return UserFile()
        if source.is_artifact:
            return UserFile.load(self.own.fetch_source(source.location) / source.filename, source)
        places = [folder / source.location for folder in self.folders]
        return UserFile.load(next((place for place in places if place.is_file()), places[0]), source)
