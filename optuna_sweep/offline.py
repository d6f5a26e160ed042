"""A sweep file on this machine: read and made ready without W&B and without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from optuna_sweep.config import Source, SweepConfig
from optuna_sweep.config.yaml_reader import load_with_repeats
from optuna_sweep.errors import ConfigError, Problem
from optuna_sweep.setup import read_sweep
from optuna_sweep.user_file import UserFile

_FILE = "sweep file"
_BESIDE = Path(__file__).resolve().parent.parent
"""The entry point's folder, from which a sweep's source is read when it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSweep:
    """A sweep file that can run, as far as can be told here.

    Attributes:
        raw: The file as its user wrote it.
        config: What it says.
        user_file: The user's functions; none where their file could not be read here.
        complete: Whether everything is known that the search depends on.
        notes: Sentences about what is odd, or could not be looked at.
    """

    raw: Mapping[str, Any]
    config: SweepConfig
    user_file: UserFile = field(default_factory=UserFile)
    complete: bool = True
    notes: tuple[str, ...] = ()


def open_sweep(path: Path, source: Path | None = None) -> LocalSweep:
    """Read a sweep file, and run the user's Python file that it names.

    Args:
        path: The sweep file.
        source: A local file that stands in for the one that the sweep names.

    Raises:
        ConfigError: With every problem of the file.
        UserCodeError: The user's Python file failed.
    """
    return with_user_file(read(path), path.parent, source)


def read(path: Path) -> LocalSweep:
    """Read a sweep file; the Python file that it names has no functions yet.

    Raises:
        ConfigError: With every problem of the file.
    """
    raw, repeats = load_with_repeats(_text(path))
    config = read_sweep(raw, *repeats)
    assert isinstance(raw, Mapping)  # or read_sweep would have told
    return LocalSweep(raw=raw, config=config, notes=config.notes)


def with_user_file(sweep: LocalSweep, folder: Path, source: Path | None = None) -> LocalSweep:
    """Run the Python file that the sweep names, and take its functions.

    Args:
        sweep: As it was read.
        folder: The sweep file's.
        source: A local file that stands in for the one that the sweep names.

    Raises:
        ConfigError: The file is not there, or lacks a function.
        UserCodeError: It failed.
    """
    named = sweep.config.source
    place, note = _locate(named, folder, source)
    return replace(
        sweep,
        user_file=UserFile() if place is None else UserFile.load(place, named),
        complete=named is None or place is not None,
        notes=(*sweep.notes, note) if note else sweep.notes,
    )


def source_key(source: Source | None) -> str:
    """Where a sweep file names the user's Python file."""
    return "scheduler.source" if source is not None and source.native else "scheduler.settings.optuna_source"


def _text(path: Path) -> str:
    if path.is_dir():
        raise _unreadable(path, "is a folder", "Name the file inside")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise _unreadable(path, "is not there", "Correct the path") from None
    except OSError as error:
        raise _unreadable(path, f"cannot be read ({error.strerror})", "Make it readable") from None
    except UnicodeDecodeError as error:
        given = f"byte {error.start} is not UTF-8"
        raise ConfigError([Problem(_FILE, given, "text in UTF-8", "Save the file as UTF-8")]) from None


def _unreadable(path: Path, what: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(_FILE, f"{str(path)!r} {what}", "a YAML file", remedy)])


def _locate(source: Source | None, folder: Path, given: Path | None) -> tuple[Path | None, str]:
    """The user's file on this machine, and what there is to say about it."""
    key = source_key(source)
    if source is None:
        return None, f"{key}: the sweep names no Python file, so {given} has no part in it" if given else ""
    if given is not None:
        return given, ""
    if source.is_artifact:
        what = f"{source.location!r} is an artifact, which is not fetched here: give a copy with --source"
        return None, f"{key}: {what}"
    shipped, beside = _BESIDE / source.location, folder / source.location
    if shipped.is_file() or not beside.is_file():
        return shipped, ""
    what = (
        f"{beside} was read, but the scheduler looks for it in {_BESIDE}: put it there and register the job"
    )
    return beside, f"{key}: {what}"
