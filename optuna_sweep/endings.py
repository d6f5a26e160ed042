"""How a run ended → what its trial is told. The one place where "a crashed run" is decided."""

from __future__ import annotations

from collections.abc import Callable

from optuna_sweep.outcomes import Completed, Failed, Observation, Outcome, Phase, Pruned

WORDS = {
    Phase.FINISHED: "finished",
    Phase.FAILED: "the training process failed",
    Phase.CRASHED: "the training process stopped reporting",
    Phase.PREEMPTED: "its machine was taken away",
    Phase.STOPPED: "somebody stopped it",
    Phase.LOST: "it never left the queue",
    Phase.DELETED: "it was deleted from W&B",
}
"""How each way to end reads in a sentence."""


_IMPUTED = frozenset({Phase.FAILED, Phase.CRASHED, Phase.STOPPED})


def outcome(
    seen: Observation,
    measured: Callable[[], Outcome],
    last_report: int | None,
    imputed: Callable[[], Completed | None] = lambda: None,
) -> Outcome:
    """What the trial of a run that has ended is told.

    Args:
        seen: The observation that found the run ended.
        measured: The run's own result; asked only of a run that finished.
        last_report: The step of the trial's newest intermediate value, None where it has none.
        imputed: What ``metric.impute`` takes for the run's value, None where there is no such
            thing; asked only where W&B asks: of a run that failed, crashed or was stopped.

    Returns:
        A finished run is measured. A run that died has its imputed value, if there is one.
        Otherwise a run that a person stopped is told as pruned where it has reported something,
        because samplers learn from a pruned trial's last value and a person who stops a run means
        what a pruner means (so does a rule such as ``run_timeout``). Anything else failed: a crash
        says nothing about the parameters' worth, and its last value is not its final one.
    """
    if seen.phase is Phase.FINISHED:
        return measured()
    made_up = imputed() if seen.phase in _IMPUTED else None
    if made_up is not None:
        return made_up
    if seen.phase is Phase.STOPPED:
        words = seen.detail or WORDS[seen.phase]
        return Failed(words) if last_report is None else Pruned(last_report, words)
    return Failed(f"{WORDS[seen.phase]}: {seen.detail}" if seen.detail else WORDS[seen.phase])
