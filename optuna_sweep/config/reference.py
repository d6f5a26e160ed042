"""The tables of ``docs/settings.md``, generated from the models so that they cannot go stale.

``python -m optuna_sweep.config.reference`` writes them anew.
"""

from __future__ import annotations

import typing
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from optuna_sweep.config.components import Component
from optuna_sweep.config.entries import EarlyTerminateEntry, ParameterEntry, SchedulerEntry, SweepFile
from optuna_sweep.config.policies import AlertsEntry, RetryEntry, StopEntry
from optuna_sweep.config.settings import Constraint, MetricEntry, Objective, Settings

BEGIN = "<!-- tables: begin (generated; do not edit) -->"
END = "<!-- tables: end -->"
_BLOCKS: dict[str, type[BaseModel]] = {
    "scheduler.settings": Settings,
    "scheduler.settings.sampler, scheduler.settings.pruner": Component,
    "scheduler.settings.objective": Objective,
    "scheduler.settings.constraints[]": Constraint,
    "scheduler.settings.retry": RetryEntry,
    "scheduler.settings.stop": StopEntry,
    "scheduler.settings.alerts": AlertsEntry,
    "metric, metrics[], scheduler.settings.metrics[]": MetricEntry,
    "scheduler": SchedulerEntry,
    "early_terminate": EarlyTerminateEntry,
    "parameters.NAME": ParameterEntry,
    "The top level": SweepFile,
}
_NAMES = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}


def tables() -> str:
    """All tables in Markdown: one for each block of a sweep file, one row for each key."""
    return "\n".join(_table(title, model) for title, model in _BLOCKS.items())


def renewed(document: str) -> str:
    """A document with the tables between its markers replaced by today's.

    Raises:
        ValueError: Where the document has no markers.
    """
    before, _, rest = document.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        message = f"the document has no {BEGIN} and {END}"
        raise ValueError(message)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def _table(title: str, model: type[BaseModel]) -> str:
    name = title if title.startswith("The") else f"`{title}`".replace(", ", "`, `")
    rows = [_row(key, field) for key, field in model.model_fields.items()]
    return "\n".join([f"### {name}\n", "| Key | Type | Default | Meaning |", "|---|---|---|---|", *rows, ""])


def _row(key: str, field: FieldInfo) -> str:
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `{key}` | {_type(field.annotation)} | {_default(field)} | {meaning} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is PydanticUndefined or field.default in (None, ()):
        return "`last`" if _type(field.annotation) == "text or mapping" else ""
    if isinstance(field.default, bool):
        return f"`{field.default}`".lower()
    if isinstance(field.default, tuple):
        return ", ".join(f"`{item}`" for item in field.default)
    return f"`{field.default}`" if isinstance(field.default, str) else f"{field.default:g}"


def _type(annotation: Any) -> str:
    if annotation in _NAMES:
        return _NAMES[annotation]
    if annotation is Objective:
        return "text or mapping"
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _type(parts[0])
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin in (UnionType, typing.Union):
        return " or ".join(_type(part) for part in parts if part is not NoneType)
    return "list" if origin in (tuple, list) else "mapping"


if __name__ == "__main__":
    page = Path("docs/settings.md")
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
