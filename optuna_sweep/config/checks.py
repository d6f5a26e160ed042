"""Whether the parts of a sweep file fit together."""

from __future__ import annotations

from collections.abc import Sequence

from optuna_sweep.config.entries import SchedulerEntry, SweepFile
from optuna_sweep.config.findings import Findings, nearest, show
from optuna_sweep.config.metrics import Metric
from optuna_sweep.config.parameters import (
    Categorical,
    Constant,
    Distribution,
    Integers,
    Parameter,
    Uniform,
)
from optuna_sweep.config.settings import Settings
from optuna_sweep.config.storage import check_storage
from optuna_sweep.config.support import describe

_CONSTRAINTS = "scheduler.settings.constraints"


def check_job(file: SweepFile, scheduler: SchedulerEntry, findings: Findings) -> None:
    """See that Launch has something to run, and somebody to schedule it."""
    if file.job and file.image_uri:
        findings.problem("job", "job and image_uri", "one of the two", "Remove one of them")
    elif not file.job and not file.image_uri:
        findings.note("job", "`wandb launch-sweep` needs the training `job`, or an `image_uri`")
    if not scheduler.job:
        findings.note("scheduler.job", "without it, `wandb launch-sweep` does not use this scheduler")
    elif scheduler.resource == "local-process":
        allowed = "another resource, because launch-sweep refuses this one for scheduler jobs"
        findings.problem("scheduler.resource", "'local-process'", allowed, "Remove it for local-container")


def check_grid(parameters: Sequence[Parameter], findings: Findings) -> None:
    """See that a grid can be walked to its end."""
    for parameter in parameters:
        distribution, at = parameter.distribution, place(parameter)
        if not _finite(distribution):
            remedy = "Write `values: […]`, or use method random or bayes"
            findings.problem(at, describe(distribution), "finitely many values in a grid", remedy)
        elif isinstance(distribution, Categorical) and distribution.probabilities:
            findings.note(f"{at}.probabilities", "have no effect, because a grid visits each value once")


def check_anything_left(parameters: Sequence[Parameter], findings: Findings) -> None:
    """Tell a user whose space has one point."""
    if parameters and all(_single(parameter.distribution) for parameter in parameters):
        findings.note("parameters", "nothing is left to search, because every parameter has one value only")


def check_settings(settings: Settings, findings: Findings) -> None:
    """See that each setting says something."""
    if settings.storage is not None:
        check_storage(settings.storage, findings)
    for index, constraint in enumerate(settings.constraints):
        at = f"{_CONSTRAINTS}[{index}]"
        if constraint.min is None and constraint.max is None:
            findings.problem(at, "no bound", "min, max, or both", "Add `max: …`")
        elif constraint.min is not None and constraint.max is not None and constraint.min > constraint.max:
            allowed = f"at most max, which is {show(constraint.max)}"
            findings.problem(f"{at}.min", show(constraint.min), allowed, "Swap min and max")
    for index, source in enumerate(settings.warm_start):
        check_earlier(source, f"scheduler.settings.warm_start[{index}]", findings)
    if "k" in settings.objective.model_fields_set and settings.objective.rule != "mean_last_k":
        findings.note("scheduler.settings.objective.k", f"has no effect on {settings.objective.rule}")


def check_earlier(source: str, at: str, findings: Findings) -> None:
    """See that a sweep or an artifact can have this name."""
    if not _is_place(source):
        allowed = "sweep, project/sweep or entity/project/sweep, or an artifact as entity/project/name:alias"
        findings.problem(at, show(source), allowed, "Write the name, not the address of its page")


def check_prior_runs(names: Sequence[str], findings: Findings) -> None:
    """See that runs can have these ids."""
    for index, name in enumerate(names):
        if not _is_place(name) or ":" in name:
            allowed = "the id of a run: run, project/run or entity/project/run"
            findings.problem(
                f"prior_runs[{index}]", show(name), allowed, "Write the id that ends its address"
            )


def _is_place(name: str) -> bool:
    """Whether this can be ``name``, ``project/name`` or ``entity/project/name``."""
    parts = name.split("/")
    return len(parts) <= 3 and all(parts) and all(part == part.strip() for part in parts)


def check_stopping(objectives: int, settings: Settings, early: bool, findings: Findings) -> None:
    """Tell where runs will not be stopped early although the file asks for it."""
    if early and settings.pruner is not None:
        findings.note("early_terminate", "has no effect, because `scheduler.settings.pruner` decides")
    elif early and objectives != 1:
        why = "there are several metrics" if objectives else "there is no metric"
        findings.note("early_terminate", f"stops nothing, because {why}")
    if settings.pruner is not None and objectives != 1:
        why = "Optuna prunes on one metric only" if objectives else "there is no metric"
        findings.note("scheduler.settings.pruner", f"stops nothing, because {why}")


def check_goals(metrics: Sequence[Metric], settings: Settings, findings: Findings) -> None:
    """Tell which ends of a sweep cannot come, because they look at its only objective."""
    if len(metrics) == 1:
        return
    why = "there are several metrics" if metrics else "there is no metric"
    places = [f"target of {metric.name}" for metric in metrics if metric.target is not None]
    stop = settings.stop
    rules = {"target": stop.target, "patience": stop.patience, "terminator": stop.terminator}
    places += [f"scheduler.settings.stop.{rule}" for rule, value in rules.items() if value is not None]
    for place in places:
        findings.note(place, f"ends nothing, because {why}")


def tell_no_parameters(file: SweepFile, findings: Findings) -> None:
    """Tell that there is nothing to search, and where it may have gone."""
    meant = [key for key in file.model_extra or {} if nearest(key, ["parameters"])]
    remedy = f"Rename `{meant[0]}` to `parameters`" if meant else "Add `parameters: {name: {values: […]}}`"
    given = "missing" if file.parameters is None else show(file.parameters)
    findings.problem("parameters", given, "at least one parameter", remedy)


def place(parameter: Parameter) -> str:
    """Where the parameter stands in the file."""
    return "parameters." + ".parameters.".join(parameter.path)


def _finite(distribution: Distribution) -> bool:
    match distribution:
        case Constant() | Categorical() | Integers():
            return True
        case Uniform():
            return distribution.q is not None or distribution.step is not None
        case _:
            return False


def _single(distribution: Distribution) -> bool:
    return isinstance(distribution, Constant) or (
        isinstance(distribution, Categorical) and len(distribution.values) == 1
    )
