"""Optuna's journal file as the place where a study lives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optuna.storages import JournalStorage

from optuna_sweep.study.batched_journal import CONTINUED, BatchedJournal

JOURNAL = "study.journal"
"""The file's name, beside the scheduler and in the artifact."""


@dataclass(frozen=True, slots=True)
class Journal:
    """An open journal.

    Attributes:
        storage: For Optuna.
        backend: What writes the file.
        lost: A sentence where something of the file was lost, else empty.
    """

    storage: JournalStorage
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
    return Journal(JournalStorage(backend), backend, lost)


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
