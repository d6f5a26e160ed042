import math

import pytest

from optuna_sweep.config import SweepConfig
from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Constant,
    Distribution,
    Integers,
    InvLogUniform,
    LogNormal,
    LogUniform,
    Normal,
    Uniform,
)
from tests.unit.config.files import distribution, problems_of, with_parameters

E = math.e
FORMS: dict[str, Distribution] = {
    "{value: 3}": Constant(3),
    "{value: 0}": Constant(0),
    "{value: 0.0}": Constant(0.0),
    "{value: false}": Constant(False),
    "{value: null}": Constant(None),
    "{value: []}": Constant([]),
    "{value: [128, 64]}": Constant([128, 64]),
    "{value: {depth: 3, 1: a}}": Constant({"depth": 3, "1": "a"}),
    "{value: 2020-01-31}": Constant("2020-01-31"),
    "{value: 1, distribution: constant}": Constant(1),
    "{values: [1]}": Categorical((1,)),
    "{values: [0, null, false, 0.0, '0']}": Categorical((0, None, False, 0.0, "0")),
    "{values: [1, true, 1.0, '1']}": Categorical((1, True, 1.0, "1")),
    "{values: ['None', 'true', adam]}": Categorical(("None", "true", "adam")),
    "{values: [[32, 32], {a: 1}]}": Categorical(([32, 32], {"a": 1})),
    "{values: [1, 0.5], distribution: categorical}": Categorical((1, 0.5)),
    "{values: [a, b], probabilities: [0.25, 0.75]}": Categorical(("a", "b"), (0.25, 0.75)),
    "{distribution: categorical_w_probabilities, values: [a, b], probabilities: [0, 1]}": Categorical(
        ("a", "b"), (0.0, 1.0)
    ),
    "{min: 1, max: 8}": Integers(1, 8),
    "{min: 0, max: 8}": Integers(0, 8),
    "{min: -8, max: 0}": Integers(-8, 0),
    "{min: 1, max: 8, distribution: int_uniform}": Integers(1, 8),
    "{min: 1.0, max: 8, distribution: int_uniform}": Integers(1, 8),
    "{min: 1, max: 8, log: true}": Integers(1, 8, log=True),
    "{min: 1, max: 9, step: 4}": Integers(1, 9, step=4),
    "{min: 1, max: 9, log: false}": Integers(1, 9),
    "{min: 0.0, max: 1.0}": Uniform(0.0, 1.0),
    "{min: 0, max: 1, distribution: uniform}": Uniform(0.0, 1.0),
    "{min: 0, max: 1.5, distribution: uniform}": Uniform(0.0, 1.5),
    "{min: 0.0, max: 0.9, step: 0.3}": Uniform(0.0, 0.9, step=0.3),
    "{min: 0, max: 1, step: 0.25}": Uniform(0.0, 1.0, step=0.25),
    "{min: 0, max: 1, step: 0.25, distribution: int_uniform}": Uniform(0.0, 1.0, step=0.25),
    "{min: 0.001, max: 1.0, log: true}": LogUniform(0.001, 1.0),
    "{min: 0, max: 10, distribution: q_uniform}": Uniform(0.0, 10.0, q=1),
    "{min: 0, max: 1, q: 0.1, distribution: q_uniform}": Uniform(0.0, 1.0, q=0.1),
    "{min: 0, max: 10, q: 2}": Uniform(0.0, 10.0, q=2),
    "{min: 0, max: 10, q: 2, distribution: int_uniform}": Uniform(0.0, 10.0, q=2),
    "{min: -4, max: 1, distribution: log_uniform}": LogUniform(math.exp(-4), E),
    "{min: -4, max: 1, distribution: q_log_uniform}": LogUniform(math.exp(-4), E, q=1),
    "{min: 1.0e-5, max: 1, distribution: log_uniform_values}": LogUniform(1e-5, 1.0),
    "{min: 1, max: 64, q: 8, distribution: q_log_uniform_values}": LogUniform(1.0, 64.0, q=8),
    "{min: 0, max: 2, distribution: inv_log_uniform}": InvLogUniform(math.exp(-2), 1.0),
    "{min: 0.1, max: 2, distribution: inv_log_uniform_values}": InvLogUniform(0.1, 2.0),
    "{distribution: normal}": Normal(0.0, 1.0),
    "{distribution: normal, mu: 100, sigma: 10}": Normal(100.0, 10.0),
    "{distribution: q_normal, mu: 2, q: 0.5}": Normal(2.0, 1.0, q=0.5),
    "{distribution: log_normal, sigma: 2}": LogNormal(0.0, 2.0),
    "{distribution: q_log_normal}": LogNormal(0.0, 1.0, q=1),
    "{distribution: beta}": Beta(1.0, 1.0),
    "{distribution: beta, a: 2, b: 5}": Beta(2.0, 5.0),
    "{distribution: q_beta, a: 2, q: 0.1}": Beta(2.0, 1.0, q=0.1),
    "{min: 3, max: 3}": Constant(3),
    "{min: 7, max: 7, q: 2, distribution: q_uniform}": Constant(8),
}


@pytest.mark.parametrize(("entry", "meant"), FORMS.items())
def test_each_form_means_what_wandb_says(entry: str, meant: Distribution) -> None:
    read = distribution(entry)
    assert read == meant
    assert repr(read) == repr(meant)  # 1, 1.0 and True are equal, but not the same


NUMERALS: dict[str, Distribution] = {
    "{min: 1e-5, max: 1e-1}": Uniform(1e-5, 0.1),
    "{min: 1e-5, max: 1, distribution: log_uniform_values}": LogUniform(1e-5, 1.0),
    "{min: '0.1', max: 1.0}": Uniform(0.1, 1.0),
    "{value: 1e-3}": Constant(0.001),
    "{value: [1e-3, 1e-4]}": Constant([0.001, 0.0001]),
    "{values: [1e-3, 1e-4]}": Categorical((0.001, 0.0001)),
    "{values: [1e-3, 0.1, 1, null]}": Categorical((0.001, 0.1, 1, None)),
    "{values: [-1e-3, 1E+2]}": Categorical((-0.001, 100.0)),
}


@pytest.mark.parametrize(("entry", "meant"), NUMERALS.items())
def test_numbers_that_yaml_reads_as_text_are_numbers_with_a_note(entry: str, meant: Distribution) -> None:
    config = SweepConfig.read(with_parameters(f"x: {entry}"))
    assert repr(config.parameters[0].distribution) == repr(meant)
    assert any("text to YAML" in note for note in config.notes)


@pytest.mark.parametrize("values", [["128", "256,64"], ["1e-5", "auto"], ["3", "4"], ["None", "1e-5"]])
def test_text_among_texts_stays_text(values: list[str]) -> None:
    assert distribution(f"{{values: {values}}}") == Categorical(tuple(values))


def test_a_repeated_value_counts_once_and_its_probabilities_add_up() -> None:
    config = SweepConfig.read(with_parameters("x: {values: [1, 2, 1], probabilities: [0.25, 0.5, 0.25]}"))
    assert config.parameters[0].distribution == Categorical((1, 2), (0.5, 0.5))
    note = "parameters.x.values: a value that is listed twice counts once, its probabilities added"
    assert note in config.notes


NOTES = {
    "{min: 1.0e-5, max: 0.1, distribution: log_uniform}": "parameters.x: the bounds of log_uniform are"
    " natural"
    " logarithms, so e^min = 1 and e^max = 1.105; if you mean 1e-05 to 0.1, use log_uniform_values",
    "{min: 0, max: 0.5}": "parameters.x: `wandb launch-sweep` refuses bounds of mixed types here;"
    " add `distribution: uniform`",
    "{min: 3, max: 3}": "parameters.x: min and max are both 3, so this is a constant",
    "{min: 1, max: 10, step: 4}": "parameters.x: the last step before max is 9, so larger values are"
    " never tried",
    "{min: 0, max: 9, q: 3}": "parameters.x: read as `distribution: q_uniform`, because it has a `q`",
    "{min: 1e-5, max: 0.1}": "parameters.x.min: '1e-5' is text to YAML and is read as 1e-05",
    "{min: 0, max: 1}": "parameters.x: 0 or 1, because both are whole; for what lies between, add"
    " `distribution: uniform`",
    "{value: [10, 50, 100]}": "parameters.x.value: this list is one value, which each run gets whole; for"
    " one of its items a run, write `values:`",
    "{values: [42, 982 5748, 2]}": "parameters.x.values: '982 5748' is text among numbers; a comma may be"
    " missing",
    "{values: [2, 2, 3]}": "parameters.x.values: a value that is listed twice counts once",
    "{value: 1}": "parameters: nothing is left to search, because every parameter has one value only",
}


@pytest.mark.parametrize(("entry", "note"), NOTES.items())
def test_what_is_odd_but_meant_is_noted(entry: str, note: str) -> None:
    assert note in SweepConfig.read(with_parameters(f"x: {entry}")).notes


@pytest.mark.parametrize(
    "entry",
    [
        "{min: -4, max: 1, distribution: log_uniform}",
        "{min: 0.0, max: 1.0}",
        "{min: 0, max: 1, distribution: int_uniform}",
        "{min: 0, max: 2}",
        "{values: ['128 64', '256 128']}",
        "{values: [16-mixed, 32, None]}",
    ],
)
def test_what_is_usual_is_not_noted(entry: str) -> None:
    assert SweepConfig.read(with_parameters(f"x: {entry}")).notes == ()


BOUNDS = "at most max, which is 1: Swap min and max"
KEYS = "a, b, distribution, log, max, min, mu, parameters, probabilities, q, sigma, step, value, values, when"
PROBLEMS = {
    "{min: 3, max: 1}": f"parameters.x.min: 3: {BOUNDS}",
    "{min: 0.5, max: 0.1}": "parameters.x.min: 0.5: at most max, which is 0.1: Swap min and max",
    "{min: 1}": "parameters.x: no max: int_uniform needs min and max: Add `max`",
    "{distribution: uniform}": "parameters.x: no min and no max: uniform needs min and max: Add `min`"
    " and `max`",
    "{min: null, max: 1}": "parameters.x.min: null: a number: Write a number",
    "{min: low, max: 1}": "parameters.x.min: 'low': a number: Write a number",
    "{min: true, max: 2}": "parameters.x.min: true: a number: Write a number",
    "{min: .inf, max: 2}": "parameters.x.min: inf: a finite number: Write a finite number",
    "{min: 0, max: 2, distribution: log_uniform_values}": "parameters.x.min: 0: above 0, because its"
    " logarithm"
    " is taken: Raise it, or use a uniform distribution",
    "{min: 0.0, max: 2.0, log: true}": "parameters.x.min: 0.0: above 0, because its logarithm is taken:"
    " Raise it, or use a uniform distribution",
    "{min: 1, max: 1000, distribution: log_uniform}": "parameters.x.max: 1000: a natural logarithm:"
    " Use `distribution: log_uniform_values`",
    "{min: 0, max: 1, q: 0, distribution: q_uniform}": "parameters.x.q: 0: above 0: Raise it",
    "{min: 1.5, max: 3, distribution: int_uniform}": "parameters.x.min: 1.5: a whole number:"
    " Round it, or use `distribution: uniform`",
    "{min: 1, max: 9, step: 20}": "parameters.x.step: 20: at most max - min, which is 8: Make it smaller",
    "{min: 1, max: 9, step: 2, log: true}": "parameters.x.step: 2: no step together with log:"
    " Remove `step` or `log`",
    "{distribution: uniform, values: [1, 2]}": "parameters.x.values: [1, 2]: uniform takes min, max,"
    " log, step:"
    " Remove `distribution: uniform` to use `values`, or write what uniform takes",
    "{distribution: uniform, value: 1}": "parameters.x.value: 1: uniform takes min, max, log, step:"
    " Remove `distribution: uniform` to use `value`, or write what uniform takes",
    "{values: [1, 2], min: 0}": "parameters.x.min: 0: categorical takes values, probabilities:"
    " Keep either the bounds or the values",
    "{values: 3}": "parameters.x.values: 3: a list: Write `value: 3`, or `values: [3]`",
    "{values: null}": "parameters.x.values: null: a list: Write `values: [a, b]`",
    "{values: []}": "parameters.x.values: []: at least one item: Fill it in, or remove the parameter",
    "{values: [1, 2], probabilities: [0.1, 0.2]}": "parameters.x.probabilities: [0.1, 0.2], which sum to 0.3:"
    " a sum of 1: Scale them so that they sum to 1",
    "{values: [1, 2], probabilities: [1]}": "parameters.x.probabilities: 1 probabilities: one for each"
    " of the 2"
    " values: Add or remove some",
    "{values: [1, 2], probabilities: [2, -1]}": "parameters.x.probabilities[1]: -1: at least 0: Raise it",
    "{distribution: normal, sigma: 0}": "parameters.x.sigma: 0: above 0: Raise it",
    "{mu: 1}": "parameters.x: {mu: 1}: value, values, min and max, or a distribution:"
    " Add `distribution: normal`",
    "{min: 1, max: 3, type: double}": f"parameters.x.type: unknown key 'type': one of {KEYS}: Remove it",
    "{min: 1, max: 3, distribuion: uniform}": f"parameters.x.distribuion: unknown key 'distribuion':"
    f" one of {KEYS}:"
    " Did you mean 'distribution'?",
    "{min: 1, max: 3, y: {value: 2}}": f"parameters.x.y: unknown key 'y': one of {KEYS}:"
    " Indent `y` less, so that it is a parameter of its own",
    "{y: {value: 2}, z: {min: 1, max: 2}}": "parameters.x: nested y, z: keys of one parameter:"
    " Put them under `parameters:`, one level deeper",
    "null": "parameters.x: null: a mapping such as {value: 1}:"
    " Indent its keys below it, or write `value: null`",
    "{values: {min: 0, max: 1}}": "parameters.x.values: {min: 0, max: 1}: a list:"
    " Write min and max in place of `values`, one level less deep",
    "values:[adam,sgd]": "parameters.x: 'values:[adam,sgd]': a mapping such as {value: 1}:"
    " Put a space after `values:`",
    "adam": "parameters.x: 'adam': a mapping such as {value: 1}: Write `value: 'adam'` below it",
    "[1, 2]": "parameters.x: [1, 2]: a mapping such as {value: 1}: Write `values: [1, 2]` below it",
    "{}": "parameters.x: nothing: value, values, min and max, or a distribution:"
    " Add `value`, `values`, or `min` and `max`",
    "{value: !!binary aGVs}": "parameters.x.value: binary data: numbers, text, true, false, null, lists and"
    " mappings: Replace it",
}


@pytest.mark.parametrize(("entry", "line"), PROBLEMS.items())
def test_each_problem_of_a_parameter_has_its_sentence(entry: str, line: str) -> None:
    assert problems_of(with_parameters(f"x: {entry}")) == [line]


@pytest.mark.parametrize(
    ("said", "meant"),
    [("unifrom", "uniform"), ("uniform_values", "uniform"), ("log_uniform_value", "log_uniform_values")],
)
def test_an_unknown_distribution_is_met_with_the_one_that_was_meant(said: str, meant: str) -> None:
    (line,) = problems_of(with_parameters(f"x: {{distribution: {said}, min: 0, max: 1}}"))
    assert line.startswith(f"parameters.x.distribution: {said!r}: one of constant, categorical, ")
    assert line.endswith(f": Did you mean {meant!r}?")


TOO_FINE = {
    "{min: 0.0, max: 1.0, step: 1.0e-300}": "parameters.x.step: 1e-300: a grid that floats can hold, and"
    " 1 / 1e-300 is too fine: Raise step",
    "{min: 1.0, max: 1.0e+100, q: 1.0e-300, distribution: q_uniform}": "parameters.x.q: 1e-300:"
    " a grid that floats can hold, and 1e+100 / 1e-300 is too fine: Raise q",
    "{min: -1.0e+308, max: 1.0e+308}": "parameters.x.max: 1e+308: a range that a number can hold: Make"
    " it smaller",
}


@pytest.mark.parametrize(("entry", "line"), TOO_FINE.items())
def test_what_floats_cannot_hold_is_a_problem(entry: str, line: str) -> None:
    assert problems_of(with_parameters(f"x: {entry}")) == [line]
