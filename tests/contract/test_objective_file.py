"""What a user's objective(trial) finds in its process: its file, its trial, its study, its output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from optuna_sweep.errors import UserCodeError
from tests.contract.objective_spaces import Spaces, after, crash, new_study


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Spaces]:
    with Spaces(tmp_path) as spaces:
        yield spaces


def test_what_it_writes_below_python_is_no_part_of_the_schedulers_output(
    space: Spaces, capfd: pytest.CaptureFixture[str]
) -> None:
    lines: list[str] = []
    printing = space(
        "import os, sys\nprint('loading')\nout = sys.stdout\n"
        "def objective(trial):\n    print('calling')\n    print('kept from the begin', file=out)\n"
        "    os.write(1, b'below\\n')\n    os.system('echo from a child')\n",
        lines=lines,
    )
    trial = new_study().ask()
    capfd.readouterr()  # what Optuna logs of the study, where no other test has made one before
    printing.suggest(trial)
    assert lines == ["calling", "kept from the begin"]
    assert capfd.readouterr() == ("", "below\nfrom a child\n")


def test_what_it_printed_before_it_hung_is_told(space: Spaces) -> None:
    lines: list[str] = []
    text = "def objective(trial):\n    print('fetching', end='')\n    while True: pass\n"
    printing = space(text, timeout=0.5, lines=lines)
    with pytest.raises(UserCodeError):
        printing.suggest(new_study().ask())
    assert lines == ["fetching"]


def test_a_file_finds_its_neighbours_by_name_and_relatively_and_later(tmp_path: Path, space: Spaces) -> None:
    for name in "abc":
        (tmp_path / f"near_{name}.py").write_text(f"NAME = {name!r}\n")
    neighbours = space(
        "import near_a\nfrom .near_b import NAME\n"
        "def objective(trial):\n    import near_c\n"
        "    trial.suggest_categorical('names', [near_a.NAME + NAME + near_c.NAME])\n"
    )
    assert neighbours.suggest(new_study().ask()) == {"names": "abc"}


def test_it_reads_the_study(space: Spaces) -> None:
    reading = space(
        "def objective(trial):\n"
        "    best = trial.study.best_value if trial.number else 0.25\n"
        "    trial.suggest_float('x', best, best)\n"
        "    assert [each.number for each in trial.study.trials] == list(range(trial.number + 1))\n"
    )
    study = new_study()
    first = study.ask()
    assert reading.suggest(first) == {"x": 0.25}
    study.tell(first, -7.5)
    assert reading.suggest(study.ask()) == {"x": -7.5}


def test_a_function_for_wandbs_engine_returns_the_config(space: Spaces) -> None:
    native = space(
        "def search(trial):\n    n = trial.suggest_int('n', 3, 3)\n"
        "    return {'width': 2 ** n, 'shape': (n, n)}\n",
        function="search",
        native=True,
    )
    assert native.suggest(new_study().ask()) == {"width": 8, "shape": [3, 3]}


def test_what_cannot_be_sent_is_told_where_it_is_asked_for(space: Spaces) -> None:
    sending = space(crash("trial.set_user_attr('lock', threading.Lock())", head="import threading"))
    told = after(new_study(), sending)
    assert "line 4, in objective" in told
    assert "TypeError: Object of type lock is not JSON serializable" in told


def test_a_file_that_does_not_load_there_is_told_with_its_own_traceback(
    tmp_path: Path, space: Spaces
) -> None:
    (tmp_path / "gone.py").write_text("")
    refusing = space("import gone\ndef objective(trial):\n    pass\n")
    (tmp_path / "gone.py").unlink()
    with pytest.raises(UserCodeError, match=r"line 1, in <module>(.|\n)*imports 'gone': install it"):
        refusing.suggest(new_study().ask())


def test_the_process_is_light(space: Spaces) -> None:
    light = space(
        "import sys\ndef objective(trial):\n"
        "    heavy = {'wandb', 'torch', 'pandas', 'plotly', 'click'} & set(sys.modules)\n"
        "    trial.set_user_attr('heavy', sorted(heavy))\n"
    )
    study = new_study()
    light.suggest(study.ask())
    assert study.trials[0].user_attrs["heavy"] == []


def test_what_the_module_holds_lives_on_from_trial_to_trial(space: Spaces) -> None:
    counting = space(
        "import itertools\ncount = itertools.count()\n"
        "def objective(trial):\n    n = next(count)\n    trial.suggest_int('n', n, n)\n"
        "    if n == 1:\n        raise KeyError\n"
    )
    study = new_study()
    assert counting.suggest(study.ask()) == {"n": 0}
    with pytest.raises(UserCodeError, match="KeyError"):
        counting.suggest(study.ask())
    assert counting.suggest(study.ask()) == {"n": 2}
