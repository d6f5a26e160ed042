"""A study with what belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import optuna
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage

from optuna_sweep.study.batched_journal import BatchedJournal
from optuna_sweep.study.reached import Insist, Reached
from optuna_sweep.user_file import Terminator


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A study that is ready to be asked.

    Attributes:
        study: To be asked and told. Its storage may show the sampler's latents.
        storage: Where the study lives, in the values that the runs saw.
        backend: What writes the file behind ``storage``, or None.
        reached: What stands before ``storage`` where other sweeps may use it too, or None.
        journal: The file behind ``storage``, or None where it is another kind of storage.
        terminator: The user's own rule for the end of the search.
        lines: What people should know: who chose the sampler, what was lost.
        sampler_for: The sampler for the trial of a number. None where there is no seed, or where
            the user's file made the sampler.
    """

    study: optuna.Study
    storage: BaseStorage
    journal: Path | None = None
    backend: BatchedJournal | None = None
    reached: Reached | None = None
    terminator: Terminator | None = None
    lines: tuple[str, ...] = ()
    sampler_for: Callable[[int], BaseSampler] | None = None

    @property
    def shared(self) -> bool:
        """Whether other sweeps may ask and tell the same study at the same time."""
        return self.reached is not None

    def bear_outages(self, insist: Insist) -> None:
        """Have each call to the study's database repeated like this until it works."""
        if self.reached is not None:
            self.reached.insist = insist

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Write what happens inside as one entry of the study's file, or none of it.

        A process that is killed inside leaves no trial that has half of its parameters. Storages
        other than the journal write as they go.
        """
        if self.backend is None:
            yield
            return
        with self.backend.at_once():
            yield

    def reseed(self, trial: int) -> None:
        """Make the next suggestion depend on the seed, the trial's number and what was told alone.

        To be called before each ask, with the number that the trial will have. A sampler's
        generator is lost when the scheduler dies; with this, the one that continues asks what the
        first would have asked.
        """
        if self.sampler_for is not None:
            self.study.sampler = self.sampler_for(trial)
