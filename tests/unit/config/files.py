"""Sweep files for the tests of this room."""

from __future__ import annotations

import pytest

from optuna_sweep.config import SweepConfig, load_yaml
from optuna_sweep.config.parameters import Distribution
from optuna_sweep.errors import ConfigError

PLAIN = """
method: bayes
metric: {name: loss}
job: me/mine/job-train:latest
scheduler: {job: me/mine/job-optuna-scheduler:latest}
"""


def with_parameters(block: str, head: str = PLAIN) -> str:
    """A sound sweep file with this ``parameters`` block."""
    return head + "parameters:\n" + "".join(f"  {line}\n" for line in block.strip("\n").splitlines())


def with_lines(lines: str) -> str:
    """A sound sweep file with these lines in place of the same keys."""
    sound = load_yaml(PLAIN)
    given = load_yaml(lines)
    assert isinstance(sound, dict)
    assert isinstance(given, dict)
    kept = [line for line in PLAIN.strip().splitlines() if line.split(":")[0] not in given]
    parameters = [] if "parameters" in given else ["parameters: {x: {values: [1, 2]}}"]
    return "\n".join([*kept, *parameters, lines])


def problems_of(text: str) -> list[str]:
    """The lines that a user is shown for a file that cannot run."""
    with pytest.raises(ConfigError) as caught:
        SweepConfig.read(text)
    return str(caught.value).splitlines()


def distribution(entry: str) -> Distribution:
    """What a sound parameter is read as."""
    return SweepConfig.read(with_parameters(f"x: {entry}")).parameters[0].distribution


def with_settings(lines: str) -> str:
    """A sound sweep file with these settings."""
    return with_lines(f"scheduler: {{job: a/b/c:latest, settings: {lines}}}")
