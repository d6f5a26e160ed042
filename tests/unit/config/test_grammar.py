import pytest

from optuna_sweep.config import SweepConfig
from optuna_sweep.config.parameters import Condition, Parameter
from tests.unit.config.files import problems_of, with_parameters

BRANCHED = """
optimizer: {values: [adam, sgd]}
lr: {min: 0.0, max: 1.0}
layers: {min: 1, max: 8}
"""


def parameters(block: str) -> tuple[Parameter, ...]:
    return SweepConfig.read(with_parameters(block)).parameters


def when(line: str) -> tuple[Condition, ...]:
    return parameters(f"{BRANCHED}x: {{values: [1, 2], when: {line}}}")[-1].when


def test_names_keep_their_dots_hyphens_and_slashes() -> None:
    block = "a.b: {value: 1}\na-b: {value: 2}\na/b: {value: 3}\nA b: {value: 4}"
    assert [parameter.path for parameter in parameters(block)] == [("a.b",), ("a-b",), ("a/b",), ("A b",)]


def test_nested_parameters_keep_their_path_at_any_depth() -> None:
    block = "a: {parameters: {b: {parameters: {c: {value: 1}}}, d: {values: [1, 2]}}}\ne: {value: 2}"
    assert [parameter.path for parameter in parameters(block)] == [("a", "b", "c"), ("a", "d"), ("e",)]


def test_a_name_with_a_dot_and_a_nested_name_may_not_meet() -> None:
    lines = problems_of(with_parameters("a: {parameters: {b: {value: 1}}}\na.b: {value: 2}"))
    assert lines == [
        "parameters.a.b: the name 'a.b' again: one parameter of that name,"
        " and it is at parameters.a.parameters.b: Rename one"
    ]


def test_the_path_of_a_nested_problem_is_the_path_in_the_file() -> None:
    assert problems_of(with_parameters("a: {parameters: {b: {min: 2, max: 1}}}")) == [
        "parameters.a.parameters.b.min: 2: at most max, which is 1: Swap min and max"
    ]


def test_keys_beside_nested_parameters_are_problems() -> None:
    assert problems_of(with_parameters("a: {parameters: {b: {value: 1}}, value: 2}")) == [
        "parameters.a.value: 'value' beside nested parameters: parameters and when:"
        " Move it into `parameters`, or remove it"
    ]


def test_a_name_that_yaml_does_not_read_as_text_is_a_problem() -> None:
    assert problems_of(with_parameters("on: {value: 1}")) == [
        "parameters: the name true: names that are text: Put the name in quotes"
    ]


def test_a_parameter_may_be_called_like_one_of_anothers_keys() -> None:
    assert [parameter.name for parameter in parameters("b: {value: 1}\nmin: {value: 2}")] == ["b", "min"]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("{optimizer: sgd}", Condition(parameter="optimizer", values=("sgd",))),
        ("{optimizer: [sgd, adam]}", Condition(parameter="optimizer", values=("sgd", "adam"))),
        ("{layers: {min: 2}}", Condition(parameter="layers", low=2)),
        ("{layers: {min: 2, max: 4}}", Condition(parameter="layers", low=2, high=4)),
        ("{lr: {max: 1e-3}}", Condition(parameter="lr", high=0.001)),
    ],
)
def test_a_condition_is_a_value_some_values_or_bounds(line: str, meant: Condition) -> None:
    assert when(line) == (meant,)


def test_all_lines_of_a_condition_count() -> None:
    assert [clause.parameter for clause in when("{optimizer: sgd, layers: 3}")] == ["optimizer", "layers"]


def test_the_values_of_a_condition_are_numbers_where_the_other_parameter_has_numbers() -> None:
    read = parameters("lr: {values: [1e-3, 1e-4]}\nx: {value: 1, when: {lr: 1e-3}}")
    assert read[-1].when == (Condition(parameter="lr", values=(0.001,)),)


def test_a_condition_of_a_nested_block_holds_for_all_of_it() -> None:
    block = "opt: {values: [a, b]}\nsgd: {when: {opt: a}, parameters: {m: {value: 1}, n: {value: 2}}}"
    clause = Condition(parameter="opt", values=("a",))
    assert [parameter.when for parameter in parameters(block)] == [(), (clause,), (clause,)]


def test_a_nested_parameter_names_its_neighbour_without_the_block() -> None:
    block = "opt: {parameters: {kind: {values: [a, b]}, m: {value: 1, when: {kind: a}}}}\nkind: {value: z}"
    assert parameters(block)[1].when == (Condition(parameter="opt.kind", values=("a",)),)


def test_a_nested_parameter_may_name_one_outside_its_block_in_full() -> None:
    block = (
        "opt: {parameters: {m: {value: 1, when: {data.size: 2}}}}\ndata: {parameters: {size:"
        " {values: [1, 2]}}}"
    )
    assert parameters(block)[0].when == (Condition(parameter="data.size", values=(2,)),)


WRONG = {
    "{optimiser: sgd}": "parameters.x.when.optimiser: unknown parameter 'optimiser': one of optimizer,"
    " lr, layers, x:"
    " Did you mean 'optimizer'?",
    "{optimizer: lion}": "parameters.x.when.optimizer: ['lion']: what optimizer can be, one of 'adam', 'sgd':"
    " Correct the condition, or the other parameter",
    "{layers: {min: 9}}": "parameters.x.when.layers: {min: 9}: what layers can be, a whole number"
    " from 1 to 8:"
    " Correct the condition, or the other parameter",
    "{layers: {min: 4, max: 2}}": "parameters.x.when.layers: {min: 4, max: 2}: min at most max: Swap"
    " min and max",
    "{layers: {least: 4}}": "parameters.x.when.layers: {least: 4}: a value, a list of values, or {min,"
    " max} with"
    " numbers: Write one of these",
    "{layers: []}": "parameters.x.when.layers: []: at least one value: Fill it in",
    "optimizer": "parameters.x.when: 'optimizer': a mapping: Write `key: value` lines, indented below it",
    "{x: 1}": "parameters.x.when: x → x: conditions without a circle: Remove one of them",
}


@pytest.mark.parametrize(("line", "problem"), WRONG.items())
def test_each_wrong_condition_has_its_sentence(line: str, problem: str) -> None:
    block = f"{BRANCHED}x: {{values: [1, 2], when: {line}}}"
    assert problems_of(with_parameters(block)) == [problem]


def test_a_circle_of_conditions_is_told_once() -> None:
    block = (
        "a: {values: [1, 2], when: {b: 1}}\nb: {values: [1, 2], when: {c: 1}}\nc: {values: [1, 2],"
        " when: {a: 1}}"
    )
    assert problems_of(with_parameters(block)) == [
        "parameters.a.when: a → b → c → a: conditions without a circle: Remove one of them"
    ]


def test_a_condition_on_a_broken_parameter_is_no_second_problem() -> None:
    lines = problems_of(with_parameters("a: {min: 2, max: 1}\nb: {value: 1, when: {a: 1}}"))
    assert lines == ["parameters.a.min: 2: at most max, which is 1: Swap min and max"]
