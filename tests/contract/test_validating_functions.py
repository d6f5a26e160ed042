"""What `validate` says of sweeps whose space is a function, which is run in a process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from optuna_sweep.validating import examine
from tests.contract.objective_spaces import alive
from tests.local_sweeps import sweep_file, user_file

USES_FILE = {"optuna_source": "optuna_wandb.py"}


@pytest.fixture(autouse=True)
def same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


def problems(path: Path) -> list[str]:
    examined = examine(path)
    assert not examined.sound
    return list(examined.lines)


def test_a_point_that_a_function_cannot_suggest_is_told(tmp_path: Path) -> None:
    source = """
def objective(trial):
    if trial.suggest_categorical("kind", ["a", "b"]) == "a":
        trial.suggest_int("n", 1, 5)
"""
    user_file(tmp_path, source)
    points = [{"kind": "a", "n": 2}, {"kind": "b", "n": 3}, {"kind": "a", "n": 9}, {"kind": "b"}]
    assert problems(sweep_file(tmp_path, settings={**USES_FILE, "enqueue": points})) == [
        f"scheduler.settings.enqueue[{place}]: {point}: a point that objective(trial) can suggest:"
        " Correct its names and values, or remove it"
        for place, point in ((1, "{kind: 'b', n: 3}"), (2, "{kind: 'a', n: 9}"))
    ]


def test_no_process_is_left_of_what_was_tried_out(tmp_path: Path) -> None:
    user_file(
        tmp_path,
        "import os\nfrom pathlib import Path\n"
        "def objective(trial):\n    trial.suggest_int('n', 1, 9)\n"
        "    Path(__file__).with_name('process').write_text(str(os.getpid()))\n",
    )
    assert examine(sweep_file(tmp_path, settings=USES_FILE)).sound
    assert not alive(int((tmp_path / "process").read_text()))


def test_a_function_that_hangs_is_one_line(tmp_path: Path) -> None:
    user_file(tmp_path, "import threading\ndef objective(trial):\n    threading.Event().wait()\n")
    settings = {**USES_FILE, "objective_timeout": 0.05}
    (line,) = problems(sweep_file(tmp_path, settings=settings))
    assert line.startswith(
        "scheduler.settings.optuna_source: objective(trial) did not return within 0.05 seconds for trial 0: "
    )


def test_a_function_that_raises_is_one_line_and_its_own_traceback(tmp_path: Path) -> None:
    source = user_file(tmp_path, "def objective(trial):\n    raise KeyError('boom')\n")
    examined = examine(sweep_file(tmp_path, settings={"optuna_source": "e/p/it:v1"}), source)
    assert examined.lines == (
        "scheduler.settings.optuna_source: KeyError: 'boom': objective(trial) failed for trial 0. It should"
        " suggest parameters and return; the training itself belongs in the job that the sweep runs:"
        " Correct the Python file",
    )
    assert f'File "{source}", line 2, in objective' in examined.trace
    assert "previewing.py" not in examined.trace


def test_a_function_for_wandbs_engine_that_returns_no_dict_is_told_at_its_key(tmp_path: Path) -> None:
    user_file(tmp_path, "def space(trial):\n    return [trial.suggest_int('n', 1, 3)]\n")
    native = {"engine": "optuna", "source": "optuna_wandb.py", "search_space": "space"}
    (line,) = problems(sweep_file(tmp_path, scheduler=native))
    assert line.startswith("scheduler.source: ")
    assert "must return a dict of parameter values" in line


def test_a_file_that_would_not_ship_is_noted(tmp_path: Path) -> None:
    user_file(tmp_path, "def objective(trial):\n    trial.suggest_int('n', 1, 9)\n")
    lines = examine(sweep_file(tmp_path, settings=USES_FILE)).lines
    assert lines[0] == f"Searched: what objective(trial) in {tmp_path / 'optuna_wandb.py'} suggests."
    assert "put it there" in lines[-1]
