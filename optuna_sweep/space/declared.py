"""The space that a sweep file's ``parameters`` block declares."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import optuna
from optuna.storages import BaseStorage

from optuna_sweep.config.parameters import Constant, Parameter
from optuna_sweep.errors import TrialError
from optuna_sweep.space.choices import Outside
from optuna_sweep.space.conditions import exists, holds, in_order
from optuna_sweep.space.counting import count, enumerate_points
from optuna_sweep.space.curves import LATENT
from optuna_sweep.space.domain import Domain
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
        self._constants = {
            parameter.name: parameter.distribution.value
            for parameter in parameters
            if isinstance(parameter.distribution, Constant)
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
            if parameter.name in self._constants:
                if exists(parameter, values):
                    values[parameter.name] = self._constants[parameter.name]
            elif parameter.name in trial.params:
                values[parameter.name] = _read(self._domains[parameter.name], parameter.name, trial)
        return self._nested(values)

    def own(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """See ``SearchSpace``."""
        leaves = ((parameter.path, look_up(config, parameter.path)) for parameter in self._parameters)
        return nest((path, value) for path, value in leaves if value is not MISSING)

    def fix(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """See ``SearchSpace``; a parameter is refused where the point itself says that it does not exist."""
        names = ", ".join(self._domains)
        paths = [parameter.path for parameter in self._parameters]
        faults = [f"{name}: is no parameter; there are: {names}" for name in strangers(point, paths)]
        given = {p.name: look_up(point, p.path) for p in self._in_order}
        values = {name: value for name, value in given.items() if value is not MISSING}
        fixed: dict[str, Any] = {}
        for parameter in self._in_order:
            if parameter.name in values:
                try:
                    fixed[parameter.name] = self._fixed(parameter, self._constants | values)
                except Outside as outside:
                    faults.append(f"{parameter.name}: {values[parameter.name]!r}: {outside}")
        if faults:
            raise TrialError("\n".join(faults))
        return {name: value for name, value in fixed.items() if name not in self._constants}

    def size(self) -> int | None:
        """See ``SearchSpace``."""
        return self._size

    @cached_property
    def _size(self) -> int | None:
        return count(self._in_order, self._options)

    def points(self) -> Iterator[dict[str, Any]]:
        """See ``SearchSpace``."""
        if self.size() is None:
            raise ValueError("a space without end has no list of points")
        # W&B goes through a grid by the parameters' names, whatever their order in the file.
        by_name = in_order(sorted(self._parameters, key=lambda parameter: parameter.path))
        return (self._nested(values) for values in enumerate_points(by_name, self._options))

    def key(self, config: Mapping[str, Any]) -> Hashable:
        """See ``SearchSpace``; keys that the training code has added do not count."""
        values = ((p.name, look_up(config, p.path)) for p in self._parameters)
        return tuple((name, self._domains[name].key(value)) for name, value in values if value is not MISSING)

    def close(self) -> None:
        """See ``SearchSpace``; there is nothing to free."""

    def _options(self, parameter: Parameter) -> Sequence[Any] | None:
        return self._domains[parameter.name].values

    def _fixed(self, parameter: Parameter, values: Mapping[str, Any]) -> Any:
        for condition in parameter.when:
            name = condition.parameter
            if name in values and not holds(condition, values[name]):
                raise Outside(f"does not exist where {name} is {values[name]!r}")
        return self._domains[parameter.name].fixed(values[parameter.name])

    def _suggest(self, parameter: Parameter, trial: optuna.Trial) -> Any:
        if parameter.name in self._constants:
            return self._constants[parameter.name]
        return self._domains[parameter.name].suggest(trial, parameter.name)

    def _nested(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return nest((p.path, values[p.name]) for p in self._parameters if p.name in values)


def _read(domain: Domain, name: str, trial: optuna.trial.FrozenTrial) -> Any:
    entry = trial.params[name]
    if domain.warp is not None and trial.distributions[name] == LATENT:
        entry = domain.warp.entry(entry)
    return domain.value(entry)
