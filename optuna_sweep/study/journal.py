"""Optuna's journal file as the place where a study lives."""

from __future__ import annotations

import json
from pathlib import Path

from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

JOURNAL = "study.journal"
"""The file's name, beside the scheduler and in the artifact."""


class _OneProcess(JournalFileOpenLock):
    """No lock at all, because one process writes the file.

    Optuna's locks outlive a process that was killed, and the next one waits 30 seconds for them.
    Threads of one process take turns by the storage's own lock.
    """

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        return None


def open_journal(path: Path) -> tuple[JournalStorage, str]:
    """Open a journal, or start it where there is none.

    A process that was killed while it wrote leaves half a line. Optuna reads over it, but appends
    to it, which spoils the file; so the file is cut after its last good line first. Each good line
    leaves the study in a state that it once had. A file that is no journal is put aside.

    Returns:
        The storage, and a sentence where something was lost, else an empty text.
    """
    lost = _cut(path)
    try:
        return _storage(path), lost
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        aside = path.with_name(f"{path.name}.unreadable")
        path.replace(aside)
        return _storage(path), f"{path.name} is not a journal of Optuna; it was put aside as {aside.name}"


def _storage(path: Path) -> JournalStorage:
    path.parent.mkdir(parents=True, exist_ok=True)
    return JournalStorage(JournalFileBackend(str(path), lock_obj=_OneProcess(str(path))))


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
    good = 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n") or not _is_entry(line):
                break
            good += len(line)
    return good


def _is_entry(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
