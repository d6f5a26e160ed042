"""A storage that shows latents to samplers, and to people the values that the runs saw."""

from __future__ import annotations

import copy
from collections.abc import Container, Mapping, Sequence
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.space.curves import LATENT
from optuna_sweep.space.domain import Domain
from optuna_sweep.space.trial_ledger import TrialLedger


class WarpedStorage(BaseStorage):
    """A view of another storage, in which some parameters are latents.

    The truth is the other storage: it holds entries under plain distributions, so that the
    study looks right from anywhere, and trials that others put there are seen here. Latents
    are made from entries whenever a trial is read. Finished trials are read once, from a database
    too, which is why Optuna's own cache of a database is not needed over or under this.

    Args:
        plain: The storage of the study. A study that is opened on it shows entries.
        domains: The parameters whose domains have a warp, by name.
    """

    def __init__(self, plain: BaseStorage, domains: Mapping[str, Domain]) -> None:
        self.plain = plain
        self._domains = domains
        self._ledgers: dict[int, TrialLedger] = {}

    # Translated -------------------------------------------------------------------------

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        """Store the entry of a latent; anything else as it is."""
        domain = self._domains.get(param_name)
        if domain is not None and domain.warp is not None and distribution == LATENT:
            entry = domain.warp.entry(param_value_internal)
            distribution = domain.distribution
            param_value_internal = distribution.to_internal_repr(entry)
        self.plain.set_trial_param(trial_id, param_name, param_value_internal, distribution)

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """Create a trial; latents of the template are stored as entries."""
        template = None if template_trial is None else self._with_entries(template_trial)
        return self.plain.create_new_trial(study_id, template)

    def get_trial(self, trial_id: int) -> FrozenTrial:
        """A trial with latents."""
        return self._with_latents(self.plain.get_trial(trial_id))

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        """All trials with latents."""
        if study_id not in self._ledgers:
            self._ledgers[study_id] = TrialLedger(
                self.plain, study_id, self._with_latents, lambda: self.count_finished(study_id)
            )
        seen = self._ledgers[study_id].trials(states)
        return copy.deepcopy(seen) if deepcopy else seen

    def count_finished(self, study_id: int) -> int | None:
        """How many trials have finished, where the other storage knows it without reading them."""
        count = getattr(self.plain, "count_finished", None)
        return None if count is None else count(study_id)

    def _with_latents(self, trial: FrozenTrial) -> FrozenTrial:
        seen, params, distributions = _opened(trial)
        for name in self._domains.keys() & params.keys():
            latent = self._domains[name].latent(params[name])
            if latent is None:
                # An imported entry that the space does not know teaches the sampler nothing.
                del params[name], distributions[name]
            else:
                params[name], distributions[name] = latent, LATENT
        return _closed(seen, params, distributions)

    def _with_entries(self, trial: FrozenTrial) -> FrozenTrial:
        told, params, distributions = _opened(trial)
        for name, domain in self._domains.items():
            if domain.warp is not None and distributions.get(name) == LATENT:
                params[name], distributions[name] = domain.warp.entry(params[name]), domain.distribution
        return _closed(told, params, distributions)

    # Passed on --------------------------------------------------------------------------

    def create_new_study(self, directions: Sequence[StudyDirection], study_name: str | None = None) -> int:
        """See ``BaseStorage``, as for everything below."""
        return self.plain.create_new_study(directions, study_name)

    def delete_study(self, study_id: int) -> None:  # noqa: D102
        self.plain.delete_study(study_id)
        self._ledgers.pop(study_id, None)  # ids may be given again

    def set_study_user_attr(self, study_id: int, key: str, value: Any) -> None:  # noqa: D102
        self.plain.set_study_user_attr(study_id, key, value)

    def set_study_system_attr(self, study_id: int, key: str, value: Any) -> None:  # noqa: D102
        self.plain.set_study_system_attr(study_id, key, value)

    def get_study_id_from_name(self, study_name: str) -> int:  # noqa: D102
        return self.plain.get_study_id_from_name(study_name)

    def get_study_name_from_id(self, study_id: int) -> str:  # noqa: D102
        return self.plain.get_study_name_from_id(study_id)

    def get_study_directions(self, study_id: int) -> list[StudyDirection]:  # noqa: D102
        return self.plain.get_study_directions(study_id)

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:  # noqa: D102
        return self.plain.get_study_user_attrs(study_id)

    def get_study_system_attrs(self, study_id: int) -> dict[str, Any]:  # noqa: D102
        return self.plain.get_study_system_attrs(study_id)

    def get_all_studies(self) -> list[Any]:  # noqa: D102
        return self.plain.get_all_studies()

    def get_trial_id_from_study_id_trial_number(self, study_id: int, trial_number: int) -> int:  # noqa: D102
        return self.plain.get_trial_id_from_study_id_trial_number(study_id, trial_number)

    def get_trial_number_from_id(self, trial_id: int) -> int:  # noqa: D102
        return self.plain.get_trial_number_from_id(trial_id)

    def set_trial_state_values(  # noqa: D102
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        return self.plain.set_trial_state_values(trial_id, state, values)

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:  # noqa: D102
        self.plain.set_trial_intermediate_value(trial_id, step, intermediate_value)

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:  # noqa: D102
        self.plain.set_trial_user_attr(trial_id, key, value)

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:  # noqa: D102
        self.plain.set_trial_system_attr(trial_id, key, value)

    def get_trial_user_attrs(self, trial_id: int) -> dict[str, Any]:  # noqa: D102
        return self.plain.get_trial_user_attrs(trial_id)

    def get_trial_system_attrs(self, trial_id: int) -> dict[str, Any]:  # noqa: D102
        return self.plain.get_trial_system_attrs(trial_id)

    def get_n_trials(  # noqa: D102
        self, study_id: int, state: tuple[TrialState, ...] | TrialState | None = None
    ) -> int:
        return self.plain.get_n_trials(study_id, state)

    def remove_session(self) -> None:  # noqa: D102
        self.plain.remove_session()


def _opened(trial: FrozenTrial) -> tuple[FrozenTrial, dict[str, Any], dict[str, BaseDistribution]]:
    # Not copy.copy(): what it makes takes twice as long to look at, and pruners look at all at each report.
    seen = object.__new__(type(trial))
    for name, value in vars(trial).items():
        setattr(seen, name, value)
    return seen, dict(trial.params), dict(trial.distributions)


def _closed(
    trial: FrozenTrial, params: dict[str, Any], distributions: dict[str, BaseDistribution]
) -> FrozenTrial:
    trial.params, trial.distributions = params, distributions
    return trial
