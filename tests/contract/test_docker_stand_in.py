from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox import docker_stand_in
from sandbox.docker_stand_in import NOT_FOUND, REFUSED, SHIM, Refused, container, path_with_docker

HOST = {
    "PATH": "/usr/bin",
    "HOME": "/home/user",
    "PYTHONPATH": "/secret",
    "SANDBOX_PYTHON": "/venv/bin/python",
}


def read(line: str, host: Mapping[str, str] = HOST, cwd: Path = Path("/job")) -> docker_stand_in.Container:
    return container(line.split(), host, cwd)


def docker(*words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    env = {"PATH": path or os.environ["PATH"], "SANDBOX_PYTHON": sys.executable}
    command = [str(SHIM / "docker"), *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=20, check=False)


def test_the_line_of_the_launch_agent_becomes_a_command_on_the_host() -> None:
    found = read(
        "--rm -e WANDB_PROJECT=p --network host"
        " --add-host host.docker.internal:host-gateway --volume /tmp/x:/mnt/wandb"
        " --workdir /mnt/wandb --entrypoint python python:3.12-slim train.py --epochs 3"
    )
    assert found.command == ["/venv/bin/python", "train.py", "--epochs", "3"]
    assert found.workdir == Path("/tmp/x")


def test_the_environment_is_the_given_one_and_what_an_image_brings() -> None:
    found = read("-e A=1=2 -e EMPTY= --env HOME --entrypoint true image")
    assert found.env == {"PATH": "/venv/bin:/usr/bin", "HOME": "/home/user", "A": "1=2", "EMPTY": ""}


def test_a_container_can_have_a_python_of_its_own() -> None:
    found = read("-e SANDBOX_PYTHON=/other/bin/python --entrypoint python image train.py")
    assert found.command[0] == "/other/bin/python"
    assert found.env["PATH"].startswith("/other/bin:")


def test_a_variable_without_value_that_the_host_lacks_is_not_set() -> None:
    assert "NOWHERE" not in read("-e NOWHERE --entrypoint true image").env


def test_words_below_the_volume_name_the_folder_on_the_host() -> None:
    found = read(
        "-v /tmp/x:/mnt/wandb:ro -w /mnt/wandb/sub --entrypoint python3.12 image /mnt/wandb/a.py /mnt/wandbx"
    )
    assert found.command[1:] == ["/tmp/x/a.py", "/mnt/wandbx"]
    assert found.workdir == Path("/tmp/x/sub")


def test_other_programs_than_python_keep_their_name() -> None:
    assert read("--entrypoint pythonic image").command == ["pythonic"]


def test_without_workdir_the_command_runs_where_docker_was_called() -> None:
    assert read("--entrypoint true image").workdir == Path("/job")


def test_limits_are_accepted_without_effect() -> None:
    assert read("-m 2g --cpus 2 --gpus all --shm-size 1g --entrypoint true image").command == ["true"]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("--privileged --entrypoint true image", "--privileged"),
        ("--entry true image", "--entry"),
        ("--network bridge --entrypoint true image", "'bridge'"),
        ("--workdir /elsewhere --entrypoint true image", "/elsewhere"),
        ("--volume /tmp --entrypoint true image", "/tmp"),
        ("some/image:tag", "some/image:tag"),
        ("--rm", "image"),
    ],
)
def test_what_only_docker_can_do_is_refused_by_name(line: str, named: str) -> None:
    with pytest.raises(Refused, match=named):
        read(line)


def test_commands_that_need_an_engine_are_refused_with_a_way_out() -> None:
    asked = docker("build", ".")
    assert asked.returncode == REFUSED
    assert "docker build ." in asked.stderr
    assert "noop" in asked.stderr


@pytest.mark.parametrize(
    "line", ["--version", "info", "pull python:3.12-slim", "image inspect python:3.12-slim"]
)
def test_questions_of_the_launch_agent_are_answered(line: str) -> None:
    assert docker(*line.split()).returncode == 0


def test_the_exit_code_is_the_commands() -> None:
    assert docker("run", "--entrypoint", "python", "image", "-c", "raise SystemExit(7)").returncode == 7


def test_a_command_that_does_not_exist_ends_as_in_docker() -> None:
    assert docker("run", "--entrypoint", "no-such-program", "image").returncode == NOT_FOUND


SPEAKING = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(60)"


def started(code: str) -> tuple[subprocess.Popen[str], int]:
    """Start a container and return it with the process id that its command printed."""
    command = [str(SHIM / "docker"), "run", "--entrypoint", "python", "image", "-c", code]
    env = {"PATH": os.environ["PATH"], "SANDBOX_PYTHON": sys.executable}
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def test_a_terminated_container_ends_its_command_with_the_signals_code() -> None:
    with started(SPEAKING)[0] as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 128 + signal.SIGTERM


def test_a_container_hears_the_signals_that_its_starter_ignores() -> None:
    asks = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    script = '(trap "" INT; exec "$0" "$@")'  # as the background of a script
    words = ["sh", "-c", script, str(SHIM / "docker"), "run", "--entrypoint", "python", "image", "-c", asks]
    env = {"PATH": os.environ["PATH"], "SANDBOX_PYTHON": sys.executable}
    said = subprocess.run(words, env=env, capture_output=True, text=True, timeout=20, check=False)
    assert said.stdout == "True\n", said.stderr


def test_a_killed_container_leaves_no_command_behind() -> None:
    process, _ = started(SPEAKING)
    with process:
        process.kill()
        assert process.stdout is not None
        # The command holds the other end of this pipe: the end of file is its death.
        assert process.stdout.read() == ""


def test_what_the_command_left_running_ends_with_it() -> None:
    code = (
        "import os, subprocess, sys; print(os.getpid(), flush=True);"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    )
    process, _ = started(code)
    with process:
        assert process.stdout is not None
        assert process.stdout.read() == ""
        assert process.wait(20) == 0


def test_the_stand_in_comes_first_only_where_no_engine_answers() -> None:
    assert path_with_docker("/usr/bin", engine=True) == "/usr/bin"
    assert path_with_docker("/usr/bin", engine=False) == f"{SHIM}{os.pathsep}/usr/bin"


def test_an_engine_is_one_that_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not docker_stand_in.engine_answers()
    for code, answers in ((1, False), (0, True)):
        fake = tmp_path / "docker"
        fake.write_text(f"#!/bin/sh\nexit {code}\n")
        fake.chmod(0o755)
        assert docker_stand_in.engine_answers() is answers
