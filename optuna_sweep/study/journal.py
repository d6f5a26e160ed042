"""Optuna's journal file as the place where a study lives."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from optuna.storages import JournalStorage
from optuna.storages.journal import BaseJournalBackend
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.study.batched_journal import CONTINUED, BatchedJournal

JOURNAL = "study.journal"
"""The file's name, beside the scheduler and in the artifact."""

_FINISHED: Final = tuple(state for state in TrialState if state.is_finished())


class OwnJournal(JournalStorage):
    """A journal that no other process writes, so it knows when a trial may have finished."""

    def __init__(self, backend: BaseJournalBackend) -> None:
        super().__init__(backend)
        self._finished: dict[int, int] = {}

    def count_finished(self, study_id: int) -> int:
        """How many trials have finished; they are counted after each write that may change it."""
        if study_id not in self._finished:
            self._finished[study_id] = self.get_n_trials(study_id, _FINISHED)
        return self._finished[study_id]

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """See ``BaseStorage``."""
        self._finished.clear()
        return super().create_new_trial(study_id, template_trial)

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        """See ``BaseStorage``."""
        self._finished.clear()
        return super().set_trial_state_values(trial_id, state, values)


@dataclass(frozen=True, slots=True)
class Journal:
    """An open journal.

    Attributes:
        storage: For Optuna.
        backend: What writes the file.
        lost: A sentence where something of the file was lost, else empty.
    """

    storage: OwnJournal
    backend: BatchedJournal
    lost: str = ""


def open_journal(path: Path) -> Journal:
    """Open a journal, or start it where there is none.

    A process that was killed while it wrote leaves half a line. Optuna reads over it, but appends
    to it, which spoils the file; so the file is cut after its last good line first. Each good line
    leaves the study in a state that it once had. A file that is no journal is put aside.
    """
    lost = _cut(path)
    try:
        return _open(path, lost)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        aside = path.with_name(f"{path.name}.unreadable")
        path.replace(aside)
        return _open(path, f"{path.name} is not a journal of Optuna; it was put aside as {aside.name}")


def _open(path: Path, lost: str) -> Journal:
    backend = BatchedJournal(path)
    return Journal(OwnJournal(backend), backend, lost)


def _cut(path: Path) -> str:
    if not path.exists():
        return ""
    good, size = _good_length(path), path.stat().st_size
    if good == size:
        return ""
    with path.open("r+b") as file:
        file.truncate(good)
    return f"{path.name} was damaged: {size - good} of its {size} bytes, at the end, were dropped"


def _good_length(path: Path) -> int:
    """Bytes up to the end of the last block of entries that is there as a whole."""
    good = read = 0
    with path.open("rb") as file:
        for line in file:
            entry = _entry(line)
            if entry is None:
                break
            read += len(line)
            good = good if entry.get(CONTINUED) else read
    return good


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line) if line.endswith(b"\n") else None
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
