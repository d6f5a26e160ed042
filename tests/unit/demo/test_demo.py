"""The demo's reading, telling and summing up, on answers as W&B's API gives them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from demo import summary
from demo.plan import Plan
from demo.reading import Run, Sweep, parse
from demo.screen import Screen
from demo.telling import Story

PLAN = Plan(file=Path("sweep.yaml"), metric="val_loss", trials=3, workers=2, searched=("lr", "layers"))


def run(number: int, state: str, value: float | None, epoch: int, **config: Any) -> Run:
    return Run(
        name=f"trial-{number:03d}",
        state=state,
        config={"lr": 0.012345, "layers": 1, "epochs": 27, **config},
        value=value,
        epoch=epoch,
    )


def sweep(*runs: Run, state: str = "RUNNING", scheduler: str = "running") -> Sweep:
    return Sweep(state=state, scheduler=scheduler, runs=runs)


THREE = sweep(
    run(0, "finished", 0.25, 27), run(1, "killed", 0.1, 9, layers=2), run(2, "failed", None, 0, lr=1e-5)
)


def node(name: str, state: str, summary_metrics: str | None) -> dict[str, Any]:
    config = json.dumps({"lr": {"value": 0.1}, "_wandb": {"value": {}}})
    return {
        "node": {"name": name, "displayName": None, "state": state, "config": config}
        | {"summaryMetrics": summary_metrics}
    }


def answer(*edges: Any, scheduler: Any = None) -> dict[str, Any]:
    return {"data": {"project": {"sweep": {"state": "RUNNING", "runs": {"edges": edges}}, "run": scheduler}}}


def test_a_run_is_read_from_the_json_within_the_json() -> None:
    seen = parse(answer(node("a", "running", '{"val_loss": 0.5, "epoch": 3}')), "val_loss")
    assert seen.runs == (Run(name="a", state="running", config={"lr": 0.1}, value=0.5, epoch=3),)


def test_a_run_that_has_logged_nothing_or_text_has_no_value() -> None:
    seen = parse(answer(node("a", "pending", None), node("b", "running", '{"val_loss": "NaN"}')), "val_loss")
    assert [each.value for each in seen.runs] == [None, None]


def test_runs_are_told_in_the_order_of_their_names() -> None:
    seen = parse(answer(node("b", "running", None), node("a", "running", None)), "val_loss")
    assert [each.name for each in seen.runs] == ["a", "b"]


def test_an_answer_without_the_sweep_says_so_in_the_words_of_the_server() -> None:
    with pytest.raises(LookupError, match="no such field"):
        parse({"data": None, "errors": [{"message": "no such field"}]}, "val_loss")
    with pytest.raises(LookupError, match="not found"):
        parse({"data": {"project": {"sweep": None}}}, "val_loss")


def test_the_sweep_is_over_when_the_scheduler_and_all_runs_are() -> None:
    assert not sweep(run(0, "finished", 1.0, 27), state="FINISHED").ended
    assert not sweep(run(0, "running", 1.0, 3), scheduler="finished").ended
    assert sweep(run(0, "finished", 1.0, 27), scheduler="failed").ended


def test_a_canceled_sweep_is_over_whatever_its_scheduler_was_last_seen_to_do() -> None:
    assert sweep(run(0, "running", 1.0, 3), state="CANCELED").ended


def test_a_pruned_run_is_never_the_best() -> None:
    assert THREE.best is THREE.runs[0]
    assert sweep(run(0, "running", 0.1, 2)).best is None


def test_a_best_value_of_zero_is_a_value() -> None:
    assert sweep(run(0, "finished", 0.5, 27), run(1, "finished", 0.0, 27)).best == run(1, "finished", 0.0, 27)


def test_the_summary_is_a_table_the_best_and_what_pruning_saved() -> None:
    assert "\n".join(summary.lines(THREE, PLAN)) == (
        "trial      state     val_loss  epochs  lr      layers\n"
        "---------  --------  --------  ------  ------  ------\n"
        "trial-000  finished  0.2500    27/27   0.0123  1       < best\n"
        "trial-001  pruned    0.1000    9/27    0.0123  2\n"
        "trial-002  failed    -         0/27    1e-05   1\n"
        "\n"
        "best     val_loss 0.2500, trial-000\n"
        "         lr=0.0123  layers=1\n"
        "pruning  stopped 1 of 3 runs and saved 18 of 81 epochs (22%)"
    )


def test_each_change_of_a_run_is_told_once_and_waiting_runs_are_not() -> None:
    out, seconds = io.StringIO(), iter(range(0, 900, 30))
    story = Story(Screen(out, lambda: float(next(seconds)), lively=False), PLAN)
    waiting, running = run(1, "pending", None, 0), run(0, "running", None, 0)
    story.tell(sweep(running, waiting))
    story.tell(sweep(running, waiting))
    story.tell(sweep(run(0, "finished", 0.25, 27), run(1, "killed", 0.5, 9)))
    assert out.getvalue().splitlines() == [
        "0:30  trial-000  running    lr=0.0123  layers=1",
        "1:00  trial-000  finished   val_loss 0.2500  after 27 of 27 epochs  best 0.2500 (trial-000)",
        "1:30  trial-001  pruned     val_loss 0.5000  after  9 of 27 epochs  best 0.2500 (trial-000)",
    ]


def test_a_pipe_gets_plain_text_and_a_terminal_gets_colours_and_a_status_line() -> None:
    piped, shown = io.StringIO(), io.StringIO()
    for out, lively in ((piped, False), (shown, True)):
        screen = Screen(out, lambda: 0.0, lively=lively)
        screen.status("2/3 trials")
        screen.event("trial-000")
    assert piped.getvalue() == "0:00  trial-000\n"
    assert shown.getvalue() == "2/3 trials\r\033[K\033[2m0:00\033[0m  trial-000\n2/3 trials"
