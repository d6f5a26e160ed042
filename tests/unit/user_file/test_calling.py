from __future__ import annotations

import pytest

from optuna_sweep.errors import UserCodeError
from optuna_sweep.user_file import UserFile
from tests.unit.user_file.writer import FACTS, Writer


@pytest.mark.parametrize(
    ("role", "returned", "what"),
    [
        ("sampler", "optuna.pruners.NopPruner()", "a NopPruner, which is a pruner"),
        ("pruner", "optuna.samplers.RandomSampler()", "a RandomSampler, which is a sampler"),
        ("sampler", "None", "a NoneType"),
        ("sampler", "optuna.samplers.RandomSampler", "an ABCMeta"),
        ("study", "optuna.samplers.RandomSampler()", "a RandomSampler, which is a sampler"),
        ("study", "(1, 2, 3)", "a tuple"),
    ],
)
def test_a_function_that_returns_the_wrong_thing_is_told(
    write: Writer, role: str, returned: str, what: str
) -> None:
    file = UserFile.load(write(f"def {role}():\n    return {returned}\n"))
    with pytest.raises(UserCodeError) as told:
        _make(file, role)
    assert str(told.value) == f"{role}() in {file.path} must return an Optuna {role}. It returned {what}."


@pytest.mark.parametrize("role", ["sampler", "pruner", "study"])
@pytest.mark.parametrize("raised", ["AttributeError", "SystemExit", "TypeError"])
def test_an_error_inside_a_function_is_the_users_and_never_swallowed(
    write: Writer, role: str, raised: str
) -> None:
    file = UserFile.load(write(f"def {role}():\n    raise {raised}('mine')\n"))
    with pytest.raises(UserCodeError) as told:
        _make(file, role)
    assert str(told.value) == (
        "Traceback (most recent call last):\n"
        f'  File "{file.path}", line 2, in {role}\n'
        f"    raise {raised}('mine')\n"
        f"{raised}: mine\n"
        f"{role}() in {file.path} must return an Optuna {role}."
    )


@pytest.mark.parametrize(
    ("role", "arguments", "sentence"),
    [
        ("sampler", "trial", "It must be callable without arguments."),
        ("pruner", "a, *, b", "It must be callable without arguments."),
        ("study", "a, b", "It must be callable without arguments, or with one for the facts of the sweep."),
    ],
)
def test_the_wrong_number_of_arguments_is_told(
    write: Writer, role: str, arguments: str, sentence: str
) -> None:
    file = UserFile.load(write(f"def {role}({arguments}):\n    return None\n"))
    with pytest.raises(UserCodeError) as told:
        _make(file, role)
    assert str(told.value) == f"{role}() in {file.path} must return an Optuna {role}. {sentence}"


def test_the_cause_of_a_users_error_is_shown_too(write: Writer) -> None:
    text = (
        "def sampler():\n    try:\n        1 / 0\n"
        "    except ZeroDivisionError as error:\n        raise ValueError('x') from error\n"
    )
    file = UserFile.load(write(text))
    with pytest.raises(UserCodeError) as told:
        file.make_sampler()
    assert "ZeroDivisionError: division by zero" in str(told.value)
    assert "user_file.py" not in str(told.value)


def _make(file: UserFile, role: str) -> object:
    calls = {
        "sampler": file.make_sampler,
        "pruner": file.make_pruner,
        "study": lambda: file.make_study(FACTS),
    }
    return calls[role]()
