"""Whatever a file holds, a reader of it gets a config or problems, and never a traceback."""

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from optuna_sweep.config import SweepConfig, load_yaml
from optuna_sweep.config.entries import EarlyTerminateEntry, ParameterEntry, SchedulerEntry, SweepFile
from optuna_sweep.config.settings import Settings
from optuna_sweep.errors import ConfigError

MODELS = (SweepFile, SchedulerEntry, Settings, ParameterEntry, EarlyTerminateEntry)
KEYS = sorted(
    {key for model in MODELS for key in model.model_fields} | {"type", "args", "name", "goal", "k", "x"}
)
WORDS = [
    "bayes",
    "grid",
    "uniform",
    "log_uniform",
    "normal",
    "hyperband",
    "minimize",
    "1e-5",
    "1e999",
    "${x}",
    "",
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400)])
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=5)
    | st.binary(max_size=3)
    | st.dates()
)
keys = st.sampled_from(KEYS) | st.text(max_size=3) | st.integers() | st.none() | st.booleans()
junk = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5)
)
entries = st.dictionaries(st.sampled_from(sorted(ParameterEntry.model_fields)), scalars | junk, max_size=5)
blocks = st.dictionaries(st.sampled_from("xyz"), entries, max_size=3)
files = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["grid", "random", "custom"]),
        "parameters": blocks,
        "scheduler": st.fixed_dictionaries(
            {"settings": st.dictionaries(st.sampled_from(list(Settings.model_fields)), junk, max_size=3)}
        ),
    }
)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(raw=junk | files)
@example(raw={"": {"method": None}})
def test_junk_is_a_config_or_problems(raw: object) -> None:
    try:
        config = SweepConfig.parse(raw)
    except ConfigError as error:
        assert error.problems
        assert all(problem.path and problem.given and problem.remedy for problem in error.problems)
    else:
        assert config.parameters or config.source


@settings(max_examples=100, deadline=None)
@given(text=st.text() | st.binary())
def test_any_text_is_values_or_problems(text: str | bytes) -> None:
    with suppress(ConfigError):
        load_yaml(text)
