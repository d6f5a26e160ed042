import pytest

from optuna_sweep.config import SweepConfig
from tests.unit.config.corpus import RUNNING
from tests.unit.config.files import problems_of

TOLD = {
    "a grid over a range": (
        "method: grid\nmetric: {name: a}\nparameters: {x: {min: 0.0, max: 1.0}}",
        "parameters.x: a number from 0 to 1: finitely many values in a grid:"
        " Write `values: […]`, or use method random or bayes",
    ),
    "values under uniform": (
        "method: random\nparameters: {x: {distribution: uniform, values: [1, 2]}}",
        "parameters.x.values: [1, 2]: uniform takes min, max, log, step:"
        " Remove `distribution: uniform` to use `values`, or write what uniform takes",
    ),
    "a scalar under values": (
        "method: grid\nparameters: {x: {values: adam}}",
        "parameters.x.values: 'adam': a list: Write `value: 'adam'`, or `values: ['adam']`",
    ),
    "a goal of maximum": (
        "method: bayes\nmetric: {name: a, goal: maximum}\nparameters: {x: {values: [1, 2]}}",
        "metric.goal: 'maximum': one of minimize, maximize: Did you mean 'maximize'?",
    ),
    "a goal in prose": (
        "method: bayes\nmetric: {name: a, goal: minimize the loss}\nparameters: {x: {values: [1, 2]}}",
        "metric.goal: 'minimize the loss': one of minimize, maximize: Did you mean 'minimize'?",
    ),
    "a goal of null": (
        "method: bayes\nmetric: {name: a, goal: }\nparameters: {x: {values: [1, 2]}}",
        "metric.goal: null: one of minimize, maximize: Choose one of them",
    ),
    "bayes with a nameless metric": (
        "method: bayes\nmetric: {goal: minimize}\nparameters: {x: {values: [1, 2]}}",
        "metric.name: missing: the key under which the training run logs it: Add `name`",
    ),
    "bayes without a metric": (
        "method: bayes\nparameters: {x: {values: [1, 2]}}",
        "metric: missing: a metric, because method bayes learns from it:"
        " Add `metric: {name: …, goal: minimize}`",
    ),
    "no parameters": (
        "method: grid\nmetric: {name: a}",
        "parameters: missing: at least one parameter: Add `parameters: {name: {values: […]}}`",
    ),
    "empty parameters": (
        "method: grid\nmetric: {name: a}\nparameters:",
        "parameters: missing: at least one parameter: Add `parameters: {name: {values: […]}}`",
    ),
    "misspelt parameters": (
        "method: grid\nmetric: {name: a}\nparamters: {x: {values: [1]}}",
        "parameters: missing: at least one parameter: Rename `paramters` to `parameters`",
    ),
    "a parameter without its indentation": (
        "method: grid\nparameters:\n  x:\n  values: [1, 2]",
        "parameters.x: null: a mapping such as {value: 1}: Indent its keys below it, or write `value: null`",
    ),
    "hyperband as a text": (
        "method: bayes\nmetric: {name: a}\nearly_terminate: hyperband\nparameters: {x: {values: [1, 2]}}",
        "early_terminate: 'hyperband': a mapping with type, min_iter, max_iter, s, eta, strict:"
        " Write `type: hyperband` indented below `early_terminate:`",
    ),
    "the command as a text": (
        "method: random\ncommand: python train.py\nparameters: {x: {values: [1, 2]}}",
        "command: 'python train.py': a list of words:"
        " Write one word a line, each after a dash: ['python', 'train.py']",
    ),
    "a null in the command": (
        "method: random\ncommand: [python, null, a.py]\nparameters: {x: {values: [1, 2]}}",
        "command[1]: null: a word: Remove the empty line",
    ),
    "a wrapped sweep": (
        "sweep:\n  method: grid\n  parameters: {x: {values: [1]}}",
        "sweep: a whole sweep below the key 'sweep': a mapping with `method`, `metric` and `parameters`"
        " at the"
        " top level: Remove the line `sweep:`, and indent the rest one level less",
    ),
}


@pytest.mark.parametrize("text", RUNNING.values(), ids=RUNNING)
def test_what_people_mean_runs(text: str) -> None:
    assert SweepConfig.read(text)


@pytest.mark.parametrize(("text", "line"), TOLD.values(), ids=TOLD)
def test_what_people_get_wrong_is_told_in_a_sentence(text: str, line: str) -> None:
    assert line in problems_of(text)
