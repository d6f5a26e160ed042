"""Sweep files and user files that cannot be run: one message, and nothing is launched."""

from __future__ import annotations

import re

import pytest

from tests.journey.stage import Stage
from tests.journey.sweep_files import REFUSED

pytestmark = pytest.mark.journey

KEY = "scheduler.settings"
MESSAGES = {
    "no metric": r"metric: missing: a metric, because the search learns from it: Add `metric: .*`",
    "missing job": r"job: 'sandbox/journeys/gone:latest': .*: a training job in W&B, .*: Create the job, .*",
    "unknown sampler": rf"{KEY}.sampler.type: 'TPE' .*TPESampler: Did you mean 'TPESampler'\?",
    "unknown pruner": rf"{KEY}.pruner.type: 'MedianPrunner' .*: Did you mean 'MedianPruner'\?",
    "unknown argument": rf"{KEY}.sampler.args.n_startup: .*: Did you mean 'n_startup_trials'\?",
    "missing file": rf"{KEY}.optuna_source: 'optuna_wamdb.py' is not there .*: a Python file: Correct .*",
    "missing artifact": rf"{KEY}.optuna_source: 'sandbox/journeys/no-such-file:latest' cannot be downloaded: "
    r'.*: an artifact with type="optuna", written .*: Log the artifact, or correct its name\.',
    "file that does not import": r".*does_not_import.py imports 'a_module_that_nobody_has': install it .*",
    "file that raises": r"objective\(trial\) failed for trial 2\. It should suggest parameters and return.*",
    "file that is slow": r"objective\(trial\) did not return within 2 seconds for trial 2.*_timeout\.",
}
RAISED = {
    "file that does not import": "import a_module_that_nobody_has",
    "file that raises": "KeyError: ('no such key', ",
}


def test_every_refused_sweep_has_its_message() -> None:
    assert list(MESSAGES) == list(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_a_sweep_that_cannot_be_run_says_why_once_and_launches_nothing(stage: Stage, name: str) -> None:
    seen = stage.ended(name)
    assert (seen.state, seen.scheduler) == ("CANCELED", "failed")
    assert not seen.runs
    said = [line for line in seen.console if re.search(f"optuna: {MESSAGES[name]}$", line)]
    assert len(said) == 1, seen.said
    assert seen.console[seen.console.index(said[0]) + 1].endswith("optuna: The sweep ends as failed.")


@pytest.mark.parametrize("name", REFUSED)
def test_only_the_users_own_code_is_shown_in_a_traceback(stage: Stage, name: str) -> None:
    seen = stage.ended(name)
    assert ("Traceback" in seen.said) == (name in RAISED), seen.said
    assert RAISED.get(name, "") in seen.said
    assert not re.search(r'File ".*(optuna_sweep|optuna_scheduler)', seen.said)
