"""The commands of the entry point."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from optuna_sweep.errors import OptunaSweepError, SweepError
from optuna_sweep.launch import Ending
from optuna_sweep.wandb_adapter import Registration, enter_sweep, register

if TYPE_CHECKING:
    from optuna_sweep.scheduler import OptunaScheduler

_HERE = Path(__file__).resolve().parent.parent


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", help="W&B project to register the job in.")
@click.option("--entity", help="W&B entity to register the job in; your default one without it.")
@click.option("--name", default="job-optuna-scheduler", show_default=True, help="Name of the job.")
@click.option(
    "--num_workers", type=click.IntRange(min=1), help="Overrides the sweep's scheduler.num_workers."
)
@click.option("--enable_git", is_flag=True, help="Make the job from this checkout's git remote and commit.")
@click.pass_context
def cli(
    context: click.Context,
    project: str | None,
    entity: str | None,
    name: str,
    num_workers: int | None,
    enable_git: bool,
) -> None:
    """Drive a W&B Launch sweep with Optuna, or register this program as the job that does."""
    if context.invoked_subcommand is not None:
        return
    run = enter_sweep()
    if run is not None:
        scheduler: OptunaScheduler = context.obj(run, num_workers=num_workers)
        scheduler.start()
        context.exit(int(scheduler.ending is Ending.FAILED))
    if project is None:
        raise click.UsageError("Name the project to register the job in: --project PROJECT.")
    job = register(Registration(folder=_HERE, entity=entity, project=project, name=name, git=enable_git))
    click.echo(f"Registered the job {job}. Name it in your sweep file: scheduler: {{job: {job}}}")


def main(scheduler: type[OptunaScheduler]) -> None:
    """Run the entry point; ``scheduler`` is the class that drives sweeps.

    Exit codes: 0 done, 1 the sweep or the registration failed, 2 wrong usage.
    """
    try:
        cli(obj=scheduler)
    except OptunaSweepError as error:
        kind = "" if isinstance(error, SweepError) else "W&B cannot be reached: "
        click.echo(f"{kind}{error}", err=True)
        sys.exit(1)
