"""How a trial gets its parameters.

Two spaces keep one promise, ``SearchSpace``: ``Declared`` is the ``parameters`` block of a
sweep file, ``Programmed`` the ``objective(trial)`` of a user's file.

``translation`` turns W&B's distributions into *domains*. Where Optuna has the distribution,
its sampler draws the value. Where it has not (probabilities, quantised and bell-shaped ones),
it draws a *latent*, a number between 0 and 1, which a *warp* makes into the value. The stored
study shows the value all the same: ``WarpedStorage`` translates between the two.
"""

from optuna_sweep.space.declared import Declared
from optuna_sweep.space.programmed import Objective, Programmed, Suggested
from optuna_sweep.space.search_space import SearchSpace
from optuna_sweep.space.warped_storage import WarpedStorage

__all__ = ["Declared", "Objective", "Programmed", "SearchSpace", "Suggested", "WarpedStorage"]
