"""W&B's records of runs, in our words."""

from __future__ import annotations

import pytest

from optuna_sweep.wandb_adapter.records import known_run, last_line


def console(*lines: str | None) -> dict[str, object]:
    return {"logLines": {"edges": [{"node": {"line": line}} for line in lines]}}


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["Traceback", "ValueError: no", "wandb: Find logs at: ./wandb", ""], "ValueError: no"),
        (["\x1b[31mValueError: no\x1b[0m", "\x1b[34m\x1b[1mwandb\x1b[0m: done"], "ValueError: no"),
        (["wandb: Syncing run", None], ""),
        ([], ""),
    ],
)
def test_the_last_line_of_a_console_is_the_programs_own(lines: list[str | None], last: str) -> None:
    assert last_line(console(*lines)) == last


def test_a_run_without_a_console_has_no_last_line() -> None:
    assert last_line({}) == ""


def test_what_the_scheduler_wrote_into_a_runs_summary_is_not_what_the_run_left() -> None:
    run = known_run({"name": "s-0000", "state": "killed", "summaryMetrics": '{"optuna/state": "failed"}'})
    assert run.summary == {}
