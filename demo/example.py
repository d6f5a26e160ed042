"""``python -m demo.example NAME...``: run examples as their READMEs say, on a local W&B, all at once."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Sequence

from demo.__main__ import INTERRUPTED, interrupt
from demo.readme import own_command
from demo.results import Result, lines, look, wait
from demo.screen import Screen
from demo.stage import FOLDER, ROOT
from demo.workshop import PROJECT, Workshop, open_workshop
from sandbox.launching import ClientError

HOME = FOLDER / "examples"
LIMIT_SECONDS = 900.0
LOOK_SECONDS = 2.0


def main(names: Sequence[str]) -> int:
    """Run the examples and return the exit code."""
    signal.signal(signal.SIGTERM, interrupt)
    screen = Screen.of_this_process()
    unknown = [name for name in names if name not in runnable()]
    if unknown or not names:
        asked = f"{', '.join(unknown)} cannot be run here" if unknown else "no example is named"
        screen.line(f"{asked}. There are: {', '.join(runnable())}")
        return 2
    shutil.rmtree(HOME, ignore_errors=True)
    try:
        screen.status("starting a local W&B")
        with open_workshop(HOME) as workshop:
            return show(workshop, names, screen)
    except KeyboardInterrupt:
        screen.event("Interrupted. Everything that was started has been stopped.")
        return INTERRUPTED
    except (ClientError, TimeoutError) as error:
        screen.event(str(error))
        screen.line(f"logs in {HOME.relative_to(ROOT)}/")
        return 1


def runnable() -> list[str]:
    """The examples that need nothing but this machine."""
    readmes = sorted((ROOT / "examples").glob("*/README.md"))
    return [readme.parent.name for readme in readmes if own_command(readme)]


def show(workshop: Workshop, names: Sequence[str], screen: Screen) -> int:
    """Launch every example, tell how it goes, and how it ended."""
    started: dict[str, str] = {}
    for name in names:
        screen.status(f"following the README of {name}")
        started |= dict.fromkeys(follow(workshop, name, screen), name)
    failed = 0
    while started:
        for sweep, name in list(started.items()):
            seen = look(workshop.sandbox, PROJECT, sweep)
            screen.status(f"{name}: {seen.done} runs ended")
            if seen.ended:
                del started[sweep]
                failed += tell(f"{name}  sweep {sweep}", seen, screen)
        if screen.seconds > LIMIT_SECONDS:
            raise TimeoutError(f"not over after {LIMIT_SECONDS:.0f} seconds: {', '.join(started.values())}")
        time.sleep(LOOK_SECONDS)
    return int(failed > 0)


def follow(workshop: Workshop, name: str, screen: Screen) -> list[str]:
    """Do what the example's README says; return its sweeps, each told when it has started."""
    told: list[str] = []

    def announce() -> None:
        for sweep in workshop.sweeps[name][len(told) :]:
            told.append(sweep)
            screen.event(f"{name}  sweep {sweep} on {workshop.sandbox.url}")

    def go_on_from(sweep: str) -> None:
        announce()
        screen.status(f"{name}: waiting for sweep {sweep}, from which its README goes on")
        wait(workshop.sandbox, PROJECT, sweep, LIMIT_SECONDS)

    workshop.follow(name, go_on_from)
    announce()
    return told


def tell(name: str, seen: Result, screen: Screen) -> bool:
    """Write how the example ended; True where it went wrong."""
    first, *rest = lines(seen)
    screen.event(f"{name}  {first}")
    wrong = seen.state != "FINISHED"
    for line in [*rest, *(seen.console[-10:] if wrong else ())]:
        screen.line(f"      {line}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
