from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optuna_sweep.components import build_pruner, build_sampler, kinds, pruner_problems, sampler_problems
from optuna_sweep.components.arguments import arguments_of
from optuna_sweep.config import Component

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
)
NESTED = st.fixed_dictionaries({"type": st.sampled_from([*kinds.PRUNER.classes, *kinds.SAMPLER.classes])})


def components(classes: Any) -> st.SearchStrategy[Component]:
    def of(name: str) -> st.SearchStrategy[Component]:
        names = st.sampled_from([*arguments_of(classes[name]), "stranger"])
        args = st.dictionaries(names, JUNK | NESTED, max_size=3)
        return args.map(lambda made: Component(type=name, args=made))

    return st.sampled_from(list(classes)).flatmap(of)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Optuna warns of odd grids
@given(components(kinds.SAMPLER.classes))
def test_whatever_stands_there_a_sampler_is_built_or_told(component: Component) -> None:
    if not sampler_problems(component):
        build_sampler(component)


@given(components(kinds.PRUNER.classes))
def test_whatever_stands_there_a_pruner_is_built_or_told(component: Component) -> None:
    if not pruner_problems(component):
        build_pruner(component)
