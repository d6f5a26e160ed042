"""``settings.retry`` and ``settings.stop``: what happens when runs fail, and when a sweep is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from optuna_sweep.config.blocks import Items, Lenient, Number, Seconds, Whole
from optuna_sweep.config.components import Component

EndingName = Literal["failed", "crashed", "preempted", "lost", "stopped", "deleted"]


class RetryEntry(Lenient):
    """Which runs are started again with the same parameters."""

    @model_validator(mode="before")
    @classmethod
    def _with_the_key_on(cls, raw: Any) -> Any:
        """YAML 1.1 reads the bare key ``on`` as true, and W&B then stores it as the text ``"true"``."""
        if not isinstance(raw, Mapping):
            return raw
        return {"on" if key in (True, "true") else key: value for key, value in raw.items()}

    max: Whole = Field(default=1, description="Attempts that may follow the first, for each run.")
    on: Annotated[tuple[EndingName, ...], Items] = Field(
        default=("crashed", "preempted", "lost"),
        description="The ways to end that are tried again: `failed` (exit code other than 0), `crashed` "
        "(stopped reporting: out of memory, a dead machine), `preempted` (and not come back), `lost` (never "
        "started), `stopped` (by a person), `deleted`.",
    )


class AlertsEntry(Lenient):
    """Which W&B alerts the scheduler's run sends; each reaches who has turned alerts on in W&B."""

    end: bool = Field(default=True, description="The sweep has finished: the rule, the counts, the best.")
    target: bool = Field(
        default=True, description="The first best value that reaches `metric.target` or `stop.target`."
    )
    failures: bool = Field(
        default=True,
        description="Too many failed trials end the sweep, or a person has to do something first.",
    )


class StopEntry(Lenient):
    """When a sweep starts nothing new, besides `run_cap` and a space that is used up."""

    trials: Whole | None = Field(default=None, description="Trials that are started at most.")
    timeout: Seconds | None = Field(
        default=None, description="Seconds that a scheduler works on the sweep; a resume starts anew."
    )
    target: Number | None = Field(
        default=None, description="A value of the (only) objective that is good enough; like `metric.target`."
    )
    patience: Whole | None = Field(
        default=None, description="Completed or pruned trials in a row that bring no better value."
    )
    max_failures: Whole | None = Field(
        default=None, description="Failed trials, all in all, after which the sweep ends as failed."
    )
    max_consecutive_failures: Whole = Field(
        default=10, description="Failed trials in a row after which the sweep ends as failed."
    )
    terminator: Component | None = Field(
        default=None,
        description="An evaluator of `optuna.terminator` that says when going on is not worth it: "
        "`{type: BestValueStagnationEvaluator, args: {max_stagnation_trials: 30}}`.",
    )
    run_timeout: Seconds | None = Field(
        default=None, description="Seconds after which a running run is stopped; it is told as pruned."
    )
    running: Literal["finish", "stop"] = Field(
        default="finish", description="What becomes of the live runs when a rule here ends the sweep."
    )
