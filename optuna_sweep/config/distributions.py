"""One leaf of the ``parameters`` block to its distribution, as W&B's own search library reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optuna_sweep.config import ranges
from optuna_sweep.config.choices import read_choices, read_constant
from optuna_sweep.config.findings import show
from optuna_sweep.config.leaf import Leaf, grid
from optuna_sweep.config.parameters import (
    Beta,
    Distribution,
    LogNormal,
    Normal,
)

Reader = Callable[[Leaf], Distribution | None]


@dataclass(frozen=True, slots=True)
class Form:
    """What may stand under one name of a distribution, and who reads it."""

    read: Reader
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()


def read_distribution(leaf: Leaf) -> Distribution | None:
    """The distribution that a leaf says, or None where it says none; then a problem is recorded."""
    name = _meant(leaf)
    if name is None:
        return None
    form = _FORMS[name]
    strays = [key for key in leaf.raw if key not in (*form.needs, *form.takes, "distribution", "when")]
    for key in strays:
        leaf.problem(key, f"{name} takes {', '.join(form.needs + form.takes)}", _remedy(key, name))
    missing = [key for key in form.needs if key not in leaf.entry.model_fields_set]
    if missing and not strays:
        _tell_missing(leaf, name, missing)
    return None if strays or missing else form.read(leaf)


def _meant(leaf: Leaf) -> str | None:
    """The name of the form, looking past the one that ``wandb launch-sweep`` adds to bare bounds."""
    name = leaf.entry.distribution or _implied(leaf)
    step = leaf.entry.step if "step" in leaf.entry.model_fields_set else 1
    if name in ("int_uniform", "uniform") and "q" in leaf.entry.model_fields_set:
        leaf.note("read as `distribution: q_uniform`, because it has a `q`")
        return "q_uniform"
    if name == "int_uniform" and not float(step).is_integer():
        leaf.note("read as `distribution: uniform`, because its `step` is no whole number")
        return "uniform"
    return name


def _implied(leaf: Leaf) -> str | None:
    given = leaf.entry.model_fields_set
    if "value" in given:
        return "constant"
    if "values" in given:
        return "categorical"
    if "min" in given or "max" in given:
        return _implied_by_bounds(leaf)
    shapes = {"mu": "normal", "sigma": "normal", "a": "beta", "b": "beta"}
    guess = next((shapes[key] for key in shapes if key in given), None)
    remedy = f"Add `distribution: {guess}`" if guess else "Add `value`, `values`, or `min` and `max`"
    leaf.findings.problem(leaf.at, show(leaf.raw), "value, values, min and max, or a distribution", remedy)
    return None


def _implied_by_bounds(leaf: Leaf) -> str:
    raw = [leaf.raw[key] for key in ("min", "max") if key in leaf.raw]
    bounds = [getattr(leaf.entry, key) for key in ("min", "max") if key in leaf.raw]
    kinds = {type(bound) for bound in raw}
    whole = all(isinstance(bound, int) for bound in bounds)
    nested = ".parameters." in leaf.at  # which the client does not look into
    if kinds not in ({int}, {float}) and not nested:
        name = "int_uniform" if whole else "uniform"
        leaf.note(f"`wandb launch-sweep` refuses bounds of mixed types here; add `distribution: {name}`")
    if whole and len(bounds) == 2 and bounds[1] - bounds[0] == 1:
        low, high = map(show, bounds)
        leaf.note(
            f"{low} or {high}, because both are whole; for what lies between, add `distribution: uniform`"
        )
    return "int_uniform" if whole else "uniform"


def _remedy(key: str, name: str) -> str:
    if key in ("value", "values"):
        return f"Remove `distribution: {name}` to use `{key}`, or write what {name} takes"
    if key in ("min", "max") and name in ("constant", "categorical"):
        return f"Keep either the bounds or the {'value' if name == 'constant' else 'values'}"
    return "Remove it"


def _tell_missing(leaf: Leaf, name: str, missing: list[str]) -> None:
    keys = " and ".join(f"`{key}`" for key in missing)
    needs = " and ".join(_FORMS[name].needs)
    leaf.findings.problem(leaf.at, f"no {' and no '.join(missing)}", f"{name} needs {needs}", f"Add {keys}")


def _moments(leaf: Leaf) -> tuple[float, float]:
    mu, sigma = leaf.entry.mu, leaf.entry.sigma
    return 0.0 if mu is None else float(mu), 1.0 if sigma is None else float(sigma)


def _shapes(leaf: Leaf) -> tuple[float, float]:
    a, b = leaf.entry.a, leaf.entry.b
    return 1.0 if a is None else float(a), 1.0 if b is None else float(b)


def _normal(leaf: Leaf) -> Distribution:
    return Normal(*_moments(leaf))


def _q_normal(leaf: Leaf) -> Distribution | None:
    mu, sigma = _moments(leaf)
    q = grid(leaf, "q", abs(mu) + 10 * sigma)
    return None if q is None else Normal(mu, sigma, q=q)


def _log_normal(leaf: Leaf) -> Distribution:
    return LogNormal(*_moments(leaf))


def _q_log_normal(leaf: Leaf) -> Distribution | None:
    q = grid(leaf, "q", 1.0)
    return None if q is None else LogNormal(*_moments(leaf), q=q)


def _beta(leaf: Leaf) -> Distribution:
    return Beta(*_shapes(leaf))


def _q_beta(leaf: Leaf) -> Distribution | None:
    q = grid(leaf, "q", 1.0)
    return None if q is None else Beta(*_shapes(leaf), q=q)


def _constant(leaf: Leaf) -> Distribution | None:
    return read_constant(leaf.at, leaf.raw, leaf.findings)


def _categorical(leaf: Leaf) -> Distribution | None:
    return read_choices(leaf.at, leaf.raw, leaf.entry, leaf.findings)


_BOUNDS = ("min", "max")
_FORMS = {
    "constant": Form(_constant, ("value",)),
    "categorical": Form(_categorical, ("values",), ("probabilities",)),
    "categorical_w_probabilities": Form(_categorical, ("values", "probabilities")),
    "int_uniform": Form(ranges.integers, _BOUNDS, ("log", "step")),
    "uniform": Form(ranges.uniform, _BOUNDS, ("log", "step")),
    "q_uniform": Form(ranges.q_uniform, _BOUNDS, ("q",)),
    "log_uniform": Form(ranges.log_uniform, _BOUNDS),
    "log_uniform_values": Form(ranges.log_uniform_values, _BOUNDS),
    "inv_log_uniform": Form(ranges.inv_log_uniform, _BOUNDS),
    "inv_log_uniform_values": Form(ranges.inv_log_uniform_values, _BOUNDS),
    "q_log_uniform": Form(ranges.log_uniform, _BOUNDS, ("q",)),
    "q_log_uniform_values": Form(ranges.log_uniform_values, _BOUNDS, ("q",)),
    "normal": Form(_normal, (), ("mu", "sigma")),
    "q_normal": Form(_q_normal, (), ("mu", "sigma", "q")),
    "log_normal": Form(_log_normal, (), ("mu", "sigma")),
    "q_log_normal": Form(_q_log_normal, (), ("mu", "sigma", "q")),
    "beta": Form(_beta, (), ("a", "b")),
    "q_beta": Form(_q_beta, (), ("a", "b", "q")),
}
