"""A journal file that one process writes, several entries at a time where they belong together."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from optuna.storages.journal import BaseJournalBackend

CONTINUED = "continued"
"""The key of an entry that is not the last of its block. Optuna reads over keys that it does not know."""


class BatchedJournal(BaseJournalBackend):
    """Optuna's journal format, for a single writer.

    Optuna's own file backend writes and syncs each entry, a trial's every parameter and report,
    and reads it back from the file. Here an entry is read back from memory, and the entries of one
    ``at_once`` block reach the file in one write: a process that is killed inside the block leaves
    none of them, so no trial is ever found with half of its parameters. It takes no lock: another
    process must not write the same file.

    Args:
        path: The file; made where it is missing. Its last line must be whole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._length = sum(1 for _ in self._lines())
        self._tail: list[dict[str, Any]] = []
        self._pending: list[str] = []
        self._depth = 0

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Write what is appended inside together, when the outermost block is left.

        What was appended before an exception is written as well: the storage in memory has it, and
        the two must not differ.
        """
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._flush()

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Add entries at the end."""
        for log in logs:
            text = json.dumps(log, separators=(",", ":"))
            # What Optuna replays must be what the file will give back, so it goes through JSON too.
            self._tail.append(json.loads(text))
            self._pending.append(text)
        if self._depth == 0:
            self._flush()

    def read_logs(self, log_number_from: int) -> Iterable[dict[str, Any]]:
        """The entries from this number on; those that were read before are dropped from memory."""
        if log_number_from < self._length:
            return self._from_file(log_number_from)
        del self._tail[: log_number_from - self._length]
        self._length = log_number_from
        return list(self._tail)

    def _from_file(self, start: int) -> list[dict[str, Any]]:
        """A storage that is opened anew reads all that was flushed, and what was not."""
        in_file = [json.loads(line) for line in self._lines()]
        unflushed = [json.loads(text) for text in self._pending]
        return [*in_file, *unflushed][start:]

    def _lines(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            yield from file

    def _flush(self) -> None:
        if not self._pending:
            return
        *others, last = self._pending
        text = "\n".join([*map(_continued, others), last, ""]).encode()
        self._pending.clear()
        with self._path.open("ab", buffering=0) as file:
            file.write(text)
            os.fsync(file.fileno())


def _continued(entry: str) -> str:
    """Mark an entry, so that a block that a torn file holds in part can be told from a whole one."""
    return f'{entry[:-1]},"{CONTINUED}":true}}'
