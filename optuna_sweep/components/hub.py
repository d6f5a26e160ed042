"""Samplers from OptunaHub, where the package is installed.

``type: hub:auto_sampler.AutoSampler`` is the class ``AutoSampler`` of the hub's
``samplers/auto_sampler``. The hub's files come from the network, so checking a sweep file looks
only at the name and the package; loading happens when the sampler is built, before any launch.
"""

from __future__ import annotations

import importlib
import re
from importlib.util import find_spec

from optuna.samplers import BaseSampler

from optuna_sweep.errors import Problem

_NAME = re.compile(r"hub:(?P<package>[\w-]+)\.(?P<name>[A-Za-z_]\w*)")
_FORM = "hub:PACKAGE.CLASS, such as hub:auto_sampler.AutoSampler"


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
        given = f"{name!r} could not be loaded ({type(error).__name__}: {error})"
        return Problem(path, given, _FORM, "Correct the package's name, or try again later"), None
    made = getattr(module, attribute, None)
    if isinstance(made, type) and issubclass(made, BaseSampler):
        return None, made
    classes = [key for key, value in vars(module).items() if _is_sampler(value)]
    allowed = ", ".join(classes) or "a package that has a sampler"
    return Problem(path, f"{name!r}: the package has no such sampler", allowed, "Choose one of them"), None


def _is_sampler(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseSampler) and value is not BaseSampler
