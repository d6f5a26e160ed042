"""The space that a sweep file's ``parameters`` block declares."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import optuna
from optuna.storages import BaseStorage

from optuna_sweep.config.parameters import Constant, Parameter
from optuna_sweep.errors import TrialError
from optuna_sweep.space.choices import Outside, text_of
from optuna_sweep.space.conditions import exists, in_order
from optuna_sweep.space.curves import LATENT
from optuna_sweep.space.domains import Domain
from optuna_sweep.space.nesting import MISSING, look_up, nest, strangers
from optuna_sweep.space.translation import domain_of
from optuna_sweep.space.warped_storage import WarpedStorage


class Declared:
    """A ``SearchSpace`` of parameters, some of which exist only where others have certain values.

    Constants are in every config and never in the study, where they would only widen its tables.

    Args:
        parameters: The block, of which ``config`` has made sure that it makes sense.
        weighted: Whether probabilities matter; say False for a grid or brute force, which
            then see every finite parameter as it is.
    """

    def __init__(self, parameters: Sequence[Parameter], *, weighted: bool = True) -> None:
        self._parameters = tuple(parameters)
        self._in_order = in_order(parameters)
        self._domains = {
            parameter.name: domain_of(parameter.distribution, weighted=weighted) for parameter in parameters
        }

    def wrap(self, storage: BaseStorage) -> BaseStorage:
        """See ``SearchSpace``."""
        warps = {name: domain for name, domain in self._domains.items() if domain.warp is not None}
        return WarpedStorage(storage, warps) if warps else storage

    def suggest(self, trial: optuna.Trial) -> dict[str, Any]:
        """See ``SearchSpace``."""
        values: dict[str, Any] = {}
        for parameter in self._in_order:
            if exists(parameter, values):
                values[parameter.name] = self._suggest(parameter, trial)
        return self._nested(values)

    def config(self, trial: optuna.trial.FrozenTrial) -> dict[str, Any]:
        """See ``SearchSpace``; parameters that the trial lacks are left out."""
        values: dict[str, Any] = {}
        for parameter in self._in_order:
            if isinstance(parameter.distribution, Constant):
                if exists(parameter, values):
                    values[parameter.name] = parameter.distribution.value
            elif parameter.name in trial.params:
                values[parameter.name] = _read(self._domains[parameter.name], parameter.name, trial)
        return self._nested(values)

    def fix(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """See ``SearchSpace``."""
        known = (parameter.path for parameter in self._parameters)
        faults = [f"{name}: {self._domains_known()}" for name in strangers(point, known)]
        fixed: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for parameter in self._in_order:
            value = look_up(point, parameter.path)
            if isinstance(parameter.distribution, Constant):
                value = parameter.distribution.value if value is MISSING else value
            if value is MISSING:
                continue
            values[parameter.name] = value
            try:
                latent = self._domains[parameter.name].fixed(value)
            except Outside as outside:
                faults.append(f"{parameter.name}: {text_of(value)}: {outside}")
                continue
            if not isinstance(parameter.distribution, Constant):
                fixed[parameter.name] = latent
        if faults:
            raise TrialError("\n".join(faults))
        return fixed

    def size(self) -> int | None:
        """See ``SearchSpace``."""
        raise NotImplementedError

    def points(self) -> Iterator[dict[str, Any]]:
        """See ``SearchSpace``."""
        raise NotImplementedError

    def key(self, config: Mapping[str, Any]) -> Hashable:
        """See ``SearchSpace``; keys that the training code has added do not count."""
        values = ((p.name, look_up(config, p.path)) for p in self._parameters)
        return tuple((name, self._domains[name].key(value)) for name, value in values if value is not MISSING)

    def _domains_known(self) -> str:
        return "a parameter of the sweep: " + ", ".join(self._domains)

    def _suggest(self, parameter: Parameter, trial: optuna.Trial) -> Any:
        if isinstance(parameter.distribution, Constant):
            return parameter.distribution.value
        return self._domains[parameter.name].suggest(trial, parameter.name)

    def _nested(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return nest((p.path, values[p.name]) for p in self._parameters if p.name in values)


def _read(domain: Domain, name: str, trial: optuna.trial.FrozenTrial) -> Any:
    entry = trial.params[name]
    if domain.warp is not None and trial.distributions[name] == LATENT:
        entry = domain.warp.entry(entry)
    return domain.value(entry)
