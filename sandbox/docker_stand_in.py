"""What answers to `docker` where no Docker engine does: the container's command, run as a plain process.

W&B's launch agent reaches containers through the `docker` command line and nothing else. So a
`docker_shim/docker` that is first on its PATH is enough to run launch jobs on a machine without Docker. It
keeps what a job can notice of a container:

- the environment is the one given with `-e`; of the host's only what an image would bring (`OF_THE_IMAGE`);
- a path below a mounted volume means the volume's folder, as working directory and in the command's words;
- the exit code is the command's (128 + n after signal n; 125, 126 and 127 as Docker uses them);
- SIGINT, SIGTERM and SIGHUP reach the command, even where whoever started this ignores them, as a script's
  background does (W&B's client stops a run with SIGINT); and when the command ends, or this process is
  killed, what is left of the command's process group is killed.

It is no image: `python` is the interpreter named by `SANDBOX_PYTHON` (default: the project's `.venv`), which
must have the job's requirements already; given with `-e`, it is this container's alone. The agent's `noop`
builder installs no requirements either, so nothing differs there. Limits on memory or processors are accepted
and have no effect. Everything else is refused by name: a flag that is silently ignored would let a job work
here that fails in a container.

This file runs on its own, with an empty module path: it imports the standard library only.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

SHIM = Path(__file__).resolve().parent / "docker_shim"
VERSION = "Docker version 0.0.0, sandbox stand-in (no engine: containers are processes)"
REFUSED, NOT_EXECUTABLE, NOT_FOUND = 125, 126, 127
OF_THE_IMAGE = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
WITHOUT_EFFECT = (
    *("add-host", "name", "platform", "gpus", "shm-size", "ulimit", "pids-limit"),
    *("cpus", "cpu-period", "cpu-quota", "cpu-shares", "cpuset-cpus", "cpuset-mems"),
    *("memory", "memory-reservation", "memory-swap"),
)
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PYTHON = re.compile(r"python(\d+(\.\d+)?)?")


class Refused(Exception):
    """The stand-in cannot do what was asked; the text says what and what to do instead."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """A command ready to run on the host: nothing in it refers to a container any more."""

    command: list[str]
    env: dict[str, str]
    workdir: Path


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"docker {self.prog}: {message}. Only what wandb's launch agent sends is understood.")


def _run_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="run", add_help=False, allow_abbrev=False)
    parser.add_argument("--rm", action="store_true")
    parser.add_argument("-e", "--env", action="append", default=[])
    parser.add_argument("--network", "--net", choices=["host"])
    parser.add_argument("-v", "--volume", action="append", default=[])
    parser.add_argument("-w", "--workdir")
    parser.add_argument("--entrypoint")
    for limit in WITHOUT_EFFECT:
        short = ["-m"] if limit == "memory" else []
        parser.add_argument(*short, f"--{limit}", action="append")
    parser.add_argument("image")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def container(arguments: Sequence[str], host: Mapping[str, str], cwd: Path) -> Container:
    """Read the words after `docker run` into a command for the host.

    Args:
        arguments: flags, image and command, as `docker run` takes them.
        host: this process's environment.
        cwd: where a command without `--workdir` runs (an image would name a folder of its own).

    Raises:
        Refused: for a flag that is not understood, a command that only an image knows, or a
            working directory that no volume provides.
    """
    asked = _run_parser().parse_args(list(arguments))
    volumes = [_volume(text) for text in asked.volume]
    words = ([asked.entrypoint] if asked.entrypoint else []) + asked.command
    if not words:
        raise Refused(
            f"docker run: image {asked.image} has a command of its own, which only Docker can know."
        )
    workdir = cwd if asked.workdir is None else _on_host(asked.workdir, volumes)
    if workdir is None:
        raise Refused(
            f"docker run: --workdir {asked.workdir} lies in no mounted volume: mount it with --volume."
        )
    python = _python(asked.env, host)
    command = [str(_on_host(word, volumes) or word) for word in words]
    if PYTHON.fullmatch(command[0]):
        command[0] = python
    return Container(command=command, env=_environment(asked.env, host, python), workdir=workdir)


def _volume(text: str) -> tuple[Path, Path]:
    source, _, rest = text.partition(":")
    inside = rest.partition(":")[0]
    if not inside:
        raise Refused(f"docker run: --volume {text} must be HOST:CONTAINER.")
    return Path(source), Path(inside)


def _on_host(word: str, volumes: Sequence[tuple[Path, Path]]) -> Path | None:
    """Return the host's path for a path below a volume, else None."""
    for source, inside in volumes:
        if Path(word).is_relative_to(inside):
            return source / Path(word).relative_to(inside)
    return None


def _python(pairs: Sequence[str], host: Mapping[str, str]) -> str:
    own = [pair.removeprefix("SANDBOX_PYTHON=") for pair in pairs if pair.startswith("SANDBOX_PYTHON=")]
    project = Path(__file__).resolve().parents[1] / ".venv" / "bin" / "python"
    named = own[-1] if own else host.get("SANDBOX_PYTHON")
    return named or (str(project) if project.exists() else sys.executable)


def _environment(pairs: Sequence[str], host: Mapping[str, str], python: str) -> dict[str, str]:
    env = {name: host[name] for name in OF_THE_IMAGE if name in host}
    env["PATH"] = os.pathsep.join([str(Path(python).parent), env.get("PATH", os.defpath)])
    for pair in pairs:
        name, given, value = pair.partition("=")
        if given:
            env[name] = value
        elif name in host:
            env[name] = host[name]
    return env


def run(container: Container) -> int:
    """Run the command to its end and return its exit code as Docker would give it.

    Whatever the command leaves behind in its process group is killed, also when this process is.
    """
    lifeline, held = os.pipe()
    for number in FORWARDED:
        signal.signal(number, signal.SIG_DFL)  # the command would ignore what this process was told to ignore
    try:
        child = subprocess.Popen(
            container.command, env=container.env, cwd=container.workdir, start_new_session=True
        )
    except (FileNotFoundError, NotADirectoryError) as error:
        return _complain(f"docker run: {error}", NOT_FOUND)
    except PermissionError as error:
        return _complain(f"docker run: {error}", NOT_EXECUTABLE)
    reaper = _reap_when_closed(lifeline, held, child.pid)
    for number in FORWARDED:
        signal.signal(number, lambda received, _frame: _forward(child.pid, received, _frame))
    # Not child.wait(): as long as the ended command is a zombie, nobody else gets its process group's number,
    # so the reaper kills this group or none.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    os.close(held)
    os.waitpid(reaper, 0)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _reap_when_closed(lifeline: int, held: int, group: int) -> int:
    """Start a process that kills the group as soon as nobody holds the lifeline, however its holder ended."""
    reaper = os.fork()
    if reaper:
        os.close(lifeline)
        return reaper
    os.setsid()
    os.close(held)
    for stream in (0, 1, 2):
        os.close(stream)
    os.read(lifeline, 1)
    _forward(group, signal.SIGKILL, None)
    os._exit(0)


def _forward(group: int, number: int, _frame: FrameType | None) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def answer(arguments: Sequence[str]) -> int:
    """Do what `docker <arguments>` asks and return the exit code.

    Raises:
        Refused: for a command that wandb's launch agent does not send with its `noop` builder.
    """
    match list(arguments):
        case ["run", *rest]:
            return run(container(rest, os.environ, Path.cwd()))
        case ["--version"] | ["info"] | ["version"]:
            print(VERSION)
        case ["pull", image]:
            print(f"{image}: nothing to pull, its commands run on this machine")
        case ["image", "inspect", _] | ["inspect", _]:
            print("[]")
        case _:
            asked = " ".join(arguments[:2])
            raise Refused(
                f"docker {asked}: the stand-in runs commands and builds, pushes and stops nothing."
                " Use the builder `noop`, or a machine with Docker."
            )
    return 0


def engine_answers() -> bool:
    """Return whether the first `docker` on PATH can run containers (a stand-in counts)."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        asked = subprocess.run([docker, "info"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def path_with_docker(path: str, engine: bool) -> str:
    """Return a PATH on which `docker` works: the one given, or the stand-in before it."""
    return path if engine else os.pathsep.join([str(SHIM), path])


def main() -> None:
    """Run as `docker`."""
    try:
        sys.exit(answer(sys.argv[1:]))
    except Refused as refusal:
        sys.exit(_complain(str(refusal), REFUSED))


if __name__ == "__main__":
    main()
