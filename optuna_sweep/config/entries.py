"""A sweep file as its user writes it: the blocks outside ``scheduler.settings``, in W&B's words."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WrapValidator

from optuna_sweep.config.blocks import Block, Items, Text, Whole, as_items
from optuna_sweep.config.numerals import as_number
from optuna_sweep.config.settings import MethodName, MetricEntry, Settings

DistributionName = Literal[
    "constant",
    "categorical",
    "categorical_w_probabilities",
    "int_uniform",
    "uniform",
    "q_uniform",
    "log_uniform",
    "log_uniform_values",
    "inv_log_uniform",
    "inv_log_uniform_values",
    "q_log_uniform",
    "q_log_uniform_values",
    "normal",
    "q_normal",
    "log_normal",
    "q_log_normal",
    "beta",
    "q_beta",
]


def _keep_kind(given: object, check: Callable[[object], float]) -> object:
    number = as_number(given)
    check(number)
    return number


def _as_text(given: object) -> object:
    if isinstance(given, bool):
        return str(given).lower()
    return str(given) if isinstance(given, int | float | datetime.date) else given


Figure = Annotated[float, WrapValidator(_keep_kind)]
"""A number that stays whole where it was written whole."""

Positive = Annotated[float, Field(gt=0), WrapValidator(_keep_kind)]
Share = Annotated[float, Field(ge=0), WrapValidator(_keep_kind)]

Label = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | float | bool)]
"""A text for people; a number or a date will do."""


def _absent(description: str, **rules: Any) -> Any:
    """A field that may be left out, but not be null; ``model_fields_set`` tells whether it is there."""
    return Field(default=None, description=description, **rules)


class ParameterEntry(Block):
    """One parameter, in any of W&B's forms or Optuna's."""

    value: Any = _absent("The only value.")
    values: list[Any] = _absent("The values to choose from.", min_length=1)
    probabilities: list[Share] = _absent("How likely each of `values` is; sums to 1.")
    distribution: DistributionName = _absent(
        "W&B's name of the distribution; without it the other keys tell."
    )
    min: Figure = _absent(
        "The lower bound; a natural logarithm for `log_uniform`, `inv_log_uniform`, `q_log_uniform`."
    )
    max: Figure = _absent("The upper bound, in the same terms as `min`.")
    q: Positive = _absent("The quantum of the `q_` distributions; 1 without it.")
    mu: Figure = _absent("Mean of the (log-)normal; 0 without it.")
    sigma: Positive = _absent("Standard deviation of the (log-)normal; 1 without it.")
    a: Positive = _absent("First shape of the beta; 1 without it.")
    b: Positive = _absent("Second shape of the beta; 1 without it.")
    log: bool = _absent("Optuna's: search the logarithm; the bounds stay values.")
    step: Positive = _absent("Optuna's: a grid that starts at `min`.")
    when: Mapping[str, Any] = _absent(
        "Where the parameter exists at all: `{other: value}`, `{other: [values]}` or `{other: {min, max}}`."
    )
    parameters: Mapping[str, Any] = _absent("Nested parameters, in place of all other keys but `when`.")


class EarlyTerminateEntry(Block):
    """W&B's early termination."""

    type: Literal["hyperband"] = Field(description="`hyperband`, the only one that W&B has.")
    min_iter: Whole | None = Field(
        default=None, description="The first bracket, in logged values of the metric."
    )
    max_iter: Whole | None = Field(default=None, description="The end of training; needs `s`.")
    s: Whole | None = Field(default=None, description="How many brackets before `max_iter`.")
    eta: Annotated[float, Field(gt=1), BeforeValidator(as_number)] | None = Field(
        default=None, description="The best 1/eta of the runs pass a bracket; 3 without it."
    )
    strict: bool | None = Field(default=None, description="Stop all others at a bracket; true without it.")


class SchedulerEntry(Block):
    """The ``scheduler`` block."""

    job: Text | None = Field(
        default=None, description="The scheduler job: `entity/project/job-optuna-scheduler:latest`."
    )
    resource: Text | None = Field(
        default=None, description="Where the scheduler itself runs; `local-container` without it."
    )
    resource_args: Mapping[str, Any] | None = Field(default=None, description="Arguments of that resource.")
    num_workers: Whole | None = Field(default=None, description="How many runs are in flight at once.")
    docker_image: Text | None = Field(default=None, description="An image for the scheduler itself.")
    name: Label | None = Field(default=None, description="A name for the scheduler's run.")
    template_variables: Mapping[str, Any] | None = Field(
        default=None, description="The queue's template variables."
    )
    settings: Settings | None = Field(default=None, description="What this scheduler is told; see below.")
    engine: Literal["optuna", "wandb", "ax"] | None = Field(
        default=None, description="W&B's own engine key; `optuna` and `wandb` run here."
    )
    source: Text | None = Field(
        default=None, description="The Python file of a file written for W&B's Optuna engine."
    )
    optimizer: Text | None = Field(default=None, description="The function in `source` that makes the study.")
    search_space: Text | None = Field(
        default=None, description="The function in `source` that defines the space."
    )


class SweepFile(Block):
    """A W&B sweep file with a scheduler. Keys that W&B does not know are told, and ignored."""

    model_config = ConfigDict(extra="allow", title="W&B sweep with the Optuna scheduler")

    method: MethodName | None = Field(default=None, description="`grid`, `random`, `bayes` or `custom`.")
    metric: MetricEntry | None = Field(default=None, description="What is optimised.")
    metrics: Annotated[tuple[MetricEntry, ...], Items] | None = Field(
        default=None, description="Several objectives, in place of `metric`."
    )
    parameters: Any = Field(default=None, description="What is searched.")
    early_terminate: EarlyTerminateEntry | None = Field(default=None, description="W&B's hyperband.")
    run_cap: Whole | None = Field(default=None, description="How many runs the sweep may start.")
    command: Any = Field(default=None, description="The words that start the training program.")
    program: Label | None = Field(default=None, description="The training script.")
    job: Text | None = Field(default=None, description="The training job; not together with `image_uri`.")
    image_uri: Text | None = Field(default=None, description="The training image.")
    name: Label | None = Field(default=None, description="The sweep's name.")
    description: Label | None = Field(default=None, description="The sweep's description.")
    project: Label | None = Field(default=None, description="The sweep's project.")
    entity: Label | None = Field(default=None, description="The sweep's entity.")
    scheduler: SchedulerEntry | None = Field(default=None, description="The scheduler job and its settings.")
    launch: Mapping[str, Any] | None = Field(default=None, description="How Launch runs the training job.")
    prior_runs: (
        Annotated[
            tuple[Label, ...],
            Items,
            BeforeValidator(as_items, json_schema_input_type=Text | tuple[Label, ...]),
        ]
        | None
    ) = Field(
        default=None,
        description="Earlier runs that the search starts from (`run`, `project/run` or "
        "`entity/project/run`), as those that `wandb launch-sweep --prior_run` adds to the sweep.",
    )
    controller: Mapping[str, Any] | None = Field(default=None, description="W&B's; not used here.")
    apiVersion: Label | None = Field(default=None, description="W&B's; not used here.")
    kind: Label | None = Field(default=None, description="W&B's; not used here.")
