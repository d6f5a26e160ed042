"""Nothing that W&B's own search library accepts is refused, and its defaults are ours."""

import math
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optuna_sweep.config import SweepConfig
from optuna_sweep.config.parameters import Beta, Integers, LogNormal, LogUniform, Normal, Uniform

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its models are written in pydantic 1's way
    from sweeps.params import HyperParameter

finite = st.floats(-50, 50)
positive = st.floats(1e-3, 50)
values = st.lists(
    st.none() | st.booleans() | st.integers() | finite | st.text(max_size=4), min_size=1, max_size=5
)


def _ordered(bound: st.SearchStrategy[float]) -> st.SearchStrategy[dict[str, float]]:
    pairs = st.tuples(bound, bound).filter(lambda pair: pair[0] < pair[1])
    return pairs.map(lambda pair: {"min": pair[0], "max": pair[1]})


def _of(
    name: str, required: st.SearchStrategy[dict], **optional: st.SearchStrategy
) -> st.SearchStrategy[dict]:
    extra = st.fixed_dictionaries({}, optional=optional)
    return st.tuples(required, extra).map(lambda parts: {"distribution": name, **parts[0], **parts[1]})


nothing = st.just({})
q = positive | st.integers(1, 20)
accepted = st.one_of(
    st.fixed_dictionaries({"value": st.none() | st.booleans() | st.integers() | finite | st.text()}),
    st.fixed_dictionaries({"values": values}),
    _of("int_uniform", _ordered(st.integers(-99, 99))),
    _of("uniform", _ordered(finite | st.integers(-50, 50))),
    _of("q_uniform", _ordered(finite), q=q),
    _of("log_uniform", _ordered(finite)),
    _of("log_uniform_values", _ordered(positive)),
    _of("inv_log_uniform", _ordered(finite)),
    _of("inv_log_uniform_values", _ordered(positive)),
    _of("q_log_uniform", _ordered(finite), q=q),
    _of("q_log_uniform_values", _ordered(positive), q=q),
    _of("normal", nothing, mu=finite, sigma=positive),
    _of("q_normal", nothing, mu=finite, sigma=positive, q=q),
    _of("log_normal", nothing, mu=finite, sigma=positive),
    _of("q_log_normal", nothing, mu=finite, sigma=positive, q=q),
    _of("beta", nothing, a=positive, b=positive),
    _of("q_beta", nothing, a=positive, b=positive, q=q),
)


@settings(max_examples=200, deadline=None)
@given(entry=accepted)
def test_what_wandb_accepts_is_accepted(entry: dict) -> None:
    assert HyperParameter("x", dict(entry)).type
    config = SweepConfig.parse({"method": "random", "parameters": {"x": entry}})
    assert [parameter.name for parameter in config.parameters] == ["x"]


@pytest.mark.parametrize(
    "name", ["normal", "q_normal", "log_normal", "q_log_normal", "beta", "q_beta", "q_uniform"]
)
def test_what_is_left_out_is_wandbs_default(name: str) -> None:
    bounds = {"min": 0, "max": 9} if name == "q_uniform" else {}
    theirs = HyperParameter("x", {"distribution": name, **bounds}).config
    entry = {"distribution": name, **bounds}
    ours = SweepConfig.parse({"method": "random", "parameters": {"x": entry}}).parameters[0].distribution
    assert isinstance(ours, Normal | LogNormal | Beta | Uniform)
    said = {key: getattr(ours, key) for key in ("mu", "sigma", "a", "b", "q") if hasattr(ours, key)}
    assert {key: value for key, value in said.items() if value is not None} == {
        key: theirs[key] for key in said if key in theirs
    }


@pytest.mark.parametrize("chance", [0.0, 0.25, 1.0])
@pytest.mark.parametrize(
    "name", ["log_uniform", "inv_log_uniform", "log_uniform_values", "inv_log_uniform_values"]
)
def test_the_bounds_of_logarithmic_distributions_are_where_wandbs_values_end(
    name: str, chance: float
) -> None:
    entry = {"distribution": name, "min": 1.0, "max": 3.0}
    theirs = float(HyperParameter("x", dict(entry)).ppf(chance))
    ours = SweepConfig.parse({"method": "random", "parameters": {"x": entry}}).parameters[0].distribution
    assert not isinstance(ours, Integers)
    low, high = math.log(ours.low), math.log(ours.high)  # type: ignore[union-attr]  # these have bounds
    assert math.log(theirs) == pytest.approx(low + chance * (high - low))
    assert isinstance(ours, LogUniform) == (not name.startswith("inv"))
