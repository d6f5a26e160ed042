from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import optuna
import pytest

from optuna_sweep import components
from optuna_sweep.components import Seed, build_sampler
from optuna_sweep.config import Component
from optuna_sweep.errors import ConfigError
from optuna_sweep.validating import examine
from tests.local_sweeps import sweep_file
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


def test_a_deprecation_that_a_sampler_of_the_hub_is_answerable_for_is_not_the_users(hub: Any) -> None:
    class Old(optuna.samplers.RandomSampler):
        def __init__(self, sigma0: float = 0.5, seed: int | None = None) -> None:
            warnings.warn("`x0` has been deprecated in v4.9.0.", FutureWarning, stacklevel=2)
            super().__init__(seed)

    hub(lambda name: SimpleNamespace(Old=Old))
    assert isinstance(build_sampler(Component(type="hub:old.Old", args={"sigma0": 1.0})), Old)


def test_checking_a_sampler_of_the_hub_loads_nothing(hub: Any) -> None:
    hub(lambda name: pytest.fail("the network was asked"))
    assert sampler_complaints("hub:mine.MySampler") == []


def test_a_package_of_the_hub_that_lacks_the_class_is_told(hub: Any) -> None:
    hub(a_package)
    with pytest.raises(ConfigError) as told:
        build_sampler(Component(type="hub:mine.Other"))
    assert str(told.value) == (
        f"{HUB}: 'hub:mine.Other': the package has no such sampler: MySampler: Choose one of them"
    )


def lacks_a_package(name: str) -> ModuleType:
    raise ModuleNotFoundError("it needs\n  `cmaes`")


def is_out_of_reach(name: str) -> ModuleType:
    raise ConnectionError("no such host")


@pytest.mark.parametrize(
    ("load", "told"),
    [
        (lambda name: 1 / 0, "(ZeroDivisionError: division by zero): {form}: Correct the package's name"),
        (
            lacks_a_package,
            "(ModuleNotFoundError: it needs `cmaes`): a sampler whose packages are installed: "
            "Install what it needs where the scheduler runs, or add it to requirements.txt",
        ),
        (
            is_out_of_reach,
            "(ConnectionError: no such host): {form}: Try again where GitHub can be reached",
        ),
    ],
)
def test_a_package_of_the_hub_that_cannot_be_loaded_is_told_in_one_line(
    load: Callable[[str], Any], told: str, hub: Any
) -> None:
    hub(load)
    with pytest.raises(ConfigError) as error:
        build_sampler(Component(type="hub:mine.MySampler"))
    form = "hub:PACKAGE.CLASS, such as hub:auto_sampler.AutoSampler"
    assert str(error.value) == f"{HUB}: 'hub:mine.MySampler' could not be loaded {told.format(form=form)}"


@pytest.mark.parametrize(("load", "sound"), [(is_out_of_reach, True), (lacks_a_package, False)])
def test_a_hub_out_of_reach_is_a_note_where_a_file_is_only_looked_at(
    load: Callable[[str], Any], sound: bool, hub: Any, tmp_path: Path
) -> None:
    hub(load)
    settings = {"sampler": {"type": "hub:mine.MySampler"}}
    parameters = {"x": {"values": [1, 2]}}
    examined = examine(sweep_file(tmp_path, settings=settings, parameters=parameters))
    assert examined.sound is sound
    assert "could not be loaded" in examined.lines[-1 if sound else 0], examined.lines
