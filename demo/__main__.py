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
from demo.stage import FOLDER, PROJECT, ROOT, agent_at_work, launch, stage
from demo.telling import Story
from sandbox.launching import Agent, ClientError
from sandbox.serving import Sandbox

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
        with stage(screen) as sandbox:
            # Before the agent, which would find the queue empty and sleep for ten seconds.
            launched = launch(sandbox, plan, screen)
            with agent_at_work(sandbox, plan, screen) as agent:
                sweep = watch(address(sandbox, launched), agent, plan, screen)
    except KeyboardInterrupt:
        screen.event("Interrupted. Everything that was started has been stopped.")
        return INTERRUPTED
    except (ClientError, SweepError, LookupError) as error:
        return failed(screen, str(error))
    if sweep.state != "FINISHED" or sweep.best is None or len(sweep.runs) != plan.trials:
        return failed(screen, f"the sweep ended {sweep.state} with {len(sweep.runs)} of {plan.trials} trials")
    conclude(screen, sweep, plan)
    return 0


def address(sandbox: Sandbox, sweep: str) -> Address:
    """Where to read the sweep."""
    return Address(url=sandbox.url, key=sandbox.key, entity=sandbox.entity, project=PROJECT, sweep=sweep)


def watch(place: Address, agent: Agent, plan: Plan, screen: Screen) -> Sweep:
    """Tell the sweep until nothing more will happen; the last look at it.

    Raises:
        SweepError: The agent died, the scheduler did not start, or the sweep took too long.
    """
    story, started = Story(screen, plan), False
    while screen.seconds < LIMIT_SECONDS:
        sweep = read(place, plan.metric)
        if sweep is not None:
            story.tell(sweep)
            if sweep.ended:
                return sweep
            started = started or bool(sweep.scheduler)
        if not agent.alive:
            raise SweepError("the launch agent has ended by itself")
        if screen.seconds > START_SECONDS and not started:
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
