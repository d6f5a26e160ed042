from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import optuna
import pytest

from optuna_sweep import components
from optuna_sweep.components import Seed, build_sampler
from optuna_sweep.config import Component
from optuna_sweep.errors import ConfigError
from tests.unit.components.complaints import sampler_complaints, suggested

HUB = "scheduler.settings.sampler.type"


def test_a_sampler_of_the_hub_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components.hub, "find_spec", lambda name: None)
    assert sampler_complaints("hub:auto_sampler.AutoSampler") == [
        f"{HUB}: 'hub:auto_sampler.AutoSampler' needs 'optunahub', not installed where the scheduler runs: "
        "a sampler whose packages are installed: "
        "Run pip install optunahub there, or add it to requirements.txt"
    ]


def test_a_sampler_of_the_hub_names_a_package_and_a_class() -> None:
    assert sampler_complaints("hub:auto_sampler") == [
        f"{HUB}: 'hub:auto_sampler': hub:PACKAGE.CLASS, such as hub:auto_sampler.AutoSampler: "
        "Name the package and its class"
    ]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], Any]], None]:
    """Installs a stand-in for the ``optunahub`` package, whose real one loads from the network."""

    def install(load_module: Callable[[str], Any]) -> None:
        module = ModuleType("optunahub")
        module.__spec__ = ModuleSpec("optunahub", None)
        vars(module)["load_module"] = load_module
        monkeypatch.setitem(sys.modules, "optunahub", module)

    return install


def a_package(name: str) -> ModuleType:
    module = ModuleType(name)
    vars(module)["MySampler"] = type("MySampler", (optuna.samplers.RandomSampler,), {})
    return module


def test_a_sampler_of_the_hub_is_built_and_seeded_where_the_package_is_installed(hub: Any) -> None:
    hub(a_package)
    named = Component(type="hub:mine.MySampler")
    assert type(build_sampler(named)).__name__ == "MySampler"
    assert suggested(build_sampler(named, Seed(3))) == suggested(build_sampler(named, Seed(3)))


def test_checking_a_sampler_of_the_hub_loads_nothing(hub: Any) -> None:
    hub(lambda name: pytest.fail("the network was asked"))
    assert sampler_complaints("hub:mine.MySampler") == []


def test_a_package_of_the_hub_that_fails_or_lacks_the_class_is_told(hub: Any) -> None:
    hub(a_package)
    with pytest.raises(ConfigError) as told:
        build_sampler(Component(type="hub:mine.Other"))
    assert str(told.value) == (
        f"{HUB}: 'hub:mine.Other': the package has no such sampler: MySampler: Choose one of them"
    )
    hub(lambda name: 1 / 0)
    with pytest.raises(ConfigError, match=r"could not be loaded \(ZeroDivisionError: division by zero\)"):
        build_sampler(Component(type="hub:mine.MySampler"))
