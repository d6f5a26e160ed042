"""The commands of the entry point.

What a command needs is imported when it runs: `validate`, `preview` and `schema` work where wandb
does not, and `--help` is there at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from optuna_sweep.errors import AnotherAtWork, OptunaSweepError, SweepError
from optuna_sweep.launch import Ending
from optuna_sweep.releases import OPTUNA, WANDB, health, require

if TYPE_CHECKING:
    from optuna_sweep.scheduler import OptunaScheduler

_HERE = Path(__file__).resolve().parent.parent
_WRONG = 2

_source = click.option(
    "--source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A local Python file that stands in for the one that the sweep names (an artifact, say).",
)


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
    require(WANDB, OPTUNA)
    from optuna_sweep.wandb_adapter import Registration, enter_sweep, register

    run = enter_sweep()
    if run is not None:
        context.exit(_drive(context.obj()(run, num_workers=num_workers)))
    if project is None:
        raise click.UsageError("Name the project to register the job in: --project PROJECT.")
    job = register(Registration(folder=_HERE, entity=entity, project=project, name=name, git=enable_git))
    click.echo(f"Registered the job {job}. Name it in your sweep file: scheduler: {{job: {job}}}")


@cli.command()
@click.argument("sweep", metavar="SWEEP.yaml", type=click.Path(path_type=Path))
@click.option("--queue", help="Launch queue for the training runs; the file's launch.queue without it.")
@click.option("--entity", help="W&B entity of the sweep; the file's, or your default one, without it.")
@click.option("--project", help="W&B project of the sweep; the file's, or your default one, without it.")
@click.option("--resume", metavar="ID", help="Go on with this sweep instead of making one.")
@click.option(
    "--num_workers", type=click.IntRange(min=1), help="Overrides the sweep's scheduler.num_workers."
)
@click.pass_context
def start(context: click.Context, /, sweep: Path, num_workers: int | None, **where: str | None) -> None:
    """Make a sweep and be its scheduler, here, in this process; the training goes through the queue.

    For machines without containers: a laptop, a login node, a VM. Ctrl-C leaves the sweep paused with its
    runs at work; --resume goes on with it.
    """
    require(WANDB, OPTUNA)
    from optuna_sweep.offline import open_sweep
    from optuna_sweep.wandb_adapter import Beginning, start_sweep

    raw = open_sweep(sweep).raw
    scheduler: OptunaScheduler = context.obj()(
        start_sweep(Beginning(file=raw, **where)), num_workers=num_workers
    )
    scheduler.folders += (sweep.resolve().parent,)
    queue = where["queue"] or "QUEUE"
    scheduler.resume_command = f"python optuna_scheduler.py start {sweep} --queue {queue} --resume"
    context.exit(_drive(scheduler))


@cli.command()
@click.argument("sweep")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, help="The port to listen at.")
def dashboard(sweep: str, host: str, port: int) -> None:
    """Open optuna-dashboard on the study of SWEEP: entity/project/sweep, or a study.journal on this machine.

    Running or finished; what the scheduler writes is shown within half a minute. Ctrl-C ends it.
    """
    from optuna_sweep import dashboard as board
    from optuna_sweep.study import JOURNAL

    if Path(sweep).is_file():
        board.serve(board.open_file(Path(sweep)), host, port)
        return
    require(WANDB)
    from optuna_sweep.wandb_adapter import fetch_study_file

    with tempfile.TemporaryDirectory(prefix="optuna-dashboard-") as folder:
        board.show(lambda to: fetch_study_file(sweep, JOURNAL, to), Path(folder), host, port)


def _drive(scheduler: OptunaScheduler) -> int:
    """Work on the sweep until its end; the exit code."""
    scheduler.say(health(scheduler.workers))
    scheduler.say(f"The sweep is {'/'.join(scheduler.where.values())}/{scheduler.sweep_id}.")
    scheduler.start()
    return int(scheduler.ending is Ending.FAILED)


@cli.command()
@click.argument("sweeps", nargs=-1, required=True, metavar="SWEEP.yaml...", type=click.Path(path_type=Path))
@_source
@click.pass_context
def validate(context: click.Context, sweeps: tuple[Path, ...], source: Path | None) -> None:
    """Tell every problem of sweep files, or what they will search. Needs no W&B and no network.

    A problem is one line, `path: what was given: what is allowed: what to do`. Exit code 2 where
    there is any.
    """
    require(OPTUNA)
    from optuna_sweep.validating import examine

    sound = True
    with _answering() as out:
        for path in sweeps:
            examined = examine(path, source)
            sound = sound and examined.sound
            if examined.trace:
                _note(examined.trace)
            for line in examined.lines:
                click.echo(f"{path}: {line}" if len(sweeps) > 1 else line, file=out)
    context.exit(0 if sound else _WRONG)


@cli.command()
@click.argument("sweep", metavar="SWEEP.yaml", type=click.Path(path_type=Path))
@click.option("-n", "count", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Takes the place of the sweep's own seeds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, and nothing else.")
@_source
@click.pass_context
def preview(
    context: click.Context, sweep: Path, count: int, seed: int | None, as_json: bool, source: Path | None
) -> None:
    """Show the configurations of the first trials, from the real sampler and made-up results.

    Fewer than asked for where the search space is used up. Needs no W&B and no network.
    """
    require(OPTUNA)
    from optuna_sweep.offline import open_sweep
    from optuna_sweep.previewing import preview as configurations

    shown = 0
    try:
        with _answering() as out:
            opened = open_sweep(sweep, source)
            for config in islice(configurations(opened, _note, seed), count):
                click.echo(json.dumps(config) if as_json else f"{shown}  {_flow(config)}", file=out)
                shown += 1
    except SweepError as error:
        _note(str(error))
        context.exit(_WRONG)
    for note in opened.notes:
        _note(note)
    if shown < count:
        _note(f"The search space is used up after {shown} configurations.")


@cli.command()
def schema() -> None:
    """Print the JSON Schema of sweep files, from which editors complete and explain keys."""
    from optuna_sweep.config.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


def main(scheduler: Callable[[], type[OptunaScheduler]]) -> None:
    """Run the entry point; ``scheduler`` gives the class that drives sweeps, once it is needed.

    Exit codes: 0 done, or left to another scheduler; 1 the sweep or the registration failed; 2 wrong usage
    or a wrong sweep file.
    """
    try:
        cli(obj=scheduler)
    except AnotherAtWork as notice:
        click.echo(str(notice), err=True)
    except OptunaSweepError as error:
        kind = "" if isinstance(error, SweepError) else "W&B cannot be reached: "
        click.echo(f"{kind}{error}", err=True)
        sys.exit(1)


@contextlib.contextmanager
def _answering() -> Iterator[TextIO]:
    """What is written to the file given is this program's answer; all else goes to standard error.

    User code can print past ``sys.stdout``: in C, in a child, in a thread, at the exit. So the answer
    gets a descriptor of its own, and descriptor 1 stays on standard error until the process ends.
    """
    out = sys.stdout
    try:
        real = out.fileno() == 1
    except (OSError, ValueError):  # a test has put something else there
        real = False
    if real:
        out.flush()
        out = os.fdopen(os.dup(1), "w", encoding=out.encoding, errors=out.errors)
        os.dup2(2, 1)
    with contextlib.redirect_stdout(sys.stderr):
        yield out


def _note(line: str) -> None:
    click.echo(line, err=True)


def _flow(config: Mapping[str, Any], prefix: str = "") -> str:
    """A config in one line, its keys joined by dots."""
    parts = [
        _flow(value, f"{prefix}{key}.")
        if isinstance(value, Mapping) and value
        else f"{prefix}{key}={value!r}"
        for key, value in config.items()
    ]
    return "  ".join(parts)
