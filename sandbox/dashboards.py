"""optuna-dashboard on the studies that sweeps keep here: a process for each, once somebody looks.

What a sweep keeps is an Optuna journal file, which only grows. The dashboard works on a copy, so
that nothing done there reaches W&B, and the copy grows whenever a newer file was uploaded.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.files import Blob
    from sandbox.sweeps import Sweep

HOST = "127.0.0.1"
START_SECONDS = 60.0
_JOURNAL = "study.journal"
_COMMAND = "optuna-dashboard"


class NoDashboard(Exception):
    """There is nothing to show, or nothing to show it with; the text says what to do."""


@dataclass(frozen=True, slots=True)
class _Shown:
    process: subprocess.Popen[bytes]
    copy: Path
    source: Path
    address: str


def journal_of(sweep: Sweep) -> Blob | None:
    """The study's file: kept with the scheduler's run, whose id is the sweep's, or in its artifact."""
    scheduler = sweep.project.runs.get(sweep.name)
    if scheduler is None:
        return None
    versions = [one for one in scheduler.logged_artifacts if one.collection.type_name == "optuna"]
    kept = [scheduler.files.get(_JOURNAL), *(one.files.get(_JOURNAL) for one in reversed(versions))]
    return next((blob for blob in kept if blob and blob.stored and blob.size_bytes), None)


class Dashboards:
    """Those that are open.

    Args:
        folder: For the copies.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shown: dict[str, _Shown] = {}
        self._lock = threading.Lock()

    def show(self, sweep: str, source: Path) -> str:
        """The address of a dashboard on the file; the first call waits until it answers.

        Args:
            sweep: The sweep's name.
            source: The study's file.

        Raises:
            NoDashboard: optuna-dashboard is not installed, or does not start.
        """
        with self._lock:
            shown = self._shown.get(sweep)
            if shown is None or shown.process.poll() is not None or shown.source != source:
                if shown is not None:
                    _end(shown.process)
                shown = self._shown[sweep] = self._start(sweep, source)
            _grow(shown.copy, source)
            return shown.address

    def refresh(self) -> None:
        """Let the copies have what was uploaded since. Called after each upload."""
        for shown in list(self._shown.values()):
            _grow(shown.copy, shown.source)

    def close(self) -> None:
        """End them all."""
        for shown in self._shown.values():
            _end(shown.process)
        self._shown.clear()

    def _start(self, sweep: str, source: Path) -> _Shown:
        program = Path(sys.executable).with_name(_COMMAND)
        if not program.is_file():
            raise NoDashboard(f"{_COMMAND} is not installed beside {sys.executable}: pip install {_COMMAND}")
        self._folder.mkdir(parents=True, exist_ok=True)
        copy = self._folder / f"{sweep}.journal"
        copy.write_bytes(source.read_bytes())
        port = _free_port()
        words = f"--storage-class JournalFileStorage --host {HOST} --port {port} --server wsgiref --quiet"
        process = subprocess.Popen(
            [str(program), str(copy), *words.split()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(process, port)
        return _Shown(process, copy, source, f"http://{HOST}:{port}/dashboard/studies/0")


def _grow(copy: Path, source: Path) -> None:
    """Append what is new; what the copy holds is never changed under its reader."""
    known = copy.stat().st_size
    with source.open("rb") as newer, copy.open("ab") as file:
        newer.seek(known)
        file.write(newer.read())


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1.0).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    _end(process)
    raise NoDashboard(f"{_COMMAND} has not started within {START_SECONDS:.0f} seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
