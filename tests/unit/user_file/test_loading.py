from __future__ import annotations

import sys
from pathlib import Path

import optuna
import pytest

from optuna_sweep.config import Source
from optuna_sweep.errors import ConfigError, UserCodeError
from optuna_sweep.user_file import UserFile
from optuna_sweep.user_file.loading import run_file
from tests.unit.user_file.writer import FACTS, Writer


def test_a_file_in_the_form_of_wandbs_documents_works_without_importing_optuna(write: Writer) -> None:
    path = write(
        "def objective(trial: optuna.trial.Trial):\n"
        "    return trial.suggest_float('x', 0, 1)\n"
        "def sampler():\n"
        "    return optuna.samplers.RandomSampler(seed=1)\n"
        "def pruner():\n"
        "    return optuna.pruners.NopPruner()\n"
    )
    file = UserFile.load(path)
    assert file.objective == "objective"
    assert isinstance(file.make_sampler(), optuna.samplers.RandomSampler)
    assert isinstance(file.make_pruner(), optuna.pruners.NopPruner)
    assert file.make_study(FACTS) is None


def test_a_name_that_the_file_defines_itself_is_left_alone(write: Writer) -> None:
    module = run_file(write("optuna = 3\ndef objective(trial):\n    return optuna\n"))
    assert module.objective(None) == 3


def test_no_file_has_no_functions() -> None:
    assert UserFile().make_sampler() is None
    assert UserFile().make_pruner() is None
    assert UserFile().make_study(FACTS) is None


def test_a_file_imports_its_neighbours_by_name_and_relatively_and_later(write: Writer) -> None:
    (write.folder / "neighbour_a.py").write_text("SEED = 5\n")
    (write.folder / "neighbour_b.py").write_text("SEED = 6\n")
    (write.folder / "neighbour_c.py").write_text("SEED = 7\n")
    path = write(
        "import neighbour_a\nfrom .neighbour_b import SEED\n"
        "def objective(trial):\n    import neighbour_c\n"
        "    return neighbour_a.SEED, SEED, neighbour_c.SEED\n"
    )
    assert run_file(path).objective(None) == (5, 6, 7)


def test_two_files_of_one_name_are_two_modules(tmp_path: Path, write: Writer) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "optuna_wandb.py").write_text("def objective(trial):\n    return 2\n")
    first = run_file(write("def objective(trial):\n    return 1\n"))
    second = run_file(other / "optuna_wandb.py")
    assert (first.objective(None), second.objective(None)) == (1, 2)


def test_a_class_in_the_file_can_be_found_by_its_module(write: Writer) -> None:
    path = write(
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\ndef objective(t): return A(1)\n"
    )
    assert UserFile.load(path).objective == "objective"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.py"
    with pytest.raises(ConfigError) as told:
        UserFile.load(path, Source(location="gone.py"))
    assert str(told.value) == (
        f"scheduler.settings.optuna_source: 'gone.py' is not there ({path}): a Python file: "
        "Correct the path, which counts from the scheduler's own folder"
    )


def test_a_folder_and_another_suffix_are_no_python_files(tmp_path: Path) -> None:
    (tmp_path / "space.txt").write_text("")
    with pytest.raises(ConfigError, match=r"is a folder \("):
        UserFile.load(tmp_path)
    with pytest.raises(ConfigError, match=r"is no \.py file .*: Name the Python file itself"):
        UserFile.load(tmp_path / "space.txt")


def test_a_syntax_error_shows_its_place_and_no_frame_of_ours(write: Writer) -> None:
    path = write("def objective(trial)\n    pass\n")
    with pytest.raises(UserCodeError) as told:
        UserFile.load(path)
    assert str(told.value) == (
        f'  File "{path}", line 1\n'
        "    def objective(trial)\n"
        "                        ^\n"
        "SyntaxError: expected ':'\n"
        f"{path} must be a Python file that can be imported."
    )


def test_an_error_at_import_keeps_the_users_traceback_only(write: Writer) -> None:
    path = write("def f():\n    raise KeyError('lr')\nf()\n")
    with pytest.raises(UserCodeError) as told:
        UserFile.load(path)
    assert str(told.value) == (
        "Traceback (most recent call last):\n"
        f'  File "{path}", line 3, in <module>\n'
        "    f()\n"
        f'  File "{path}", line 2, in f\n'
        "    raise KeyError('lr')\n"
        "KeyError: 'lr'\n"
        f"{path} must be a Python file that can be imported."
    )


def test_a_missing_package_is_named(write: Writer) -> None:
    path = write("import no_such_package\n")
    with pytest.raises(UserCodeError) as told:
        UserFile.load(path)
    assert str(told.value).splitlines()[-1] == (
        f"{path} imports 'no_such_package': install it where the scheduler runs, or put it beside the file."
    )
    assert "importlib" not in str(told.value)


def test_a_file_cannot_end_the_process(write: Writer) -> None:
    path = write("import sys\nsys.exit(0)\n")
    with pytest.raises(UserCodeError) as told:
        UserFile.load(path)
    assert str(told.value).endswith(
        f"{path} must not end the process when it is imported: keep sys.exit() out of its top level."
    )


def test_a_file_that_failed_leaves_no_module_behind(write: Writer) -> None:
    before = set(sys.modules)
    with pytest.raises(UserCodeError):
        UserFile.load(write("1 / 0\n"))
    assert not [name for name in set(sys.modules) - before if "optuna_wandb" in name]


def test_a_name_that_is_no_function_is_a_problem(write: Writer) -> None:
    path = write("sampler = optuna.samplers.RandomSampler()\nobjective = 3\n")
    with pytest.raises(ConfigError) as told:
        UserFile.load(path)
    assert sorted(str(told.value).splitlines()) == [
        f"scheduler.settings.optuna_source: objective in {path} is an int: a function: "
        "Write `def objective(): return …`",
        f"scheduler.settings.optuna_source: sampler in {path} is a RandomSampler: a function: "
        "Write `def sampler(): return …`",
    ]


def test_a_file_with_none_of_the_functions_is_a_problem(write: Writer) -> None:
    path = write("def objektive(trial): pass\n")
    with pytest.raises(ConfigError) as told:
        UserFile.load(path)
    assert str(told.value) == (
        f"scheduler.settings.optuna_source: {path} defines no objective and no study and no sampler and no "
        "pruner: a file that defines objective(), study(), sampler(), pruner(): "
        "Add the function or correct its name"
    )


def test_a_native_file_must_have_the_function_that_is_named(write: Writer) -> None:
    path = write("def other(): pass\n")
    source = Source(location="f.py", objective="space", study="make", native=True)
    with pytest.raises(ConfigError) as told:
        UserFile.load(path, source)
    assert str(told.value) == (
        f"scheduler.source: {path} defines no space and no make: a file that defines space(), make(): "
        "Add the function or correct its name"
    )


def test_a_native_study_gets_the_facts_and_may_return_a_terminator(write: Writer) -> None:
    path = write(
        "def make(sweep):\n    s = optuna.create_study(study_name=sweep.id)\n    return s, lambda s: True\n"
    )
    source = Source(location="f.py", objective=None, study="make", native=True)
    made = UserFile.load(path, source).make_study(FACTS)
    assert made is not None
    study, terminator = made
    assert study.study_name == "s1"
    assert terminator is not None and terminator(study)
