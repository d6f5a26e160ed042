from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from optuna_sweep.validating import examine
from tests.local_sweeps import BROKEN_SAMPLER, sweep_file, user_file

X = {"x": {"min": 0.0, "max": 1.0}}
USES_FILE = {"optuna_source": "optuna_wandb.py"}


@pytest.fixture(autouse=True)
def same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


def problems(path: Path, source: Path | None = None) -> list[str]:
    examined = examine(path, source)
    assert not examined.sound
    return list(examined.lines)


def summary(path: Path, source: Path | None = None) -> list[str]:
    examined = examine(path, source)
    assert examined.sound, examined.lines
    return list(examined.lines)


def test_a_sound_file_is_told_back() -> None:
    path = Path(__file__).resolve().parents[2] / "examples" / "digits" / "sweep.yaml"
    lines = summary(path)
    assert lines[:3] == [
        "Searched:",
        "  lr             a number from 0.0003 to 0.1, on a logarithmic scale",
        "  optimizer      one of 'adam', 'sgd'",
    ]
    assert "Optimised: val_loss, minimised (last value of a run)." in lines
    assert "Sampler: TPESampler (settings). Pruner: MedianPruner (settings)." in lines
    assert "Ends: after 12 runs (run_cap)." in lines


def test_every_distribution_has_words(tmp_path: Path) -> None:
    parameters: dict[str, Any] = {
        "a": {"value": None},
        "b": {"values": [1, 2], "probabilities": [0.25, 0.75]},
        "c": {"values": list(range(14))},
        "d": {"distribution": "normal", "mu": 1, "sigma": 2},
        "e": {"distribution": "log_normal"},
        "f": {"distribution": "q_beta", "a": 2, "b": 3, "q": 0.25},
        "g": {"min": 1, "max": 64, "log": True},
        "h": {"distribution": "q_uniform", "min": 0, "max": 10, "q": 2.5},
        "i": {"min": 1, "max": 9, "step": 2, "when": {"b": 2, "d": {"min": 0}}},
        "j": {"distribution": "inv_log_uniform_values", "min": 0.1, "max": 10},
        "k": {"distribution": "q_log_uniform_values", "min": 16, "max": 512},
        "l": {"values": [1000]},
    }
    assert summary(sweep_file(tmp_path, parameters=parameters))[1:13] == [
        "  a  always null",
        "  b  one of 1 (0.25), 2 (0.75)",
        "  c  one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more",
        "  d  a number, normal with mean 1 and deviation 2",
        "  e  a number whose logarithm is normal with mean 0 and deviation 1",
        "  f  a number from 0 to 1, a multiple of 0.25, beta with 2 and 3",
        "  g  a whole number from 1 to 64, on a logarithmic scale",
        "  h  a number from 0 to 10, a multiple of 2.5",
        "  i  a whole number from 1 to 9 in steps of 2, where b is 2 and d is at least 0",
        "  j  a number from 0.1 to 10, on a logarithmic scale",
        "  k  a whole number from 16 to 512, on a logarithmic scale",
        "  l  always 1000",
    ]


def test_a_name_of_several_lines_is_told_in_one(tmp_path: Path) -> None:
    parameters = {"width\nof it": {"values": [1, 2]}}
    told = summary(sweep_file(tmp_path, parameters=parameters, metric={"name": "a\nb"}))
    assert told[1] == "  width of it  one of 1, 2"
    assert "Optimised: a b, minimised (last value of a run)." in told


def test_what_ends_the_sweep_is_told(tmp_path: Path) -> None:
    settings = {"stop": {"patience": 8, "run_timeout": 60}, "repeats": 2, "enqueue": [{"a": 1}]}
    metric = {"name": "loss", "target": 0.1}
    path = sweep_file(tmp_path, metric=metric, parameters={"a": {"values": [1, 2]}}, settings=settings)
    lines = summary(path)
    assert lines[-3:] == [
        "Tried first: 1 point from enqueue.",
        "Repeats: 2 runs for each configuration, averaged.",
        "Ends: when all of its 2 points were tried, or when loss reaches 0.1, or by stop.patience: 8.",
    ]


def test_a_space_that_nobody_gets_to_the_end_of_does_not_end_the_sweep(tmp_path: Path) -> None:
    wide = {name: {"values": list(range(20))} for name in "abcde"}
    assert summary(sweep_file(tmp_path, parameters=wide))[-1] == (
        "Ends: when somebody stops it; there is no run_cap."
    )
    del wide["e"]
    assert "all of its 160,000 points" in summary(sweep_file(tmp_path, parameters=wide))[-1]


def test_all_problems_of_all_kinds_come_together(tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(
        """
metric: {name: loss}
metric: {name: accuracy, goal: maximum}
job: e/p/train:latest
parameters: {x: {min: 2, max: 1}}
scheduler:
  job: e/p/scheduler:latest
  settings: {sampler: {type: TPE}, objectiv: best}
""",
        encoding="utf-8",
    )
    assert sorted(line.split(":")[0] for line in problems(path)) == [
        "metric",
        "metric.goal",
        "parameters.x.min",
        "scheduler.settings.objectiv",
        "scheduler.settings.sampler.type",
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "sweep file: empty: a mapping with `method`, `metric` and `parameters`: Fill it in"),
        (b"\xe9", "sweep file: byte 0 is not UTF-8: text in UTF-8: Save the file as UTF-8"),
        (
            b"- 1",
            "sweep file: [1]: a mapping with `method`, `metric` and `parameters`: Write `key: value` lines",
        ),
    ],
    ids=["empty", "another encoding", "a list"],
)
def test_what_is_no_sweep_file_is_one_line(tmp_path: Path, content: bytes, line: str) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_bytes(content)
    assert problems(path) == [line]


def test_a_file_that_is_not_there_and_a_folder_are_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    assert problems(missing) == [f"sweep file: '{missing}' is not there: a YAML file: Correct the path"]
    assert problems(tmp_path) == [f"sweep file: '{tmp_path}' is a folder: a YAML file: Name the file inside"]


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = sweep_file(tmp_path, parameters=X)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert summary(path)


def test_a_point_to_try_first_must_exist(tmp_path: Path) -> None:
    parameters = {"kind": {"values": ["a", "b"]}, "n": {"min": 1, "max": 5, "when": {"kind": "a"}}}
    settings = {"enqueue": [{"kind": "a", "n": 2}, {"kind": "b", "n": 3}, {"n": 9}, {"m": 1}]}
    assert problems(sweep_file(tmp_path, parameters=parameters, settings=settings)) == [
        "scheduler.settings.enqueue[1].n: 3: no value, because n does not exist where kind is 'b':"
        " Remove it from the point",
        "scheduler.settings.enqueue[2].n: 9: a whole number from 1 to 5:"
        " Move the point into the space, or widen the space",
        "scheduler.settings.enqueue[3].m: unknown parameter 'm': one of kind, n:"
        " Name a parameter of this sweep",
    ]


def test_a_file_that_cannot_be_imported_is_one_line(tmp_path: Path) -> None:
    user_file(tmp_path, "import nowhere_to_be_found\n")
    lines = problems(sweep_file(tmp_path, settings=USES_FILE))
    assert len(lines) == 1
    assert "No module named 'nowhere_to_be_found'" in lines[0]


def test_a_sampler_that_cannot_search_the_space_is_told_before_anything_runs(tmp_path: Path) -> None:
    user_file(tmp_path, BROKEN_SAMPLER)
    assert problems(sweep_file(tmp_path, parameters=X, settings=USES_FILE)) == [
        "scheduler.settings.sampler: Broken cannot search this space: ZeroDivisionError: no room:"
        " a sampler that can search this space: Name another sampler"
    ]


@pytest.mark.parametrize("results", [1, 10])
def test_a_sampler_that_fails_when_it_has_results_is_told_too(results: int, tmp_path: Path) -> None:
    user_file(
        tmp_path,
        f"""
class Picky(optuna.samplers.RandomSampler):
    def sample_independent(self, study, trial, name, distribution):
        if len(study.get_trials(states=[optuna.trial.TrialState.COMPLETE])) >= {results}:
            raise NotImplementedError("only floats")
        return super().sample_independent(study, trial, name, distribution)

def sampler():
    return Picky()
""",
    )
    path = sweep_file(
        tmp_path, parameters={"x": {"min": 1, "max": 900}}, settings={"optuna_source": "optuna_wandb.py"}
    )
    (line,) = examine(path).lines
    assert "Picky cannot search this space: NotImplementedError: only floats" in line


def test_an_artifact_is_noted_and_the_rest_is_judged(tmp_path: Path) -> None:
    lines = summary(sweep_file(tmp_path, settings={"optuna_source": "e/p/source:latest"}))
    assert lines[0] == "Searched: what the sweep's Python file suggests, which was not read."
    assert lines[-1] == (
        "Note: scheduler.settings.optuna_source: 'e/p/source:latest' is an artifact,"
        " which is not fetched here: give a copy with --source"
    )


def test_a_stand_in_that_nothing_names_is_noted(tmp_path: Path) -> None:
    source = user_file(tmp_path, "raise SystemExit")
    lines = summary(sweep_file(tmp_path, parameters=X), source)
    assert "names no Python file" in lines[-1]


@pytest.mark.parametrize(
    "text", ["parameters: {x: {values: &a [*a]}}", "? {a: b}\n: c", "a: !!python/object:os.system {}", "\x00"]
)
def test_a_strange_file_is_told_in_lines(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(text, encoding="utf-8")
    assert all(line.count(": ") >= 3 for line in problems(path))
