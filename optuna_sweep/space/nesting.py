"""Configs as trees, and the paths of their leaves."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

Path = tuple[str, ...]

MISSING: Final = object()
"""Stands for a leaf that is not there; None is a value."""


def nest(leaves: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
    """Build the tree that has these leaves, in their order; lists and dicts among them are copied."""
    tree: dict[str, Any] = {}
    for path, value in leaves:
        branch = tree
        for key in path[:-1]:
            branch = branch.setdefault(key, {})
        branch[path[-1]] = copy.deepcopy(value)
    return tree


def look_up(tree: Mapping[str, Any], path: Path) -> Any:
    """The value at ``path``, also where the tree has it under its dotted name; else MISSING."""
    branch: Any = tree
    for key in path:
        if not isinstance(branch, Mapping) or key not in branch:
            return tree.get(".".join(path), MISSING)
        branch = branch[key]
    return branch


def strangers(tree: Mapping[str, Any], known: Iterable[Path]) -> Iterator[str]:
    """Dotted names of what the tree holds beside the known leaves, at the highest level possible."""
    paths = set(known)
    names = {".".join(path) for path in paths}
    yield from _strangers(tree, (), paths, names)


def _strangers(tree: Mapping[str, Any], at: Path, paths: set[Path], names: set[str]) -> Iterator[str]:
    for key, value in tree.items():
        path = (*at, str(key))
        if path in paths or (not at and key in names):
            continue
        inside = any(known[: len(path)] == path for known in paths)
        if inside and isinstance(value, Mapping):
            yield from _strangers(value, path, paths, names)
        else:
            yield ".".join(path)
