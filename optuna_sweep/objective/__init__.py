"""The user's ``objective(trial)``, run in a process of its own, where it can hang, crash and print.

::

    the scheduler's process              the function's process
    remote        RemoteObjective        child           loads the user's file
    ├── process   starts and ends it     └── serving     calls the function, once for each trial
    └── answers   the real trial ◀─ line ─▶  ├── shielded_trial   what the function gets
                                             └── asking, printed, guard

The function's side asks in JSON and the scheduler's side answers in pickles: nothing that a user's function
sends can make the scheduler import or run anything.
"""

from __future__ import annotations

from optuna_sweep.objective.forgiving import Forgiving
from optuna_sweep.objective.process import Process
from optuna_sweep.objective.remote import RemoteObjective

__all__ = ["Forgiving", "Process", "RemoteObjective"]
