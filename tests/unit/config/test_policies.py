"""``settings.retry`` and ``settings.stop``."""

from __future__ import annotations

import pytest

from optuna_sweep.config import RetryEntry, SweepConfig

SWEEP = "method: random\nmetric: {name: a}\nparameters: {x: {min: 0.0, max: 1.0}}\n"


@pytest.mark.parametrize("on", ["on", "'on'", "true", "'true'"])
def test_the_key_on_is_read_whatever_yaml_makes_of_it(on: str) -> None:
    config = SweepConfig.read(f"{SWEEP}scheduler: {{settings: {{retry: {{max: 3, {on}: [failed]}}}}}}\n")
    assert config.settings.retry == RetryEntry(max=3, on=("failed",))
