"""What happened since the last look, as lines for people."""

from __future__ import annotations

from demo.plan import Plan
from demo.reading import Run, Sweep
from demo.screen import Screen

WORDS = {"finished": ("finished", "green"), "killed": ("pruned", "yellow"), "running": ("running", "cyan")}


def word_of(run: Run, screen: Screen) -> str:
    """The run's state in one padded word."""
    word, colour = WORDS.get(run.state, (run.state, "red"))
    return screen.paint(f"{word:<9}", colour)


class Story:
    """Tells each run's start and end once.

    Args:
        screen: Where to tell it.
        plan: What the sweep file says.
    """

    def __init__(self, screen: Screen, plan: Plan) -> None:
        self._screen, self._plan = screen, plan
        self._told: dict[str, str] = {}

    def tell(self, sweep: Sweep) -> None:
        """Write what is new in this look at the sweep."""
        for run in sweep.runs:
            if run.state not in (self._told.get(run.name), "pending"):
                self._told[run.name] = run.state
                self._screen.event(self._sentence(run, sweep.best))
        self._screen.status(self._summary(sweep))

    def _sentence(self, run: Run, best: Run | None) -> str:
        start = f"{run.name}  {word_of(run, self._screen)}"
        if not run.ended:
            return f"{start}  {configuration(run, self._plan)}"
        value = "no value" if run.value is None else f"{self._plan.metric} {run.value:.4f}"
        epochs = f"after {run.epoch:2d} of {run.planned} epochs"
        standing = "" if best is None else f"best {best.value:.4f} ({best.name})"
        return f"{start}  {value}  {epochs}  {self._screen.paint(standing, 'dim')}"

    def _summary(self, sweep: Sweep) -> str:
        ended = sum(run.ended for run in sweep.runs)
        live = [f"{run.name} epoch {run.epoch}/{run.planned}" for run in sweep.runs if run.state == "running"]
        return "   ".join([f"{ended}/{self._plan.trials} trials", *live])


def configuration(run: Run, plan: Plan) -> str:
    """What was searched, in a few words; what is fixed in every run is left out."""
    return "  ".join(f"{name}={short(run.config[name])}" for name in plan.searched if name in run.config)


def short(value: object) -> str:
    """A number in three digits, anything else as it is."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
