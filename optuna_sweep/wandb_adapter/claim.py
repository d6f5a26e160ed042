"""One scheduler a sweep: who may work on it. Settled before anything is touched, and watched ever after.

Two things tell. The scheduler's run has the sweep's id, and wandb sends a sign of life for it every 15
to 30 s: a scheduler that works is one whose run says ``running`` and whose last sign of life moves. One
that died leaves a run that says ``running`` for minutes; its claim ends with the second look.

And the notes of that run name the scheduler that has the sweep. W&B has no compare-and-set, but the last
note written is the one that all read; so of schedulers that start at once each writes its own, waits
longer than any of them may have taken from its look to its note, and goes on where its note still stands
(Fischer's algorithm: L. Lamport, A fast mutual exclusion algorithm, 1987, section 2). Where the network was
so slow that this promise broke, or a scheduler was cut off for so long that another took its sweep, each
poll reads the notes again: a scheduler that finds another's leaves.

W&B may answer with what stood there a moment ago. So a note names the claim that it replaced, and neither
of the two, nor a note that people removed, makes a scheduler leave.

No clock is compared with another machine's. Pure: no network, no wandb; ``claiming`` asks W&B.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

SIGN_OF_LIFE: Final = 40.0
"""Seconds between two looks at a scheduler that may be at work: longer than a live one is ever silent."""

SETTLING: Final = 4.0
"""Seconds that a note has to stand. One that took longer since the look before it does not count."""

_AT_WORK = ("running", "preempting")
_ROUNDS = 5
_LINE = re.compile(
    r"^The Optuna scheduler that drives this sweep: .*\(claim ([0-9a-f]+)(?: after ([0-9a-f]+))?\)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Sight:
    """The scheduler's run as W&B shows it.

    Attributes:
        state: W&B's state of it; empty where there is no such run.
        heartbeat: When it was last heard of, in W&B's words; compared, never read.
        notes: Its notes; empty where it has none.
    """

    state: str
    heartbeat: str
    notes: str = ""


class SchedulersRun(Protocol):
    """The scheduler's run, as one that wants to have the sweep deals with it."""

    def look(self) -> Sight:
        """Read it."""

    def note(self, notes: str) -> None:
        """Set its notes, and make it where there is none."""


def claim_in(notes: str) -> str:
    """The claim that a run's notes hold; empty where they hold none, whatever else people wrote there."""
    found = _LINE.findall(notes)
    return str(found[-1][0]) if found else ""


def expected(notes: str) -> frozenset[str]:
    """The claims that the scheduler with these notes may read there later, while the sweep is its own."""
    return frozenset(("", *(_LINE.findall(notes) or [()])[-1]))


def claimed(
    run: SchedulersRun, who: str, claim: str, wait: Callable[[float], None], now: Callable[[], float]
) -> str | None:
    """Claim the sweep: the notes that its scheduler's run has from now on, or None where another has it.

    Takes ``SETTLING`` seconds, and ``SIGN_OF_LIFE`` more where the run says that it is at work.
    What people wrote into the notes is kept.

    Args:
        run: The scheduler's run.
        who: Names this process for people.
        claim: Names it for schedulers: hexadecimal digits that no other process has. Each note adds one,
            so that a note that is written again is not taken for an old answer.
        wait: Lets time pass.
        now: Seconds.
    """
    sight = run.look()
    before = claim_in(sight.notes)
    known = {"", before}
    if sight.state in _AT_WORK:
        wait(SIGN_OF_LIFE)
        again = run.look()
        if again.state in _AT_WORK and again.heartbeat != sight.heartbeat:
            return None
    for turn in range(_ROUNDS):
        began = now()
        sight = run.look()
        if claim_in(sight.notes) not in known:
            return None
        mine = f"{claim}{turn}"
        known.add(mine)
        notes = _noted(sight.notes, who, f"{mine} after {before}" if before else mine)
        run.note(notes)
        if now() - began <= SETTLING:
            wait(SETTLING)
            return notes if claim_in(run.look().notes) in known else None
    # W&B answers too slowly to settle it. Of two that got here, the polls leave one.
    return notes


def _noted(notes: str, who: str, claim: str) -> str:
    theirs = _LINE.sub("", notes).strip()
    ours = f"The Optuna scheduler that drives this sweep: {who} (claim {claim})"
    return f"{theirs}\n\n{ours}" if theirs else ours
