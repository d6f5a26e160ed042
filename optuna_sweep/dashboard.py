"""Opens optuna-dashboard on a sweep's study, running or finished. Nothing of it is our own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from optuna_sweep.errors import SweepError, Unavailable

REFRESH_SECONDS = 15.0
_MISSING = (
    "optuna-dashboard is not installed. Install it where you want to look: pip install optuna-dashboard"
)


def serve(storage: JournalStorage, host: str, port: int) -> None:
    """Show the storage until the process is ended.

    Raises:
        SweepError: optuna-dashboard is not installed.
    """
    try:
        from optuna_dashboard import run_server
    except ImportError as error:
        raise SweepError(_MISSING) from error
    run_server(storage, host=host, port=port)


def open_file(path: Path) -> JournalStorage:
    """A study's file as the storage that it is.

    Raises:
        SweepError: The file is empty or not there.
    """
    if not path.is_file() or not path.stat().st_size:
        raise SweepError(f"{path} holds no study. Name a study.journal, or a sweep as entity/project/sweep.")
    return JournalStorage(JournalFileBackend(str(path)))


def grow(path: Path, newer: Path) -> None:
    """Add to a study's file what a newer copy of it has more; the readers of the file see it next.

    The file is only appended to, since a journal never changes what it holds.
    """
    known = path.stat().st_size if path.exists() else 0
    with newer.open("rb") as source, path.open("ab") as copy:
        source.seek(known)
        copy.write(source.read())


def show(fetch: Callable[[Path], Path], folder: Path, host: str, port: int) -> None:
    """Show a sweep's study, and what becomes of it, until the process is ended.

    Args:
        fetch: Downloads the study's file to a folder, and says where it is.
        folder: An empty one, for copies.
        host: The address to listen at.
        port: Its port.
    """
    newest = folder / "newest"
    newest.mkdir()
    path = folder / "study.journal"
    grow(path, fetch(newest))
    ended = threading.Event()
    threading.Thread(target=follow, args=(path, lambda: fetch(newest), ended), daemon=True).start()
    try:
        serve(open_file(path), host, port)
    finally:
        ended.set()


def follow(path: Path, fetch: Callable[[], Path], ended: threading.Event) -> None:
    """Keep a copy of a running study fresh until ``ended`` is set. For a thread of its own.

    Args:
        path: The copy.
        fetch: Downloads the study's file and says where to.
        ended: Set by others.
    """
    while not ended.wait(REFRESH_SECONDS):
        try:
            grow(path, fetch())
        except Unavailable:
            continue  # the next one brings what this one would have
