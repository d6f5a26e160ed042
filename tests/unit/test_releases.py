"""Which releases of wandb and Optuna are accepted, and what is said of the others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from optuna_sweep.errors import SweepError
from optuna_sweep.releases import OPTUNA, WANDB, Supported, health, installed, require

ROOT = Path(__file__).resolve().parents[2]


def look(**versions: str | None) -> dict[str, str | None]:
    return {"wandb": "0.31.0", "optuna": "5.0.0", **versions}


@pytest.mark.parametrize("wandb", ["0.30.0", "0.31.0", "0.31.7", "0.31.2.dev1"])
@pytest.mark.parametrize("optuna", ["4.4.0", "4.9.1", "5.0.0", "5.12.1", "5.0.0rc1"])
def test_a_release_within_the_ranges_is_accepted_in_silence(wandb: str, optuna: str) -> None:
    require(WANDB, OPTUNA, look=look(wandb=wandb, optuna=optuna).get)


@pytest.mark.parametrize("wandb", ["0.29.0", "0.32.0", "1.0", "0.32.0rc1", "unknown"])
def test_another_release_is_named_with_the_command_that_helps(wandb: str) -> None:
    with pytest.raises(SweepError) as told:
        require(WANDB, OPTUNA, look=look(wandb=wandb).get)
    said = f"This scheduler does not run with wandb {wandb}: pip install 'wandb>=0.30,<0.32'"
    assert str(told.value) == said


def test_all_that_does_not_fit_is_one_sentence() -> None:
    with pytest.raises(SweepError) as told:
        require(WANDB, OPTUNA, look=look(wandb="0.29.0", optuna=None).get)
    needed = "'wandb>=0.30,<0.32' 'optuna>=4.4,<6'"
    assert (
        str(told.value)
        == f"This scheduler does not run with wandb 0.29.0 and no optuna: pip install {needed}"
    )


def test_what_is_not_asked_for_is_not_looked_at() -> None:
    require(OPTUNA, look=look(wandb=None).get)


@pytest.mark.parametrize("supported", [WANDB, OPTUNA], ids=lambda each: each.package)
def test_the_range_is_that_of_requirements_txt(supported: Supported) -> None:
    assert supported.requirement in (ROOT / "requirements.txt").read_text().splitlines()


def test_the_lock_is_within_the_ranges() -> None:
    pins = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE))
    require(WANDB, OPTUNA, look=pins.get)


def test_every_requirement_is_pinned_with_hashes() -> None:
    asked = re.findall(r"^([\w-]+)[><=]", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    entries = re.split(r"^(?=\w)", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)[1:]
    assert {re.split("==", entry)[0] for entry in entries} >= set(asked)
    assert not [entry for entry in entries if "--hash=sha256:" not in entry]


def test_the_lock_names_no_host() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_the_health_line_names_what_a_report_should_quote() -> None:
    said = health(4, look().get)
    assert re.fullmatch(
        r"Scheduler \S+ with wandb 0\.31\.0, Optuna 5\.0\.0, Python 3\.\d+\.\d+\S* and 4 workers\.", said
    )
    assert health(1, look().get).endswith(" and 1 worker.")


def test_a_package_that_is_not_installed_is_none() -> None:
    assert installed("optuna") is not None
    assert installed("no-such-package-anywhere") is None
