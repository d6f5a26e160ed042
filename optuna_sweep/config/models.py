"""What the rest of the house reads of a sweep file: frozen, checked, and with one word for each thing."""

from __future__ import annotations

from dataclasses import dataclass

from optuna_sweep.config import checks
from optuna_sweep.config.command import read_command
from optuna_sweep.config.early_terminate import EarlyTerminate, read_early_terminate
from optuna_sweep.config.enqueue import read_points
from optuna_sweep.config.findings import Findings
from optuna_sweep.config.grammar import read_parameters
from optuna_sweep.config.metrics import Metric, read_metrics, tell_missing_metric
from optuna_sweep.config.parameters import Parameter
from optuna_sweep.config.settings import MethodName, Settings
from optuna_sweep.config.source import Source, read_source
from optuna_sweep.config.sweep_file import FileReading, read_file
from optuna_sweep.config.yaml_reader import load_with_repeats
from optuna_sweep.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepConfig:
    """A whole sweep file, after every check that needs neither Optuna nor W&B.

    Attributes:
        method: How points are chosen where the settings name no sampler.
        metrics: The objectives in order; empty only for grid and random sweeps, whose runs then
            have no value.
        parameters: The leaves of the ``parameters`` block in the file's order; empty where the
            user's file defines the space.
        settings: ``scheduler.settings``; its ``enqueue`` holds flat points of full parameter
            names, and points as written where the user's file defines the space.
        source: The user's file; None where there is none.
        run_cap: How many runs the sweep may start; None for no limit.
        num_workers: How many runs may be in flight; None where the file says nothing.
        early_terminate: W&B's hyperband; None where the file has none.
        command: The words that start the training program; empty for the job's own.
        job: The training job. Never together with ``image_uri``.
        image_uri: The training image.
        name: The sweep's name.
        project: The project that the file names.
        entity: The entity that the file names.
        prior_runs: Earlier runs to start from, as ``warm_start`` reads them.
        notes: Sentences about what is odd but allowed, each with its path.
    """

    method: MethodName
    metrics: tuple[Metric, ...]
    parameters: tuple[Parameter, ...]
    settings: Settings
    source: Source | None = None
    run_cap: int | None = None
    num_workers: int | None = None
    early_terminate: EarlyTerminate | None = None
    command: tuple[str, ...] = ()
    job: str | None = None
    image_uri: str | None = None
    name: str | None = None
    project: str | None = None
    entity: str | None = None
    prior_runs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, raw: object) -> SweepConfig:
        """Read a sweep as its user wrote it, ``scheduler`` and ``launch`` included.

        Args:
            raw: What a YAML reader makes of the file.

        Raises:
            ConfigError: With every problem that the file has, never only the first.
        """
        return _judge(raw, Findings())

    @classmethod
    def read(cls, text: str | bytes) -> SweepConfig:
        """Read the text of a sweep file: ``load_yaml`` and ``parse`` in one step.

        Raises:
            ConfigError: With the problems of both.
        """
        raw, repeats = load_with_repeats(text)
        findings = Findings()
        findings.problems.extend(repeats)
        return _judge(raw, findings)


def _judge(raw: object, findings: Findings) -> SweepConfig:
    reading = read_file(raw, findings)
    config = _assemble(reading, findings) if reading is not None else None
    if findings.problems or config is None:
        raise ConfigError(dict.fromkeys(findings.problems))
    return config


def _assemble(reading: FileReading, findings: Findings) -> SweepConfig:
    file = reading.file
    method = _method(file.method, reading.settings.method)
    metrics = _metrics(reading, method, findings)
    source = read_source(reading.scheduler, reading.settings, findings)
    parameters = _parameters(reading, method, source, findings)
    early = read_early_terminate(file.early_terminate, findings)
    checks.check_stopping(len(metrics), reading.settings, early is not None, findings)
    checks.check_goals(metrics, reading.settings, findings)
    checks.check_prior_runs(file.prior_runs or (), findings)
    checks.check_job(file, reading.scheduler, findings)
    return SweepConfig(
        method=method,
        metrics=metrics,
        parameters=parameters,
        settings=_settings(reading, source, parameters, findings),
        source=source,
        run_cap=file.run_cap,
        num_workers=reading.scheduler.num_workers,
        early_terminate=early,
        command=read_command(file.command, findings),
        job=file.job,
        image_uri=file.image_uri,
        name=file.name,
        project=file.project,
        entity=file.entity,
        prior_runs=tuple(dict.fromkeys(file.prior_runs or ())),
        notes=tuple(dict.fromkeys(findings.notes)),
    )


def _method(said: MethodName | None, settled: MethodName | None) -> MethodName:
    """The sweep's method; ``custom`` says nothing, and the CLI copies a method into the settings."""
    return said if said not in (None, "custom") else settled or "custom"


def _metrics(reading: FileReading, method: str, findings: Findings) -> tuple[Metric, ...]:
    metrics = read_metrics(reading.file, reading.settings, findings)
    lost = ("metric", "metrics", "method", "scheduler", "scheduler.settings", "scheduler.settings.metrics")
    if not metrics and not reading.lost(*lost):
        tell_missing_metric(method, findings)
    return metrics


def _settings(
    reading: FileReading, source: Source | None, parameters: tuple[Parameter, ...], findings: Findings
) -> Settings:
    settings = reading.settings
    checks.check_settings(settings, findings)
    unread = any(problem.path.startswith("parameters") for problem in findings.problems)
    if source is not None or unread:
        return settings  # there is no space, or only a part of one, to hold the points against
    points = read_points(settings.enqueue, parameters, findings)
    return settings.model_copy(update={"enqueue": points})


def _parameters(
    reading: FileReading, method: str, source: Source | None, findings: Findings
) -> tuple[Parameter, ...]:
    block = reading.file.parameters
    if block is None or block == {}:
        if (source is None or source.objective is None) and not reading.lost("scheduler"):
            checks.tell_no_parameters(reading.file, findings)
        return ()
    parameters = read_parameters(block, "parameters", findings)
    if source is None:
        checks.check_anything_left(parameters, findings)
    if method == "grid" and source is None and reading.settings.sampler is None:
        checks.check_grid(parameters, findings)
    return parameters
