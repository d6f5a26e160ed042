"""``python -m demo``: set the stage, launch the sweep, tell it, sum it up."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType
from typing import NoReturn

from demo import summary
from demo.plan import Plan
from demo.reading import Address, Sweep, read
from demo.screen import Screen
from demo.stage import FOLDER, PROJECT, ROOT, Stage, stage
from demo.telling import Story
from sandbox.launching import ClientError

SWEEP_FILE = ROOT / "examples" / "digits" / "sweep.yaml"
LOOK_SECONDS = 2.0
LIMIT_SECONDS = 420.0
START_SECONDS = 90.0
INTERRUPTED = 130
LAST_LINES = 25


class SweepError(Exception):
    """The sweep does not go on; the text says why."""


def main() -> int:
    """Run the demo and return the exit code."""
    signal.signal(signal.SIGTERM, interrupt)
    screen = Screen.of_this_process()
    plan = Plan.of(SWEEP_FILE)
    try:
        with stage(screen, runs_at_once=plan.workers) as ready:
            sweep = watch(ready, plan, screen)
    except KeyboardInterrupt:
        screen.event("Interrupted. Everything that was started has been stopped.")
        return INTERRUPTED
    except (ClientError, SweepError, LookupError) as error:
        return failed(screen, str(error))
    if sweep.state != "FINISHED" or sweep.best is None or len(sweep.runs) != plan.trials:
        return failed(screen, f"the sweep ended {sweep.state} with {len(sweep.runs)} of {plan.trials} trials")
    conclude(screen, sweep, plan)
    return 0


def watch(ready: Stage, plan: Plan, screen: Screen) -> Sweep:
    """Launch the sweep and tell it until nothing more will happen; the last look at it.

    Raises:
        SweepError: The agent died, or the sweep took too long.
    """
    screen.status("launching the sweep")
    name = ready.launch(plan.file)
    screen.event(f"sweep     {name}: {plan.trials} trials, {plan.workers} at once, minimising {plan.metric}")
    screen.status("waiting for the agent to take the scheduler from the queue")
    box, story = ready.sandbox, Story(screen, plan)
    address = Address(url=box.url, key=box.key, entity=box.entity, project=PROJECT, sweep=name)
    while screen.seconds < LIMIT_SECONDS:
        sweep = read(address, plan.metric)
        if sweep is not None:
            story.tell(sweep)
            if sweep.ended:
                return sweep
        if not ready.agent.alive:
            raise SweepError("the launch agent has ended by itself")
        if screen.seconds > START_SECONDS and not (sweep and sweep.scheduler):
            raise SweepError(f"the scheduler has not started within {START_SECONDS:.0f} seconds")
        time.sleep(LOOK_SECONDS)
    raise SweepError(f"the sweep was not over after {LIMIT_SECONDS:.0f} seconds")


def conclude(screen: Screen, sweep: Sweep, plan: Plan) -> None:
    """Write the closing lines."""
    screen.event(f"sweep     {sweep.state.lower()}")
    screen.line()
    for line in summary.lines(sweep, plan):
        screen.line(line)
    screen.line(f"logs     {FOLDER.relative_to(ROOT)}/")


def failed(screen: Screen, reason: str) -> int:
    """Say what went wrong and where to read on."""
    screen.status("")
    screen.event(f"{screen.paint('The demo failed', 'red')}: {reason}")
    for log in sorted(FOLDER.glob("**/agent*.log")):
        screen.line(f"\nThe end of {log.relative_to(ROOT)}:")
        for line in log.read_text(errors="replace").splitlines()[-LAST_LINES:]:
            screen.line(f"  {line}")
    screen.line(f"\nAll logs are in {FOLDER.relative_to(ROOT)}/.")
    return 1


def interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    """Let SIGTERM end the demo as ctrl-C does: through every `with`."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
