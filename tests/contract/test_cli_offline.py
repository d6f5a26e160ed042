"""The commands that look at sweep files, as processes: what they print where, and what they leave alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local_sweeps import sweep_file, user_file

HOUSE = Path(__file__).resolve().parents[2]
ENTRY = HOUSE / "optuna_scheduler.py"
NETWORKS = ("wandb", "requests", "urllib3", "httpx")

# Runs the entry point as `python optuna_scheduler.py` does, then says which of these were imported.
SPY = f"""
import runpy, sys
sys.argv = sys.argv[1:]
sys.path.insert(0, {str(HOUSE)!r})
try:
    runpy.run_path({str(ENTRY)!r}, run_name="__main__")
finally:
    print("imported:", *sorted(set({NETWORKS!r}) & set(sys.modules)), file=sys.stderr)
"""


def run(*words: str | Path, folder: Path = HOUSE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ENTRY), *map(str, words)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    parameters = {
        "net": {"parameters": {"width": {"values": [8, 16, 32]}}},
        "bias": {"values": [True, False]},
    }
    return sweep_file(tmp_path, method="grid", parameters=parameters)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return sweep_file(tmp_path, name="broken.yaml", parameters={"x": {"min": 2, "max": 1}})


def test_a_sound_file_exits_0(grid: Path) -> None:
    done = run("validate", grid)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Ends: when all of its 6 points were tried." in done.stdout


def test_a_wrong_file_exits_2_with_its_problems_on_standard_output(broken: Path) -> None:
    done = run("validate", broken)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout == "parameters.x.min: 2: at most max, which is 1: Swap min and max\n"


def test_of_several_files_each_line_names_its_own(grid: Path, broken: Path) -> None:
    done = run("validate", grid, broken, "missing.yaml")
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert lines[0] == f"{grid}: Searched:"
    assert lines[-2].startswith(f"{broken}: parameters.x.min: ")
    assert lines[-1] == "missing.yaml: sweep file: 'missing.yaml' is not there: a YAML file: Correct the path"


def test_preview_prints_nothing_but_nested_json_objects(tmp_path: Path) -> None:
    user_file(
        tmp_path,
        """
import atexit, os, subprocess, sys, threading, time

print("at the import")
os.write(1, b"below Python\\n")
subprocess.run(["echo", "from a child"], check=True)
sys.__stdout__.write("past sys.stdout\\n")
atexit.register(lambda: os.write(1, b"at the exit\\n"))
threading.Thread(target=lambda: [print("beside") or time.sleep(0.01) for _ in range(9)]).start()

def objective(trial):
    print("in the function")
    os.write(1, b"below the function\\n")
    trial.suggest_categorical("layers", [[8], [8, 8]])
    trial.suggest_float("lr", 0, 1)
""",
    )
    path = sweep_file(tmp_path, settings={"optuna_source": "optuna_wandb.py"})
    done = run("preview", path, "-n", "4", "--seed", "1", "--json", folder=tmp_path)
    assert done.returncode == 0
    configs = [json.loads(line) for line in done.stdout.splitlines()]
    assert [set(config) for config in configs] == [{"layers", "lr"}] * 4
    for line in ("at the import", "below Python", "from a child", "past sys.stdout", "beside"):
        assert line in done.stderr
    for line in ("in the function", "below the function", "at the exit"):
        assert line in done.stderr
    assert run("preview", path, "-n", "4", "--seed", "1", "--json").stdout == done.stdout


def test_validate_answers_with_nothing_of_what_user_code_prints(tmp_path: Path) -> None:
    user_file(
        tmp_path,
        """
import os

def objective(trial):
    os.write(1, b"noise\\n")
    trial.suggest_float("lr", 0, 1)
""",
    )
    done = run("validate", sweep_file(tmp_path, settings={"optuna_source": "optuna_wandb.py"}))
    assert (done.returncode, set(done.stderr.splitlines())) == (0, {"noise"})
    assert done.stdout.startswith("Searched: ")


def test_preview_ends_where_the_space_is_used_up(grid: Path) -> None:
    done = run("preview", grid, "-n", "50", "--json")
    configs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(configs) == 6
    assert configs[0] == {"net": {"width": 8}, "bias": True}
    assert "The search space is used up after 6 configurations." in done.stderr


def test_preview_for_people_numbers_the_trials(grid: Path) -> None:
    done = run("preview", grid, "-n", "2")
    assert done.stdout.splitlines() == ["0  net.width=8  bias=True", "1  net.width=16  bias=True"]


def test_preview_of_a_wrong_file_exits_2_with_an_empty_standard_output(broken: Path) -> None:
    done = run("preview", broken, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "parameters.x.min: 2: at most max, which is 1: Swap min and max\n"


def test_a_reader_that_leaves_early_sees_no_traceback(grid: Path) -> None:
    words = [sys.executable, str(ENTRY), "preview", str(grid), "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert "Traceback" not in told


def test_the_schema_is_json() -> None:
    done = run("schema")
    assert done.returncode == 0
    assert json.loads(done.stdout)["properties"]["scheduler"]


@pytest.mark.parametrize("words", [["validate"], ["preview", "-n", "3"], ["schema"], ["--help"]])
def test_no_command_of_these_takes_wandb_or_a_network_along(grid: Path, words: list[str]) -> None:
    files = [str(grid)] if words[0] in ("validate", "preview") else []
    done = subprocess.run(
        [sys.executable, "-c", SPY, str(ENTRY), *words, *files],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "imported:"


def test_the_spy_sees_wandb_where_it_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SPY.replace("finally:", "finally:\n    import wandb"), str(ENTRY), "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "wandb" in done.stderr.splitlines()[-1]


def test_the_entry_point_still_gives_the_class() -> None:
    code = "import optuna_scheduler as o; print(o.OptunaScheduler.__name__, hasattr(o, 'other'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "OptunaScheduler False\n"
