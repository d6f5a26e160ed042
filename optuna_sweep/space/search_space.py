"""What every search space can do, whoever wrote it down."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Protocol

import optuna


class SearchSpace(Protocol):
    """How a trial gets its parameters.

    A parameter has up to three forms: the *value* that the run gets (a list, say), the *entry*
    that the stored study shows (its JSON text), and what the sampler models, which is the entry
    or, for distributions that Optuna has not, a *latent* between 0 and 1.
    """

    def wrap(self, storage: optuna.storages.BaseStorage) -> optuna.storages.BaseStorage:
        """The storage on which the study that is asked must be opened.

        Args:
            storage: Where the study lives. It keeps entries, whatever is returned.

        Returns:
            ``storage`` itself, unless some parameters need latents.
        """
        ...

    def suggest(self, trial: optuna.Trial) -> dict[str, Any]:
        """The config of the run of a trial, nested as the training code expects it.

        Asked again for the same trial, also after a restart, it gives the same values.

        Args:
            trial: A trial of a study that was opened on ``wrap(storage)``.

        Raises:
            TrialError: This trial cannot be run; others may.
            UserCodeError: The user's function failed.
        """
        ...

    def config(self, trial: optuna.trial.FrozenTrial) -> dict[str, Any]:
        """The config that the run of a trial got, read from the study, whichever way it was opened."""
        ...

    def own(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The part of a run's config that the space decides; training code adds keys of its own."""
        ...

    def fix(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """What ``study.enqueue_trial`` must get so that a trial has the values of ``point``.

        Args:
            point: Some or all parameters of a run's config, nested or with dotted names.

        Raises:
            TrialError: The point lies outside the space; the message has one fault a line.
        """
        ...

    def size(self) -> int | None:
        """How many different configs there are; None where there is no end, or nobody can know."""
        ...

    def points(self) -> Iterator[dict[str, Any]]:
        """All configs of a finite space, each once, lazily, in the order of W&B's grid.

        Raises:
            ValueError: ``size()`` is None.
        """
        ...

    def key(self, config: Mapping[str, Any]) -> Hashable:
        """The identity of a config: equal for two configs that are the same point of the space."""
        ...

    def close(self) -> None:
        """Free what suggesting holds; called when nothing more is asked for a while, or at all."""
        ...
