"""A local W&B with a queue and an agent, and a copy of the project in which an example's commands run."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from demo.leftovers import wait_for_clients
from demo.readme import Words, commands, filled
from sandbox.launching import PROMPT_HISTORY, ClientError, create_queue, start_agent
from sandbox.serving import Sandbox

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("optuna_scheduler.py", "optuna_sweep", "requirements.txt", "Dockerfile", "examples", "jobs")
QUEUE = "examples"
PROJECT = "examples"
COMMAND_SECONDS = 300
LEAVING_SECONDS = 10.0
AT_ONCE = 10
"""Runs at once, whatever the sweeps ask for: each is a process of this machine."""

CREATED = re.compile(r"Created sweep with ID: (\S+)")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Workshop:
    """Runs the commands of examples, each command once. Several threads may follow one README each.

    Args:
        sandbox: The W&B that they see.
        folder: The copy of the project; commands may change it.
        said: What every command said is appended to it.

    Attributes:
        sandbox: The W&B that they see.
        sweeps: The sweeps of each example, in the order in which they were launched.
    """

    def __init__(self, sandbox: Sandbox, folder: Path, said: Path) -> None:
        self.sandbox = sandbox
        self.sweeps: dict[str, list[str]] = {}
        self._folder, self._said = folder, said
        self._done: set[Words] = set()
        self._making = Lock()

    def follow(self, example: str, wait: Callable[[str], object]) -> str:
        """Do what the example's README says for a W&B of one's own, and return its last sweep.

        Args:
            example: The folder's name below ``examples/``.
            wait: Called with a sweep that the README goes on from; returns when that has ended.

        Raises:
            ClientError: A command failed; the text ends with what it said.
        """
        sweeps = self.sweeps.setdefault(example, [])
        for words in commands(ROOT / "examples" / example / "README.md"):
            if words[0] == "make":
                continue
            places = {"ENTITY": self.sandbox.entity, "PROJECT": PROJECT, "QUEUE": QUEUE}
            if any("SWEEP" in word for word in words):
                wait(sweeps[-1])
                places["SWEEP"] = sweeps[-1]
            sweeps += self._carry_out(filled(words, places))
        if not sweeps:
            raise ClientError(f"The README of examples/{example} launches no sweep")
        return sweeps[-1]

    def _carry_out(self, words: Words) -> list[str]:
        if "launch-sweep" in words:
            return CREATED.findall(self._run(words))
        with self._making:  # who needs the same job waits until it is there
            if words not in self._done:
                self._run(words)
            self._done.add(words)
        return []

    def _run(self, words: Words) -> str:
        with tempfile.TemporaryDirectory(prefix="example-", ignore_cleanup_errors=True) as home:
            ended = subprocess.run(
                words,
                env=self.sandbox.env(Path(home)),
                cwd=self._folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        said = COLOUR.sub("", ended.stdout)
        with self._said.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(words)}\n{said}\n")
        # The client ends with 0 after most of its failures, too.
        if ended.returncode or ("launch-sweep" in words and not CREATED.search(said)):
            raise ClientError(f"{' '.join(words)} ended with {ended.returncode}:\n{said}")
        return said


@contextmanager
def open_workshop(home: Path) -> Iterator[Workshop]:
    """Everything at work for the length of the ``with``; nothing of it is left behind but files.

    Args:
        home: An empty folder for the project's copy and all logs.
    """
    folder = home / "project"
    folder.mkdir(parents=True)
    for part in (ROOT / name for name in PARTS):
        copy = shutil.copytree if part.is_dir() else shutil.copy
        copy(part, folder / part.name)
    with Sandbox(log=home / "sandbox.log", heartbeat_timeout=120) as sandbox:
        try:
            create_queue(sandbox, QUEUE, job_env=PROMPT_HISTORY)
            with start_agent(sandbox, QUEUE, home, max_jobs=AT_ONCE, max_schedulers=-1):
                yield Workshop(sandbox, folder, home / "commands.log")
        finally:
            wait_for_clients(sandbox.url, LEAVING_SECONDS)
