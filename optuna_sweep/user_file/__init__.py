"""The user's own Python file: loaded, checked and called.

What goes wrong in the file is the user's to see: their traceback is kept, ours is not, and one
sentence says what was expected.
"""

from __future__ import annotations

from optuna_sweep.user_file.traces import user_traceback
from optuna_sweep.user_file.user_file import SweepFacts, Terminator, UserFile

__all__ = ["SweepFacts", "Terminator", "UserFile", "user_traceback"]
