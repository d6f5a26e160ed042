"""The architecture, read from the imports: who may know whom, and how large a file may grow."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

HOUSE = Path(__file__).resolve().parents[1]

# A room may import from the rows above its own, never from its own row or below.
RANKS: tuple[tuple[str, ...], ...] = (
    ("epitaphs", "errors", "outcomes", "run_ids", "shipping", "signals", "keeping", "watchdog"),
    ("releases",),
    ("config", "launch", "endings", "constraints"),
    ("space", "components", "user_file", "measure", "patience", "pace"),
    ("study", "novelty", "recovery", "reasons", "objective"),
    ("warm_start",),
    ("search", "starting_points", "stopping", "report", "charts"),
    ("fleet", "supply"),
    ("loop", "setup"),
    ("offline", "summary", "dashboard"),
    ("previewing",),
    ("validating",),
    ("wandb_adapter",),
    ("scheduler",),
    ("cli",),
    ("optuna_scheduler",),
)
RANK = {room: rank for rank, row in enumerate(RANKS) for room in row}

# Rooms that may know less than their rank would allow.
ONLY = {"wandb_adapter": {"launch", "outcomes", "epitaphs", "errors", "shipping"}}

WITHOUT_OPTUNA = {"errors", "outcomes", "config", "launch", "wandb_adapter", "cli"}
OPTUNAS_OBJECTS = {"optuna", "study", "trial", "sampler", "pruner", "storage"}
LONGEST_FILE = 280

# Folders of one machine, which mean nothing on another.
ELSEWHERE = re.compile(
    r"(?<![\w$}])/(?:work|root|Users)/|\.\./shared\b|/\.(?:library|mirror)\b|/tmp/(?:plan)"
)


class Import(NamedTuple):
    """One imported module, with the place that imports it."""

    file: Path
    line: int
    module: str

    @property
    def place(self) -> str:
        return f"{self.file.relative_to(HOUSE)}:{self.line}"

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


def files(*roots: str) -> list[Path]:
    """The files that belong to the repository, those not yet added included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *roots],
        cwd=HOUSE,
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    ).stdout
    paths = [HOUSE / name for name in listed.split("\0") if name]
    return sorted({path for path in paths if path.is_file()})


def modules(*roots: str) -> list[Path]:
    return [path for path in files(*roots) if path.suffix == ".py"]


def scheduler_modules() -> list[Path]:
    return modules("optuna_scheduler.py", "optuna_sweep")


def room_of(module: str) -> str | None:
    """The room of a dotted module name; None for modules outside the house and for its bare package."""
    parts = module.split(".")
    if parts[0] == "optuna_scheduler":
        return parts[0]
    return parts[1] if parts[0] == "optuna_sweep" and len(parts) > 1 else None


def dotted(path: Path) -> str:
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[Import]:
    """Everything that the file imports, at any depth, for types or for real."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(path, node)
            for alias in node.names:
                yield Import(path, node.lineno, f"{origin}.{alias.name}")


def absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = dotted(path).split(".") if path.name == "__init__.py" else dotted(path).split(".")[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def imports_of(*roots: str) -> list[Import]:
    return [each for path in modules(*roots) for each in imports(path)]


def last_name(node: ast.expr) -> str:
    """``study`` of ``study``, ``self._study`` and ``search.study``."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return str(name).lstrip("_")


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


@pytest.mark.parametrize("path", scheduler_modules(), ids=dotted)
def test_every_module_lives_in_a_room_that_has_a_rank(path: Path) -> None:
    room = room_of(dotted(path))
    if room is None:
        assert dotted(path) == "optuna_sweep"
        assert not list(imports(path)), "optuna_sweep/__init__.py is the map in prose: it imports nothing"
    else:
        assert room in RANK, f"{path.relative_to(HOUSE)}: {room!r} has no rank: give it one in {__file__}"


@pytest.mark.parametrize("path", scheduler_modules(), ids=dotted)
def test_imports_only_go_down(path: Path) -> None:
    room = room_of(dotted(path))
    for each in imports(path):
        target = room_of(each.module)
        if room not in RANK or target not in RANK or target == room:
            continue  # outside the house, at home, or named by the test above
        assert RANK[target] < RANK[room], f"{each.place} imports {each.module}: {room} may not know {target}"
        if room in ONLY:
            assert target in ONLY[room], (
                f"{each.place} imports {each.module}: only {sorted(ONLY[room])} may be"
            )


def test_the_direction_is_read_from_real_imports() -> None:
    known = {(room_of(dotted(each.file)), room_of(each.module)) for each in imports_of("optuna_sweep")}
    assert ("launch", "outcomes") in known


def test_wandb_has_one_door() -> None:
    doors = [each for each in imports_of("optuna_sweep", "optuna_scheduler.py") if each.package == "wandb"]
    outside = [each for each in doors if room_of(dotted(each.file)) != "wandb_adapter"]
    assert not outside, [f"{each.place} imports {each.module}" for each in outside]


def test_click_is_only_known_to_the_command_line() -> None:
    users = [each for each in imports_of("optuna_sweep", "optuna_scheduler.py") if each.package == "click"]
    outside = [each.place for each in users if room_of(dotted(each.file)) != "cli"]
    assert not outside


def test_optuna_is_not_known_where_only_words_and_wires_are() -> None:
    users = [each for each in imports_of("optuna_sweep") if each.package == "optuna"]
    outside = [each.place for each in users if room_of(dotted(each.file)) in WITHOUT_OPTUNA]
    assert not outside


def test_the_scheduler_and_the_sandbox_meet_only_over_http() -> None:
    scheduler = {"optuna_sweep", "optuna_scheduler", "optuna"}
    strangers = {"sandbox": {*scheduler, "wandb", "demo"}, "demo": scheduler}
    strangers["optuna_sweep"] = strangers["optuna_scheduler.py"] = {"sandbox", "tests", "jobs", "demo"}
    meetings = [
        f"{each.place} imports {each.module}"
        for root, names in strangers.items()
        for each in imports_of(root)
        if each.package in names
    ]
    assert not meetings


def test_no_private_name_of_optuna_is_used() -> None:
    used = [
        f"{each.place} imports {each.module}"
        for each in imports_of("optuna_sweep", "optuna_scheduler.py")
        if each.package == "optuna" and any(private(part) for part in each.module.split("."))
    ]
    for path in scheduler_modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and private(node.attr)
                and last_name(node.value) in OPTUNAS_OBJECTS
            ):
                used.append(f"{path.relative_to(HOUSE)}:{node.lineno} uses {ast.unparse(node)}")
    assert not used


def test_what_optuna_4_lacks_has_one_door() -> None:
    used = [
        f"{path.relative_to(HOUSE)}:{node.lineno} uses {ast.unparse(node)}: ask optuna_sweep.constraints"
        for path in scheduler_modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and (
            node.attr == "set_constraint" or (node.attr == "constraints" and last_name(node.value) == "trial")
        )
        and dotted(path) != "optuna_sweep.constraints"
    ]
    assert not used


def test_no_file_is_longer_than_a_reader_holds() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in modules()}
    long = {str(path.relative_to(HOUSE)): length for path, length in lengths.items() if length > LONGEST_FILE}
    assert not long


def test_no_file_names_a_folder_of_one_machine() -> None:
    named = []
    for path in files():
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if ELSEWHERE.search(line):
                named.append(f"{path.relative_to(HOUSE)}:{number}: {line.strip()[:80]}")
    assert not named
