"""``scheduler.settings``: everything that a sweep file can say to this scheduler.

These models are the documentation too: the JSON Schema for editors and the table in
``docs/settings.md`` are made from the descriptions below. To add a key, add a field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from optuna_sweep.config.blocks import Block, Items, Lenient, Number, Seconds, Text, Whole, as_items
from optuna_sweep.config.components import Component
from optuna_sweep.config.numerals import as_whole
from optuna_sweep.config.policies import AlertsEntry, RetryEntry, StopEntry

RuleName = Literal["last", "best", "mean_last_k", "summary"]
MethodName = Literal["grid", "random", "bayes", "custom"]
Goal = Literal["minimize", "maximize"]
Impute = Literal["latest", "best", "worst"]


def _as_rule(given: object) -> object:
    return {"rule": given} if isinstance(given, str) else given


def _as_alerts(given: object) -> object:
    return dict.fromkeys(AlertsEntry.model_fields, given) if isinstance(given, bool) else given


def _as_word(given: object) -> object:
    return "false" if given is False else given


class MetricEntry(Block):
    """One objective, as a sweep file writes it."""

    name: Text = Field(description="The key under which the training run logs it.")
    goal: Goal = Field(default="minimize", description="`minimize` or `maximize`.")
    target: Number | None = Field(
        default=None, description="The sweep is finished once a run reaches this value."
    )
    impute: Impute | None = Field(
        default=None,
        description="The value of a run that failed, crashed or was stopped: its `latest` or its `best` one, "
        "or the `worst` of the sweep. It has none without it, or where it logged none.",
    )
    impute_while_running: (
        Annotated[
            Literal["latest", "best", "worst", "false"],
            BeforeValidator(
                _as_word, json_schema_input_type=Literal["latest", "best", "worst", "false", False]
            ),
        ]
        | None
    ) = Field(
        default=None, description="Accepted for W&B's sake; this scheduler tells no value of a live run."
    )


class Constraint(Block):
    """Bounds that a good run's metric keeps."""

    metric: Text = Field(description="The key under which the training run logs it.")
    min: Number | None = Field(default=None, description="The metric is at least this.")
    max: Number | None = Field(default=None, description="The metric is at most this.")


class Objective(Block):
    """Which of a run's logged values is the one to optimise."""

    rule: RuleName = Field(
        default="last",
        description="`last` logged value, `best` one, mean of the last `k`, or the run's `summary`.",
    )
    k: Whole = Field(default=5, description="How many values `mean_last_k` averages.")


class Settings(Lenient):
    """What ``scheduler.settings`` holds."""

    sampler: Component | None = Field(
        default=None,
        description="Optuna's sampler. Without it `method` picks one: every point once for `grid`, "
        "`RandomSampler` for `random`, `TPESampler` otherwise.",
    )
    pruner: Component | None = Field(
        default=None,
        description="Optuna's pruner. Without it `early_terminate` decides, else `TighteningPruner`, and "
        "none for `grid`.",
    )
    method: MethodName | None = Field(
        default=None,
        description="The sweep's `method`; `wandb launch-sweep` copies it to this place.",
    )
    metrics: Annotated[tuple[MetricEntry, ...], Items] = Field(
        default=(),
        description="Several objectives, in place of the sweep's `metric`: a list of `{name, goal, target}`.",
    )
    optuna_source: Text | None = Field(
        default=None,
        description="Your Python file with any of `objective(trial)`, `sampler()`, `pruner()`, `study()`: "
        "a `.py` path beside the scheduler, or an artifact `entity/project/name:alias`.",
    )
    optuna_source_filename: Text = Field(
        default="optuna_wandb.py", description="The file inside, where `optuna_source` is an artifact."
    )
    objective_timeout: Seconds = Field(
        default=2.0, description="Seconds that `objective(trial)` may take to suggest one configuration."
    )
    seed: Annotated[int, Field(ge=0, lt=2**32), BeforeValidator(as_whole)] | None = Field(
        default=None, description="Makes the search repeatable."
    )
    study_name: Text | None = Field(
        default=None, description="The Optuna study's name; `optuna-study-<sweep id>` without it."
    )
    objective: Annotated[
        Objective, BeforeValidator(_as_rule, json_schema_input_type=RuleName | Objective)
    ] = Field(
        default_factory=Objective,
        description="Which logged value is optimised: `last`, `best`, `mean_last_k` or `summary`; "
        "`{rule: mean_last_k, k: 10}` to choose k.",
    )
    step_metric: Text | None = Field(
        default=None,
        description="The logged key (such as `epoch`) that is the pruner's axis; W&B's step without it.",
    )
    invalid_values: Literal["fail", "prune", "worst"] = Field(
        default="fail",
        description="What a run's trial becomes whose value is NaN, infinite, text or missing: failed, "
        "pruned, or as bad as the worst so far.",
    )
    enqueue: Annotated[tuple[Mapping[str, Any], ...], Items] = Field(
        default=(), description="Points to try first: a list of `{parameter: value}`."
    )
    warm_start: Annotated[
        tuple[Text, ...],
        Items,
        BeforeValidator(as_items, json_schema_input_type=Text | tuple[Text, ...]),
    ] = Field(
        default=(),
        description="Earlier sweeps (`sweep`, `project/sweep`, `entity/project/sweep`) or study artifacts "
        "(`entity/project/name:alias`) whose results the search starts from.",
    )
    repeats: Annotated[int, Field(ge=1, le=1000), BeforeValidator(as_whole)] = Field(
        default=1,
        description="Runs for each configuration, 1000 at most; the trial gets the mean of their values.",
    )
    constraints: Annotated[tuple[Constraint, ...], Items] = Field(
        default=(),
        description="Bounds on logged metrics: a list of `{metric, min, max}`, each with one bound at least.",
    )
    retry: RetryEntry | None = Field(
        default=None,
        description="Starts failed runs again with the same parameters, as new runs: `{max: 3}`. Nothing is "
        "tried again without it.",
    )
    stop: StopEntry = Field(
        default_factory=StopEntry, description="When the sweep is done, besides `run_cap`; see below."
    )
    alerts: Annotated[AlertsEntry, BeforeValidator(_as_alerts, json_schema_input_type=bool | AlertsEntry)] = (
        Field(
            default_factory=AlertsEntry,
            description="Which W&B alerts the sweep sends; `false` for none of them. See below.",
        )
    )
    max_requests_per_minute: Whole = Field(
        default=50,
        description="What the scheduler may ask of W&B; polls are spread to keep to it. W&B allows 50 to "
        "free accounts and 200 to paid ones.",
    )
    storage: Text | None = Field(
        default=None,
        description="An Optuna storage URL (`postgresql://`, `mysql://`, `sqlite:///`, or "
        "`redis://` for a journal), so that several schedulers share one study. `${NAME}` is read from "
        "the environment. A file that is kept in W&B without it.",
    )
