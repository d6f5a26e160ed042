"""Samplers from OptunaHub, where the package is installed.

``type: hub:auto_sampler.AutoSampler`` is the class ``AutoSampler`` of the hub's
``samplers/auto_sampler``. The hub's files come from the network, so checking a sweep file looks
only at the name and the package; loading happens when the sampler is built, before any launch.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from importlib.util import find_spec

from optuna.samplers import BaseSampler

from optuna_sweep.errors import Problem

_NAME = re.compile(r"hub:(?P<package>[\w-]+)\.(?P<name>[A-Za-z_]\w*)")
_FORM = "hub:PACKAGE.CLASS, such as hub:auto_sampler.AutoSampler"
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class NotFetched(Problem):
    """The hub could not be reached, which says nothing against the name."""


def is_hub(name: str) -> bool:
    """Whether a sampler's type names the hub."""
    return name.startswith("hub:")


def load(name: str, path: str, *, online: bool) -> tuple[Problem | None, type | None]:
    """Find a sampler of the hub.

    Args:
        name: The type that the sweep file gives.
        path: Where it stands.
        online: Whether to load it; otherwise only what can be known here is checked.

    Returns:
        What is wrong, or the class; neither where it was only checked.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return Problem(path, repr(name), _FORM, "Name the package and its class"), None
    if find_spec("optunahub") is None:
        given = f"{name!r} needs 'optunahub', not installed where the scheduler runs"
        remedy = "Run pip install optunahub there, or add it to requirements.txt"
        return Problem(path, given, "a sampler whose packages are installed", remedy), None
    return _loaded(name, found["package"], found["name"], path) if online else (None, None)


def _loaded(name: str, package: str, attribute: str, path: str) -> tuple[Problem | None, type | None]:
    try:
        module = importlib.import_module("optunahub").load_module(f"samplers/{package}")
    except Exception as error:  # a stranger's module may raise anything
        return _not_loaded(name, path, error), None
    made = getattr(module, attribute, None)
    if isinstance(made, type) and issubclass(made, BaseSampler):
        return None, made
    classes = [key for key, value in vars(module).items() if _is_sampler(value)]
    allowed = ", ".join(classes) or "a package that has a sampler"
    return Problem(path, f"{name!r}: the package has no such sampler", allowed, "Choose one of them"), None


def _not_loaded(name: str, path: str, error: Exception) -> Problem:
    why = " ".join(f"{type(error).__name__}: {error}".split())
    given = f"{name!r} could not be loaded ({why[:_LONGEST]})"
    if isinstance(error, ImportError):
        remedy = "Install what it needs where the scheduler runs, or add it to requirements.txt"
        return Problem(path, given, "a sampler whose packages are installed", remedy)
    if _out_of_reach(error):
        return NotFetched(path, given, _FORM, "Try again where GitHub can be reached")
    return Problem(path, given, _FORM, "Correct the package's name")


def _out_of_reach(error: Exception) -> bool:
    """Whether it failed on the way: optunahub fetches with git where there is one, else over GitHub's API."""
    on_the_way = isinstance(error, OSError) and not isinstance(error, FileNotFoundError)
    return on_the_way or type(error).__module__.partition(".")[0] in ("git", "github")


def _is_sampler(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseSampler) and value is not BaseSampler
