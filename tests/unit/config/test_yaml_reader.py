import pytest

from optuna_sweep.config import load_yaml
from optuna_sweep.errors import ConfigError

DEEP = "sweep file: nested too deeply: YAML: Correct the file there"
UNREADABLE: dict[str | bytes, str] = {
    "": "sweep file: empty: a mapping with `method`, `metric` and `parameters`: Fill it in",
    "# only a comment": "sweep file: empty: a mapping with `method`, `metric` and `parameters`: Fill it in",
    "a: [1": "sweep file: line 1, column 6: expected ',' or ']', but got '<stream end>': YAML: Correct"
    " the file there",
    "a:\n\t- b": "sweep file: line 2, column 1: found character '\\t' that cannot start any token: YAML:"
    " Indent with spaces only",
    "a: b: c": "sweep file: line 1, column 5: mapping values are not allowed here: YAML: Correct the"
    " file there",
    "a: 1\n---\nb: 2": "sweep file: line 2, column 1: but found another document: YAML: Correct the"
    " file there",
    "x: {{lr}}": "sweep file: line 1, column 5: found unhashable key: YAML: Correct the file there",
    "d: 2024-13-45": "sweep file: month must be in 1..12: YAML: Correct the file there",
    "a: !!python/object:os.system {}": "sweep file: line 1, column 4: could not determine a constructor"
    " for the tag"
    " 'tag:yaml.org,2002:python/object:os.system': YAML: Correct the file there",
    "&a [*a]": "sweep file: nested more than 50 levels deep: YAML: Correct the file there",
    "[" * 2000: DEEP,
    b"\x89PNG\r\n\x1a\n\x00": "sweep file: unacceptable character #x0089: invalid start byte: YAML:"
    " Correct the file there",
}


@pytest.mark.parametrize(("text", "line"), UNREADABLE.items(), ids=range(len(UNREADABLE)))
def test_what_is_no_yaml_is_one_problem_with_its_line(text: str | bytes, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_yaml(text)
    assert str(caught.value) == line


def test_aliases_that_would_grow_without_bounds_are_refused() -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    with pytest.raises(ConfigError, match="more than 200000 values"):
        load_yaml(laughs)


def test_aliases_and_merges_are_fine() -> None:
    text = "base: &base {min: 0, max: 1}\nx: *base\ny:\n  <<: *base\n  max: 2"
    read = load_yaml(text)
    assert isinstance(read, dict)
    assert read["y"] == {"min": 0, "max": 2}


def test_two_values_for_one_key_are_a_problem_with_their_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        load_yaml(
            "method: grid\nparameters:\n  x:\n    value: 1\n  y: {value: 2}\n  x:\n    value:"
            " 3\nmethod: bayes"
        )
    assert str(caught.value).splitlines() == [
        "method: given 2 times (lines 1, 8): each key once: Keep one of them",
        "parameters.x: given 2 times (lines 4, 7): each key once: Keep one of them",
    ]


def test_several_metric_blocks_are_shown_the_way_to_several_objectives() -> None:
    with pytest.raises(ConfigError) as caught:
        load_yaml("metric:\n  name: a\nmetric:\n  name: b\nmetric:\n  name: c")
    assert str(caught.value) == (
        "metric: given 3 times (lines 2, 4, 6): each key once:"
        " Keep one of them, or list several objectives under `scheduler.settings.metrics`"
    )


def test_bytes_are_read_as_text() -> None:
    assert load_yaml("name: Größe".encode()) == {"name": "Größe"}


@pytest.mark.parametrize("value", ["!!bool maybe", "!!int ''", "!!timestamp soon"])
def test_a_value_that_belies_its_tag_is_a_problem(value: str) -> None:
    with pytest.raises(ConfigError, match="a value that is not what its !!tag says"):
        load_yaml(f"a: {value}")
