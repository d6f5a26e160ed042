from __future__ import annotations

from pathlib import Path

from demo.plan import Plan

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "digits" / "sweep.yaml"


def test_the_plan_is_what_the_example_says() -> None:
    plan = Plan.of(EXAMPLE)
    assert (plan.metric, plan.trials, plan.workers) == ("val_loss", 12, 2)
    assert plan.searched == ("lr", "optimizer", "hidden_units", "layers", "batch_size", "alpha")
