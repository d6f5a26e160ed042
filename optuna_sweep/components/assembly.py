"""Makes samplers and pruners out of ``{type, args}``, nested to any depth, or says what is wrong.

Checking is making: one walk does both, so that what passes ``sampler_problems`` can be built and
nothing is checked by a rule of our own that Optuna does not have.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import Any, Protocol, cast

from optuna.exceptions import ExperimentalWarning
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler, GridSampler
from optuna.terminator import BaseImprovementEvaluator

from optuna_sweep import constraints
from optuna_sweep.components import hub
from optuna_sweep.components.arguments import Argument, arguments_of
from optuna_sweep.components.enumeration import Enumerable, grid_of
from optuna_sweep.components.kinds import EVALUATOR, PRUNER, SAMPLER, Kind, missing_packages
from optuna_sweep.components.seeds import Seed
from optuna_sweep.config.findings import nearest, show, suggest
from optuna_sweep.errors import ConfigError, Problem

SAMPLER_PATH = "scheduler.settings.sampler"
PRUNER_PATH = "scheduler.settings.pruner"
_LARGEST_GRID = 100_000
EVALUATOR_PATH = "scheduler.settings.stop.terminator"


class Named(Protocol):
    """``{type, args}``, as ``config`` reads it."""

    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def args(self) -> Mapping[str, Any]: ...  # noqa: D102


def sampler_problems(
    component: Named, path: str = SAMPLER_PATH, space: Enumerable | None = None
) -> list[Problem]:
    """Everything that keeps a sampler from being built, found without W&B and without a network."""
    assembly = _Assembly(Seed(), space)
    assembly.make(SAMPLER, component.type, component.args, path)
    return assembly.problems


def pruner_problems(component: Named, path: str = PRUNER_PATH) -> list[Problem]:
    """Everything that keeps a pruner from being built."""
    assembly = _Assembly(Seed(), None)
    assembly.make(PRUNER, component.type, component.args, path)
    return assembly.problems


def evaluator_problems(component: Named, path: str = EVALUATOR_PATH) -> list[Problem]:
    """Everything that keeps a terminator's evaluator from being built."""
    assembly = _Assembly(Seed(), None)
    assembly.make(EVALUATOR, component.type, component.args, path)
    return assembly.problems


def build_sampler(
    component: Named,
    seed: Seed | None = None,
    space: Enumerable | None = None,
    *,
    constrained: bool = False,
) -> BaseSampler:
    """Make a sampler.

    Args:
        component: Its type and arguments.
        seed: Goes into it, and into samplers nested in it, where ``args`` give no seed.
        space: The grid of a ``GridSampler`` whose ``args`` give none.
        constrained: Whether trials will have constraints.

    Raises:
        ConfigError: With all that is wrong.
    """
    assembly = _Assembly(seed or Seed(), space, online=True, constrained=constrained)
    made = assembly.make(SAMPLER, component.type, component.args, SAMPLER_PATH)
    if assembly.problems:
        raise ConfigError(assembly.problems)
    return cast(BaseSampler, made)


def build_pruner(component: Named) -> BasePruner:
    """Make a pruner.

    Raises:
        ConfigError: With all that is wrong.
    """
    assembly = _Assembly(Seed(), None)
    made = assembly.make(PRUNER, component.type, component.args, PRUNER_PATH)
    if assembly.problems:
        raise ConfigError(assembly.problems)
    return cast(BasePruner, made)


def build_evaluator(component: Named) -> BaseImprovementEvaluator:
    """Make the evaluator of a terminator.

    Raises:
        ConfigError: With all that is wrong.
    """
    assembly = _Assembly(Seed(), None)
    made = assembly.make(EVALUATOR, component.type, component.args, EVALUATOR_PATH)
    if assembly.problems:
        raise ConfigError(assembly.problems)
    return cast(BaseImprovementEvaluator, made)


class _Assembly:
    """One walk over a component; ``problems`` is complete when ``make`` has returned."""

    def __init__(
        self, seed: Seed, space: Enumerable | None, *, online: bool = False, constrained: bool = False
    ) -> None:
        self.problems: list[Problem] = []
        self._seed = seed
        self._space = space
        self._online = online
        self._constrained = constrained

    def make(self, kind: Kind, name: str, given: Mapping[str, Any], path: str) -> object | None:
        made = self._class(kind, name, f"{path}.type")
        if made is None:
            return None
        known, before = arguments_of(made), len(self.problems)
        self._refuse_unknown(name, given, known, path)
        args = {key: self._argument(known[key], given[key], path) for key in given if key in known}
        self._fill(made, args, known, path)
        self._require(name, args, known, path)
        return self._construct(made, name, args, path) if len(self.problems) == before else None

    def _class(self, kind: Kind, name: str, path: str) -> type | None:
        if kind is SAMPLER and hub.is_hub(name):
            problem, made = hub.load(name, path, online=self._online)
            self.problems += [problem] if problem else []
            return made
        if name not in kind.classes:
            given = f"{show(name)} is not an Optuna {kind.word}"
            self._problem(
                path, given, ", ".join(kind.classes), suggest(name, kind.classes, "Choose one of them")
            )
            return None
        missing = missing_packages(name)
        if missing:
            names = " and ".join(repr(package) for package in missing)
            given = f"{name!r} needs {names}, not installed where the scheduler runs"
            remedy = f"Run pip install {' '.join(missing)} there, or add it to requirements.txt"
            self._problem(path, given, f"a {kind.word} whose packages are installed", remedy)
            return None
        return kind.classes[name]

    def _refuse_unknown(
        self, name: str, given: Mapping[str, Any], known: Mapping[str, Argument], path: str
    ) -> None:
        usable = {key: argument for key, argument in known.items() if not argument.is_code}
        allowed = ", ".join(str(argument) for argument in usable.values()) or "no argument at all"
        for key in given:
            if key not in known:
                remedy = suggest(key, usable, "Use one of them, or remove it" if usable else "Remove it")
                self._problem(f"{path}.args.{key}", f"not an argument of {name}", allowed, remedy)

    def _argument(self, argument: Argument, given: Any, path: str) -> Any:
        place = f"{path}.args.{argument.name}"
        if argument.is_code and given is not None:
            self._problem(
                place, show(given), "a Python object, which YAML cannot hold", _code_remedy(argument)
            )
            return None
        if argument.kind is not None and given is not None:
            return self._nested(argument.kind, given, place)
        value = argument.read(given)
        if not argument.takes(value):
            self._problem(place, show(given), argument.allowed, "Correct the value")
        return value

    def _nested(self, kind: Kind, given: Any, path: str) -> object | None:
        allowed = f"a {kind.word}, as {{type: …, args: {{…}}}}"
        if not isinstance(given, Mapping) or not isinstance(given.get("type"), str):
            example = f"{{type: {nearest(given, kind.classes) or next(iter(kind.classes))}}}"
            self._problem(path, show(given), allowed, f"Write {example}, for example")
            return None
        args, strange = given.get("args", {}), [key for key in given if key not in ("type", "args")]
        for key in strange:
            self._problem(
                f"{path}.{key}", show(given[key]), "type and args", "Move it into args, or remove it"
            )
        if not isinstance(args, Mapping):
            self._problem(f"{path}.args", show(args), "a mapping", "Write the arguments as name: value")
            return None
        return self.make(kind, given["type"], args, path)

    def _fill(self, made: type, args: dict[str, Any], known: Mapping[str, Argument], path: str) -> None:
        if "seed" in known and args.get("seed") is None:
            args["seed"] = self._seed.of(made.__name__)
        if "constraints_func" in known and self._constrained:
            args |= constraints.for_sampler()
        if made is GridSampler and "search_space" not in args and self._space is not None:
            args["search_space"] = self._grid(self._space, path)

    def _grid(self, space: Enumerable, path: str) -> dict[str, list[Any]]:
        size = space.size()
        if size is None:
            self._problem(path, "GridSampler", "a finite space", "Give search_space, or use values")
            return {}
        if size > _LARGEST_GRID:
            given = f"GridSampler over {size} points"
            allowed = f"at most {_LARGEST_GRID}, because it lists all of them at once"
            self._problem(path, given, allowed, "Remove it: `method: grid` walks any finite space")
            return {}
        return grid_of(space)

    def _require(self, name: str, args: Mapping[str, Any], known: Mapping[str, Argument], path: str) -> None:
        for argument in known.values():
            if argument.required and argument.name not in args:
                place = f"{path}.args.{argument.name}"
                self._problem(place, f"missing, and {name} requires it", argument.allowed, "Add it")

    def _construct(self, made: type, name: str, args: Mapping[str, Any], path: str) -> object | None:
        place = f"{path}.args" if args else f"{path}.type"
        try:
            with warnings.catch_warnings():
                # Optuna says of a deprecated argument only that it is one when it is used. One that a
                # sampler of the hub gives to Optuna by itself is not the user's to remove.
                warnings.simplefilter("ignore", FutureWarning)
                for argument in args:
                    warnings.filterwarnings("error", f".*`{re.escape(argument)}`", FutureWarning)
                warnings.simplefilter("ignore", ExperimentalWarning)
                return cast(object, made(**args))
        except FutureWarning as error:
            said = str(error).partition(" See ")[0].rstrip(".")
            self._problem(place, said, f"{name} without it", "Remove the argument")
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            self._problem(place, show_args(args), f"what {name} accepts", f"Optuna says: {error}")
        return None

    def _problem(self, path: str, given: str, allowed: str, remedy: str) -> None:
        self.problems.append(Problem(path, given, allowed, remedy))


def _code_remedy(argument: Argument) -> str:
    if argument.name == "constraints_func":
        return "Use scheduler.settings.constraints"
    return "Remove it, or write sampler() in the file of scheduler.settings.optuna_source"


def show_args(args: Mapping[str, Any]) -> str:
    """The arguments as their user wrote them; those that were filled in as null are left out."""
    return ", ".join(f"{key}: {show(value)}" for key, value in args.items() if value is not None) or "no args"
