"""The stage of all journeys, and what to show when one of them fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from sandbox.asking import set_sweep_state, stop_run
from tests.conftest import on_common_stage
from tests.journey.stage import Look, Stage, open_stage
from tests.journey.sweep_files import PROJECT

LAST_LINES = 60
OUTAGE = [{"kind": "graphql", "operation": "SweepPoll", "message": "the database is busy", "times": 8}]
"""Polls of whichever sweeps are at work then; repeated by nobody but the scheduler."""


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("journeys"), _looked_at(request.session.items)) as stage:
        yield stage


def _looked_at(items: Sequence[pytest.Item]) -> set[str] | None:
    """The sweeps that these tests look at; None where one of them may look at any."""
    marks = [item.get_closest_marker("sweeps") for item in items if on_common_stage(item)]
    if None in marks:
        return None
    return {name for mark in marks if mark is not None for name in mark.args}


@pytest.fixture(scope="session")
def acted(stage: Stage) -> dict[str, Look]:
    """What a person does on W&B's pages, as soon as there is something to do it to; the sweep just before.

    When all is done, W&B does not answer some polls.
    """

    def at_work(name: str, runs: int) -> Look:
        return stage.until(name, lambda seen: len(seen.live) == runs, f"at work on {runs} runs")

    seen = {}
    for name, state in {"paused": "PAUSED", "stopped": "FINISHED", "canceled": "CANCELED"}.items():
        seen[name] = at_work(name, 2)
        set_sweep_state(stage.sandbox, stage.sweeps[name], state)
    waits = [{"act": "wait to be stopped"}, {"act": "wait to be deleted"}]
    seen["troubles"] = stage.until(
        "troubles",
        lambda seen: all(any(each.items() <= run.config.items() for run in seen.live) for each in waits),
        "waiting for a person",
    )
    stopped, deleted = (seen["troubles"].run(**each) for each in waits)
    stop_run(stage.sandbox, PROJECT, stopped.name)
    stage.delete(deleted)
    stage.sandbox.fail(*OUTAGE)
    return seen


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Put the ends of the logs below the failure of a journey."""
    report = yield
    stage = getattr(item, "funcargs", {}).get("stage")
    if stage is not None and report.failed:
        for log in sorted(stage.home.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
            report.sections.append((f"the end of {log.name}", "\n".join(lines)))
    return report
