"""The image's Dockerfile, carried out in a folder: what each step does without an engine.

A step that is not understood is refused by name, so the Dockerfile cannot grow one that no test carries out.
The base image's Python is one of this machine that every user may run.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

INSTALL_SECONDS = 300


class NotUnderstood(Exception):
    """A step that would not be carried out."""


@dataclass(kw_only=True)
class Image:
    """What the steps have made so far.

    Attributes:
        context: The folder that is sent to the builder.
        root: The image's file system.
        python: The base image's Python.
        base: The base image.
        env: What ``ENV`` sets.
        workdir: The working directory, inside the image.
        user: User and group by number.
        entrypoint: The command.
    """

    context: Path
    root: Path
    python: Path
    base: str = ""
    env: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: tuple[int, int] = (0, 0)
    entrypoint: list[str] = field(default_factory=list)
    accounts: dict[str, int] = field(default_factory=dict)

    def build(self) -> Image:
        """Carry out the context's Dockerfile."""
        for step, rest in steps((self.context / "Dockerfile").read_text()):
            do = getattr(self, f"do_{step.lower()}", None)
            if do is None:
                raise NotUnderstood(f"{step} {rest}")
            do(rest)
        return self

    def inside(self, path: str) -> Path:
        """The place of an image's path on this machine."""
        return self.root / str(PurePosixPath(self.workdir, path)).lstrip("/")

    def start(self, *words: str, env: Mapping[str, str], **how: Any) -> subprocess.Popen[str]:
        """Start a container: the image's command with these words, as its user, in no other environment."""
        user, group = self.user
        return subprocess.Popen(
            [str(self.venv / "bin" / self.entrypoint[0]), *self.entrypoint[1:], *words],
            cwd=self.inside("."),
            env={"PATH": f"{self.venv / 'bin'}:{os.defpath}", **self.env, **env},
            user=user,
            group=group,
            extra_groups=[],
            text=True,
            **how,
        )

    @property
    def venv(self) -> Path:
        return self.root / "python"

    def do_from(self, rest: str) -> None:
        self.base = rest
        subprocess.run([self.python, "-m", "venv", self.venv], check=True, timeout=INSTALL_SECONDS)

    def do_env(self, rest: str) -> None:
        self.env |= dict(pair.split("=", 1) for pair in shlex.split(rest))

    def do_workdir(self, rest: str) -> None:
        self.workdir = str(PurePosixPath(self.workdir, rest))
        self.inside(".").mkdir(parents=True, exist_ok=True)

    def do_user(self, rest: str) -> None:
        user, group = (int(part) for part in rest.split(":"))
        self.user = (user, group)

    def do_entrypoint(self, rest: str) -> None:
        self.entrypoint = json.loads(rest)

    def do_copy(self, rest: str) -> None:
        *sources, target = rest.split()
        ignored = ignore_rules((self.context / ".dockerignore").read_text())
        for source in sources:
            place = self.context / source
            files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
            sent = [file for file in files if not ignored(file.relative_to(self.context))]
            if not sent:
                raise NotUnderstood(f"COPY {source}: nothing of it is in the build's context")
            for file in sent:
                below = file.name if place.is_file() else str(file.relative_to(place))
                copy = self.inside(target) / below
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)

    def do_run(self, rest: str) -> None:
        for command in rest.split("&&"):
            words = shlex.split(command)
            do = getattr(self, f"run_{words[0]}", None)
            if do is None:
                raise NotUnderstood(f"RUN {command}")
            do(words[1:])

    def run_useradd(self, words: Sequence[str]) -> None:
        self.accounts[words[-1]] = int(words[words.index("--uid") + 1])

    def run_install(self, words: Sequence[str]) -> None:
        options = dict(word.removeprefix("--").split("=") for word in words if "=" in word)
        place = self.inside(words[-1])
        place.mkdir(parents=True)
        os.chown(place, self.accounts[options["owner"]], self.accounts[options["group"]])

    def run_pip(self, words: Sequence[str]) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        subprocess.run(
            [self.venv / "bin" / "pip", *words, "--quiet"],
            cwd=self.inside("."),
            env={**env, **self.env},
            check=True,
            timeout=INSTALL_SECONDS,
        )


def steps(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile with their arguments, each on one line."""
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lines = re.sub(r"\\\n\s*", "", kept).splitlines()
    return [(step, rest.strip()) for step, _, rest in (line.partition(" ") for line in lines if line.strip())]


def ignore_rules(text: str) -> Any:
    """Whether ``.dockerignore`` keeps a file from the builder; the last rule that fits decides."""
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]

    def ignored(path: Path) -> bool:
        verdict = False
        parts = [str(part) for part in (path, *path.parents)]
        for rule in rules:
            pattern = rule.removeprefix("!").removeprefix("**/")
            names = list(path.parts) if "**/" in rule else parts
            if any(fnmatch.fnmatch(name, pattern) for name in names):
                verdict = not rule.startswith("!")
        return verdict

    return ignored


def python_for_everybody() -> Path | None:
    """A Python 3.11 or newer that every user of this machine may run."""
    own = Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}")
    found = shutil.which("python3", path="/usr/local/bin:/usr/bin")
    for python in (own, *([Path(found)] if found else [])):
        whole = python.resolve()
        open_to_all = all(folder.stat().st_mode & 0o001 for folder in (whole, *whole.parents))
        new = [str(whole), "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"]
        if open_to_all and not subprocess.run(new, check=False, timeout=30, capture_output=True).returncode:
            return whole
    return None
