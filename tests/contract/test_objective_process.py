"""objective(trial) in its process: whatever it does to it, the scheduler says so and goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from optuna_sweep.objective import Process, RemoteObjective
from tests.contract.objective_spaces import Spaces, after, alive, crash, new_study, wait_for
from tests.local_sweeps import user_file

HOUSE = Path(__file__).resolve().parents[2]
WANTED = (
    "It should suggest parameters and return; the training itself belongs in the job that the sweep runs."
)


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Spaces]:
    with Spaces(tmp_path) as spaces:
        yield spaces


HANGS = {
    "a runaway expression": ("import re", "re.match(r'(a+)+$', 'a' * 40 + 'b')"),
    "a loop in C": ("import itertools", "sum(itertools.repeat(0))"),
    "a wait": ("import threading", "threading.Event().wait()"),
    "a wait that nothing ends": (
        "import threading",
        "\n            ".join(["while True:", "try: threading.Event().wait()", "except BaseException: pass"]),
    ),
    "a wait behind a closed line": ("import os, time", "os.closerange(3, 999); time.sleep(60)"),
    "a thread that is in the way": (
        "import itertools, threading",
        "threading.Thread(target=lambda: sum(itertools.repeat(0))).start()",
    ),
}


@pytest.mark.parametrize(("head", "line"), HANGS.values(), ids=HANGS.keys())
def test_a_function_that_hangs_costs_its_trial_and_its_process(space: Spaces, head: str, line: str) -> None:
    hanging = space(crash(line, head=head), timeout=1.0)
    assert after(new_study(), hanging) == (
        f"objective(trial) did not return within 1 seconds for trial 0. {WANTED} "
        "Where suggesting takes longer, raise scheduler.settings.objective_timeout."
    )


DEATHS = {
    "exits": ("os._exit(3)", "ended its process with exit code 3"),
    "aborts": ("os.abort()", "was ended by SIGABRT"),
    "crashes": ("ctypes.string_at(0)", "was ended by SIGSEGV"),
    "is killed": ("os.kill(os.getpid(), 9)", "was ended by SIGKILL, as where memory runs out,"),
    "leaves a child": (
        "os.fork() or (time.sleep(60), os._exit(0)); os._exit(4)",
        "ended its process with exit code 4",
    ),
}


@pytest.mark.parametrize(("line", "fate"), DEATHS.values(), ids=DEATHS.keys())
def test_a_function_whose_process_dies_costs_its_trial(space: Spaces, line: str, fate: str) -> None:
    dying = space(crash(line, head="import ctypes, os, time"), timeout=2.0)
    assert after(new_study(), dying) == f"objective(trial) {fate} in trial 0. {WANTED}"


def test_a_function_that_wants_more_memory_than_there_is_gets_an_error(space: Spaces) -> None:
    assert "MemoryError" in after(new_study(), space(crash("bytearray(2 ** 62)")))


def test_a_process_that_died_between_two_trials_is_nobodys_fault(space: Spaces) -> None:
    dying = space(
        "import os, threading, time\n"
        "def objective(trial):\n"
        "    trial.set_user_attr('process', os.getpid())\n"
        "    threading.Timer(0.05, os._exit, [0]).start()\n"
    )
    study = new_study()
    dying.suggest(study.ask())
    wait_for(lambda: not alive(study.trials[0].user_attrs["process"]))
    dying.suggest(study.ask())
    first, second = (trial.user_attrs["process"] for trial in study.trials)
    assert first != second


def test_all_that_the_function_started_ends_with_its_process(space: Spaces) -> None:
    starting = space(
        "import subprocess, sys\ndef objective(trial):\n"
        "    trial.set_user_attr('started', subprocess.Popen(['sleep', '600']).pid)\n"
    )
    study = new_study()
    starting.suggest(study.ask())
    started = study.trials[0].user_attrs["started"]
    assert alive(started)
    starting.close()
    wait_for(lambda: not alive(started))


def test_nothing_is_left_of_a_space_that_is_forgotten(tmp_path: Path) -> None:
    path = user_file(
        tmp_path, "import os\ndef objective(trial):\n    trial.set_user_attr('process', os.getpid())\n"
    )
    start = partial(Process, path, "objective", timeout=30.0, returns_config=False)
    space = RemoteObjective(start, timeout=30.0, say=lambda line: None)
    study = new_study()
    space(study.ask())
    process = study.trials[0].user_attrs["process"]
    assert alive(process)
    del space
    assert not alive(process)


SCHEDULER = """
import os, sys
from functools import partial
from pathlib import Path
import optuna
from optuna_sweep.objective import Process, RemoteObjective

class Telling(optuna.samplers.RandomSampler):
    def sample_independent(self, study, trial, name, distribution):
        print(distribution.low, flush=True)
        return distribution.low

start = partial(Process, Path(sys.argv[1]), "objective", timeout=2.0, returns_config=False)
objective = RemoteObjective(start, timeout=2.0, say=print)
study = optuna.create_study(sampler=Telling())
objective(study.ask())
"""
"""The part of a scheduler that matters here; it prints the id of the function's process."""


def scheduler(path: Path, end: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCHEDULER + end, str(path)], cwd=HOUSE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


TELLS_ITS_PROCESS = "trial.suggest_int('process', os.getpid(), os.getpid() + 1)"


def test_a_scheduler_that_is_killed_while_the_function_hangs_leaves_no_process(tmp_path: Path) -> None:
    hangs = tmp_path / "hangs"
    path = user_file(
        tmp_path,
        f"import os, re\ndef objective(trial):\n    {TELLS_ITS_PROCESS}\n"
        f"    open({str(hangs)!r}, 'w').close()\n    re.match(r'(a+)+$', 'a' * 40 + 'b')\n",
    )
    process, child = scheduler(path, "")
    with process:
        wait_for(hangs.exists, seconds=10.0)
        process.kill()
    assert alive(child)
    wait_for(lambda: not alive(child), seconds=10.0)


ENDS = {
    "finishes": "",
    "fails": "1 / 0",
    "exits hard": "os._exit(0)",
    "is killed": "os.kill(os.getpid(), 9)",
    "is told to end": "os.kill(os.getpid(), 15)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_no_process_is_left_when_a_scheduler_has_ended(tmp_path: Path, end: str) -> None:
    path = user_file(tmp_path, f"import os\ndef objective(trial):\n    {TELLS_ITS_PROCESS}\n")
    process, child = scheduler(path, end)
    with process:
        process.wait(60)
    wait_for(lambda: not alive(child))


def test_ctrl_c_is_the_schedulers(space: Spaces) -> None:
    interrupted = space(crash("os.kill(os.getpid(), signal.SIGINT)", head="import os, signal"))
    assert set(interrupted.suggest(new_study().ask())) == {"x"}
