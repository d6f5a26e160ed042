"""The other side of a ``launch.Launch``, as its tests need it: runs report, and people press buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from optuna_sweep.launch import Ending, Launch, Queued, SweepState, Watch
from optuna_sweep.outcomes import Phase, Proposal

LOSS = [["loss"]]
PARAMETERS = {"lr": 0.1, "layers": 0, "bias": False, "name": "", "net": {"width": 8}, "seed": None}

Reported = tuple[int, Mapping[str, Any]]


class Bench(Protocol):
    """A sweep without runs, and what happens to it from outside."""

    @property
    def launch(self) -> Launch: ...

    def report(self, run_id: str, *rows: Reported) -> None:
        """The run's process logs rows; it starts with the first call."""

    def end(self, run_id: str, phase: Phase) -> None:
        """The run's process ends like this, or nobody hears of it any more."""

    def break_off(self, run: Proposal) -> None:
        """W&B makes the run, and dies before it queues it; nobody hears of either."""

    def lose(self, run_id: str) -> None:
        """The agent cannot start the run, which waits on the queue."""

    def delete(self, run_id: str) -> None:
        """Somebody deletes the run."""

    def silence(self, silent: bool) -> None:
        """From now on W&B answers nothing, or everything again."""

    def wish(self, state: SweepState) -> None:
        """Somebody changes the sweep on its page."""

    def stop_scheduler(self) -> None:
        """Somebody stops the scheduler's run on its page."""

    def queued(self) -> Sequence[str]:
        """The runs that were put on the queue, in order."""

    def left_as(self, ending: Ending) -> bool:
        """Whether the sweep and the scheduler's run show this ending."""


def proposal(number: int = 0, **parameters: Any) -> Proposal:
    name = f"trial-{number:03d}"
    return Proposal(run_id=f"s-{number:04d}", trial=number, name=name, parameters=parameters or {"x": number})


def queued(launch: Launch, run: Proposal) -> Watch:
    """Start the run, and watch it."""
    (start,) = launch.start_runs([run])
    assert isinstance(start, Queued), start
    return Watch(run.run_id, start.item_id)
