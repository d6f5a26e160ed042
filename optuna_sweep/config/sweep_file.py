"""The whole file as typed blocks, with the broken parts left out so that the rest is judged too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from optuna_sweep.config.entries import ParameterEntry, SchedulerEntry, SweepFile
from optuna_sweep.config.findings import KEYS_ALIKE, Findings, nearest, show
from optuna_sweep.config.plain import shape_fault
from optuna_sweep.config.settings import Settings
from optuna_sweep.config.wording import Location, dotted, tell

_FILE = "sweep file"
_SHAPE = "a mapping with `method`, `metric` and `parameters`"
_MISPLACED = {f"scheduler.{key}": f"Move it to `scheduler.settings.{key}`" for key in Settings.model_fields}


@dataclass(frozen=True, slots=True)
class FileReading:
    """What could be read.

    Attributes:
        file: The blocks without a problem.
        broken: Paths of what was left out because of one.
    """

    file: SweepFile
    broken: frozenset[str]

    @property
    def scheduler(self) -> SchedulerEntry:
        """The ``scheduler`` block, or an empty one."""
        return self.file.scheduler or SchedulerEntry()

    @property
    def settings(self) -> Settings:
        """``scheduler.settings``, or the defaults."""
        return self.scheduler.settings or Settings()

    def lost(self, *paths: str) -> bool:
        """Whether one of these blocks was given but had a problem."""
        return any(path in self.broken for path in paths)


def read_file(raw: object, findings: Findings) -> FileReading | None:
    """Read the blocks; None where this is no sweep file at all, which is then the only problem."""
    if not _is_sweep(raw, findings):
        return None
    assert isinstance(raw, Mapping)
    rest, broken = _with_text_keys(raw, findings), set[str]()
    while True:
        try:
            file = SweepFile.model_validate(rest)
        except ValidationError as error:
            places = tell(error, SweepFile, "", findings, remedies=_MISPLACED)
            parts = {_part(place) for place in places}
            broken |= {dotted(part) for part in parts}
            smaller = _without(rest, parts)
            rest = smaller if smaller != rest else {}
        else:
            _tell_extras(file, findings)
            return FileReading(file, frozenset(broken))


def _with_text_keys(raw: Mapping[Any, Any], findings: Findings) -> dict[str, Any]:
    for key in raw:
        if not isinstance(key, str):
            findings.problem(
                _FILE, f"the key {show(key)}", "text keys", "Put the key in quotes, or remove it"
            )
    return {key: value for key, value in raw.items() if isinstance(key, str)}


def _is_sweep(raw: object, findings: Findings) -> bool:
    fault = shape_fault(raw)
    if fault:
        findings.problem(_FILE, fault, _SHAPE, "Write it flatter")
        return False
    if not isinstance(raw, Mapping) or not raw:
        findings.problem(_FILE, show(raw), _SHAPE, "Write `key: value` lines")
        return False
    wrapper = None if _looks_like_sweep(raw) else _wrapper(raw)
    if wrapper is not None:
        given = f"a whole sweep below the key {show(wrapper)}"
        remedy = f"Remove the line `{wrapper}:`, and indent the rest one level less"
        findings.problem(str(wrapper) or "''", given, f"{_SHAPE} at the top level", remedy)
    return wrapper is None


def _looks_like_sweep(raw: Mapping[Any, Any]) -> bool:
    return any(key in raw for key in ("method", "metric", "parameters"))


def _wrapper(raw: Mapping[Any, Any]) -> object:
    inner = (
        key
        for key, value in raw.items()
        if key not in SweepFile.model_fields and isinstance(value, Mapping) and _looks_like_sweep(value)
    )
    return next(inner, None)


def _part(place: Location) -> Location:
    """The smallest block that can be left out: a top-level key, or one of the scheduler's, or a setting."""
    depth = 3 if place[:2] == ("scheduler", "settings") else 2 if place[:1] == ("scheduler",) else 1
    return place[:depth]


def _without(raw: Mapping[Any, Any], parts: set[Location]) -> dict[Any, Any]:
    kept = {}
    for key, value in raw.items():
        if (key,) in parts:
            continue
        below = {part[1:] for part in parts if part[0] == key and len(part) > 1}
        kept[key] = _without(value, below) if below and isinstance(value, Mapping) else value
    return kept


def _tell_extras(file: SweepFile, findings: Findings) -> None:
    for key, value in (file.model_extra or {}).items():
        moved = (
            "settings" if key == "settings" else f"settings.{key}" if key in Settings.model_fields else None
        )
        if moved and file.scheduler is not None:
            given = f"the key {key!r} at the top level"
            findings.problem(key, given, f"scheduler.{moved}", f"Move it to `scheduler.{moved}`")
            continue
        advice = _advice_on_extra(key, value, moved)
        findings.note(key, f"neither W&B nor this scheduler knows this key, so it has no effect.{advice}")


def _advice_on_extra(key: str, value: object, moved: str | None) -> str:
    near = nearest(key, SweepFile.model_fields, alike=KEYS_ALIKE)
    if near:
        return f" Did you mean {near!r}?"
    if moved:
        return f" Did you mean `scheduler.{moved}`?"
    if isinstance(value, Mapping) and value and value.keys() <= ParameterEntry.model_fields.keys():
        return " If it is a parameter, indent it below `parameters:`"
    return ""
