"""The functions of a user's file, and what they return."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna

from optuna_sweep.config import Source
from optuna_sweep.errors import ConfigError, Problem, UserCodeError
from optuna_sweep.user_file.loading import run_file
from optuna_sweep.user_file.traces import user_traceback

Terminator = Callable[[optuna.Study], bool]

_ARITY = {
    "sampler": "It must be callable without arguments.",
    "pruner": "It must be callable without arguments.",
    "study": "It must be callable without arguments, or with one for the facts of the sweep.",
}
_KINDS = {
    optuna.samplers.BaseSampler: "a sampler",
    optuna.pruners.BasePruner: "a pruner",
    optuna.Study: "a study",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFacts:
    """What a ``study`` function that takes an argument gets; the names are those of W&B's own engine."""

    id: str
    name: str
    entity: str
    project: str
    config: Mapping[str, Any]
    controller_run_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFile:
    """The functions of a user's file, each None where the file has it not.

    Attributes:
        path: The file; None where the sweep has none.
        objective: The name of the function that takes a trial and suggests the parameters. It is
            called elsewhere: see ``optuna_sweep.objective``.
        sampler: Takes nothing and returns a sampler.
        pruner: Takes nothing and returns a pruner.
        study: Takes nothing, or ``SweepFacts``, and returns a study.
    """

    path: Path | None = None
    objective: str | None = None
    sampler: Callable[..., Any] | None = None
    pruner: Callable[..., Any] | None = None
    study: Callable[..., Any] | None = None

    @classmethod
    def load(cls, path: Path, source: Source | None = None) -> UserFile:
        """Run a user's file and take its functions.

        Args:
            path: The file.
            source: The names that the sweep file gives to the functions, where not the usual ones.

        Raises:
            ConfigError: The file is not there, is no Python file, or lacks a function.
            UserCodeError: The file cannot be imported, or ends the process.
        """
        source = source or Source(location=str(path))
        path = path.resolve()
        _check_file(path, source)
        module = run_file(path)
        names = {"objective": source.objective, "study": source.study}
        names |= {} if source.native else {"sampler": "sampler", "pruner": "pruner"}
        wanted = {role: name for role, name in names.items() if name is not None}
        found = {role: vars(module)[name] for role, name in wanted.items() if name in vars(module)}
        _check_functions(path, source, wanted, found)
        if "objective" in found:
            found["objective"] = wanted["objective"]
        return cls(path=path, **found)

    def make_sampler(self) -> optuna.samplers.BaseSampler | None:
        """Call ``sampler()``; None where there is none.

        Raises:
            UserCodeError: It raised, takes arguments, or returned no sampler.
        """
        if self.sampler is None:
            return None
        made = self._call(self.sampler, "sampler", ())
        if not isinstance(made, optuna.samplers.BaseSampler):
            raise self._mistyped(made, "sampler")
        return made

    def make_pruner(self) -> optuna.pruners.BasePruner | None:
        """Call ``pruner()``; None where there is none.

        Raises:
            UserCodeError: It raised, takes arguments, or returned no pruner.
        """
        if self.pruner is None:
            return None
        made = self._call(self.pruner, "pruner", ())
        if not isinstance(made, optuna.pruners.BasePruner):
            raise self._mistyped(made, "pruner")
        return made

    def make_study(self, facts: SweepFacts) -> tuple[optuna.Study, Terminator | None] | None:
        """Call ``study()``, with the facts where it takes an argument; None where there is none.

        Returns:
            The study, and the function that ends the search where ``study`` returned one too.

        Raises:
            UserCodeError: It raised, takes more arguments, or returned no study.
        """
        if self.study is None:
            return None
        made = self._call(self.study, "study", () if _takes(self.study, ()) else (facts,))
        terminator = None
        if isinstance(made, tuple) and len(made) == 2 and callable(made[1]):
            made, terminator = made
        if not isinstance(made, optuna.Study):
            raise self._mistyped(made, "study")
        return made, terminator

    def _call(self, function: Callable[..., Any], role: str, arguments: tuple[Any, ...]) -> Any:
        if not _takes(function, arguments):
            raise UserCodeError(f"{_requirement(role, self.path)} {_ARITY[role]}")
        try:
            return function(*arguments)
        except (Exception, SystemExit) as error:
            told = user_traceback(error, self.path or Path())
            raise UserCodeError(f"{told}{_requirement(role, self.path)}") from error

    def _mistyped(self, made: object, role: str) -> UserCodeError:
        got = next((text for base, text in _KINDS.items() if isinstance(made, base)), "")
        what = f"{_article(made)}, which is {got}" if got else _article(made)
        return UserCodeError(f"{_requirement(role, self.path)} It returned {what}.")


def _requirement(role: str, path: Path | None) -> str:
    return f"{role}() in {path} must return an Optuna {role}."


def _takes(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bool:
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature: calling it will tell
        return True
    return True


def _key(source: Source) -> str:
    return "scheduler.source" if source.native else "scheduler.settings.optuna_source"


def _check_file(path: Path, source: Source) -> None:
    if not path.is_file():
        what = "a folder" if path.is_dir() else "not there"
        remedy = "Correct the path, which counts from the scheduler's own folder"
    elif path.suffix != ".py":
        what, remedy = "no .py file", "Name the Python file itself"
    else:
        return
    given = f"{source.location!r} is {what} ({path})"
    raise ConfigError([Problem(_key(source), given, "a Python file", remedy)])


def _check_functions(path: Path, source: Source, wanted: Mapping[str, str], found: Mapping[str, Any]) -> None:
    names = ", ".join(f"{name}()" for name in wanted.values())
    problems = [
        Problem(
            _key(source), f"{wanted[role]} in {path} is {_article(made)}", "a function", _write(wanted[role])
        )
        for role, made in found.items()
        if not callable(made)
    ]
    missing = [wanted[role] for role in wanted if role not in found] if source.native or not found else []
    if missing:
        given = f"{path} defines no {' and no '.join(missing)}"
        problems.append(
            Problem(
                _key(source), given, f"a file that defines {names}", "Add the function or correct its name"
            )
        )
    if problems:
        raise ConfigError(problems)


def _article(made: object) -> str:
    name = type(made).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _write(name: str) -> str:
    return f"Write `def {name}(): return …`"
