"""The Optuna scheduler: prepare, work, save, leave."""

from __future__ import annotations

import shutil
from pathlib import Path

from optuna_sweep.config import Source
from optuna_sweep.errors import OptunaSweepError
from optuna_sweep.launch import Ending
from optuna_sweep.loop import Loop
from optuna_sweep.report import Progress
from optuna_sweep.setup import facts_of, make_search, read_sweep
from optuna_sweep.starting_points import enqueue_points
from optuna_sweep.stopping import StopRules
from optuna_sweep.study import JOURNAL, Opened, study_files
from optuna_sweep.user_file import UserFile
from optuna_sweep.wandb_adapter import LaunchScheduler

_BESIDE = Path(__file__).resolve().parent.parent
"""The entry point's folder, where a user's file lies that ships with the job."""


class OptunaScheduler(LaunchScheduler):
    """Drives one launch sweep with Optuna."""

    _opened: Opened | None = None

    ending = Ending.FAILED
    """How the sweep ended: FAILED until it is known, and where a person has to do something first."""

    def start(self) -> None:
        """Work on the sweep until it is done; called once. Every way out leaves it in a final state."""
        try:
            self.ending = self.prepare().run()
        except KeyboardInterrupt:
            # wandb interrupts the main thread when somebody stops the scheduler's run on its page.
            self.say("The scheduler was stopped.")
            self.ending = Ending.CANCELED
        except OptunaSweepError as error:
            for line in str(error).splitlines():
                self.say(line)
        finally:
            self.leave()

    def prepare(self) -> Loop:
        """Read the sweep, open its study and put the loop together; nothing is launched yet.

        Raises:
            SweepError: Something has to be changed first.
        """
        raw = self.sweep_file()
        config = read_sweep(raw, *self.job_problems())
        for note in config.notes:
            self.say(note)
        user_file = self._user_file(config.source)
        search, self._opened = make_search(
            config,
            user_file,
            sweep_id=self.sweep_id,
            storage=self._journal(),
            say=self.say,
            facts=facts_of(raw, config, self.sweep_id),
        )
        enqueue_points(search.study, search.space, config.settings.enqueue)
        rules = StopRules(run_cap=config.run_cap, metrics=config.metrics, started=self.runs_started)
        progress = Progress(config.metrics, config.run_cap)
        self.begin_sweep()
        return Loop(
            launch=self,
            search=search,
            rules=rules,
            workers=self.workers,
            told=lambda proposal, outcome: self.say(progress.told(proposal, outcome)),
        )

    def leave(self) -> None:
        """Save the study and set the sweep's state; a save that fails does not keep the sweep open."""
        try:
            if self._opened is not None:
                self.own.save_study(study_files(self._opened, self.own.folder))
        except (OptunaSweepError, OSError) as error:
            self.say(f"The study could not be saved as an artifact: {error}")
        self.say(f"The sweep ends as {self.ending.value.lower()}.")
        self.end_sweep(self.ending)

    def _journal(self) -> Path:
        """The study's file, which W&B keeps a copy of while the sweep works."""
        journal = self.own.folder / JOURNAL
        earlier = self.own.restore_file(JOURNAL)
        if earlier is not None:
            shutil.copyfile(earlier, journal)
        journal.touch()
        self.own.keep_file(journal)
        return journal

    def _user_file(self, source: Source | None) -> UserFile:
        if source is None:
            return UserFile()
        if source.is_artifact:
            return UserFile.load(self.own.fetch_source(source.location) / source.filename, source)
        return UserFile.load(_BESIDE / source.location, source)
