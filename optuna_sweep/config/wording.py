"""Pydantic's findings in this project's words: where, what was given, what is allowed, what to do."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from optuna_sweep.config.findings import KEYS_ALIKE, Findings, show, suggest
from optuna_sweep.config.numerals import as_whole

Location = tuple[int | str, ...]
Parts = tuple[str, str, str]
"""What was given, what is allowed, what to do."""

_KINDS = {
    "int_type": ("a whole number", "Write a whole number"),
    "float_type": ("a number", "Write a number"),
    "string_type": ("a text", "Write a text, in quotes where YAML would read something else"),
    "bool_type": ("true or false", "Write true or false"),
    "list_type": ("a list", "Write it as a list: [a, b]"),
    "tuple_type": ("a list", "Write it as a list"),
    "dict_type": ("a mapping", "Write `key: value` lines, indented below it"),
    "mapping_type": ("a mapping", "Write `key: value` lines, indented below it"),
    "finite_number": ("a finite number", "Write a finite number"),
    "string_too_short": ("a text that is not empty", "Fill it in, or remove the key"),
    "too_short": ("at least one item", "Fill it in, or remove the key"),
    "invalid_key": ("a text", "Put the key in quotes"),
}
_LIMITS = {
    "greater_than": ("gt", "above", "Raise it"),
    "greater_than_equal": ("ge", "at least", "Raise it"),
    "less_than": ("lt", "below", "Lower it"),
    "less_than_equal": ("le", "at most", "Lower it"),
}


def tell(
    error: ValidationError,
    model: type[BaseModel],
    at: str,
    findings: Findings,
    remedies: Mapping[str, str] | None = None,
) -> list[Location]:
    """Record each of a model's complaints as a problem below the path ``at``.

    Args:
        error: What pydantic found.
        model: The model that was filled.
        at: The path of the block that it was filled from; empty for the whole file.
        findings: Gets a problem for each complaint.
        remedies: Better advice than the general one, by path below ``at``.

    Returns:
        Where they are, so that a caller can leave those keys out and go on.
    """
    places = []
    for item in error.errors(include_url=False):
        place = tuple(key for key in item["loc"] if key != "[key]")
        path = ".".join(filter(None, [at, dotted(place)])) or "sweep file"
        given, allowed, remedy = _parts(item, place, model)
        findings.problem(path, given, allowed, (remedies or {}).get(dotted(place), remedy))
        places.append(place)
    return places


def dotted(place: Sequence[int | str]) -> str:
    """A location as a path: ``metrics[0].name``."""
    path = ""
    for key in place:
        name = key if key != "" else "''"
        path += f"[{name}]" if isinstance(name, int) else f".{name}" if path else name
    return path


def _parts(item: Any, place: Location, model: type[BaseModel]) -> Parts:
    kind, given, limits = item["type"], item["input"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown_key(place[-1], _model_at(model, place[:-1]).model_fields)
    if kind == "missing":
        return _missing(place, model)
    if kind == "literal_error":
        return _choice(given, limits["expected"])
    if kind == "model_type":
        return _block(place, given, _model_at(model, place))
    if kind in _LIMITS:
        key, word, remedy = _LIMITS[kind]
        return show(given), f"{word} {show(as_whole(limits[key]))}", remedy
    if item["loc"][-1] == "[key]" or kind == "invalid_key":
        return f"the key {show(place[-1])}", "text keys", "Put the key in quotes"
    allowed, remedy = _KINDS.get(kind, (item["msg"], "Correct it"))
    return show(given), allowed, remedy


def unknown_key(key: object, known: Mapping[str, object] | Sequence[str]) -> Parts:
    """The parts of a problem with a key that nobody reads."""
    names = ", ".join(known)
    return f"unknown key {show(key)}", f"one of {names}", suggest(key, known, "Remove it", alike=KEYS_ALIKE)


def _missing(place: Location, model: type[BaseModel]) -> Parts:
    field = _model_at(model, place[:-1]).model_fields[str(place[-1])]
    said = (field.description or "required").rstrip(".")
    return "missing", said[0].lower() + said[1:], f"Add `{place[-1]}`"


def _choice(given: object, expected: str) -> Parts:
    names = [name.strip("'") for name in expected.replace(" or ", ", ").split(", ")]
    return show(given), f"one of {', '.join(names)}", suggest(given, names, "Choose one of them")


def _block(place: Location, given: object, model: type[BaseModel]) -> Parts:
    allowed = f"a mapping with {', '.join(model.model_fields)}"
    key, first = place[-1] if place else "", next(iter(model.model_fields))
    if isinstance(given, str):
        said = f"`{first}: {given[:40]}`"
        remedy = (
            f"Write {said} after the dash"
            if isinstance(key, int)
            else f"Write {said} indented below `{key}:`"
        )
        return show(given), allowed, remedy
    if key == "metric" and isinstance(given, list):
        return show(given), allowed, "Name one metric here; several go to `scheduler.settings.metrics`"
    return show(given), allowed, f"Write it as a mapping, `{first}: …`"


def _model_at(model: type[BaseModel], place: Location) -> type[BaseModel]:
    for key in place:
        if isinstance(key, str) and key in model.model_fields:
            model = _model_in(model.model_fields[key].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in typing.get_args(annotation))
    return next((part for part in found if part), None)
