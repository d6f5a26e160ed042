"""Text of a sweep file to plain values, or to a problem with its line; never a traceback."""

from __future__ import annotations

from typing import NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from optuna_sweep.config.plain import shape_fault
from optuna_sweep.errors import ConfigError, Problem

_FILE = "sweep file"


def load_yaml(text: str | bytes) -> object:
    """Read YAML as every W&B client does (YAML 1.1, safe), but tell duplicate keys.

    Raises:
        ConfigError: Where the text is no YAML, holds nothing, or says one key twice; YAML readers
            silently take the last of them.
    """
    raw, problems = load_with_repeats(text)
    if problems:
        raise ConfigError(problems)
    return raw


def load_with_repeats(text: str | bytes) -> tuple[object, list[Problem]]:
    """Read YAML, the last of duplicate keys taken, with a problem for each of them.

    Raises:
        ConfigError: Where the text is no YAML, or holds nothing.
    """
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        problems = _duplicates(root)
        raw = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        _refuse(_place(error) + _cause(error))
    except RecursionError:
        _refuse("nested too deeply")
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        _refuse(str(error).splitlines()[0])
    except (LookupError, AttributeError, TypeError):  # PyYAML's, for `!!bool maybe` and the like
        _refuse("a value that is not what its !!tag says")
    fault = shape_fault(raw)
    if fault:
        _refuse(fault)
    if raw is None:
        _refuse("empty", "a mapping with `method`, `metric` and `parameters`", "Fill it in")
    return raw, problems


def _refuse(given: str, allowed: str = "YAML", remedy: str = "Correct the file there") -> NoReturn:
    if "\\t" in given:
        remedy = "Indent with spaces only"
    raise ConfigError([Problem(_FILE, given, allowed, remedy)]) from None


def _place(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""


def _cause(error: yaml.MarkedYAMLError) -> str:
    return error.problem or error.context or "not readable"


def _duplicates(root: Node | None) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[int] = set()
    stack: list[tuple[str, Node | None]] = [("", root)]
    while stack:
        path, node = stack.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            stack.extend((f"{path}[{index}]", item) for index, item in enumerate(node.value))
        elif isinstance(node, MappingNode):
            problems.extend(_repeated(path, node))
            stack.extend((_join(path, key), value) for key, value in node.value)
    return sorted(problems, key=lambda problem: problem.path)


def _repeated(path: str, node: MappingNode) -> list[Problem]:
    pairs: dict[tuple[str, str], list[Node]] = {}
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.value != "<<":
            pairs.setdefault((key.tag, key.value), []).append(value)
    return [_repetition(_join(path, name), values) for (_, name), values in pairs.items() if len(values) > 1]


def _repetition(path: str, values: list[Node]) -> Problem:
    lines = ", ".join(str(value.start_mark.line + 1) for value in values)
    remedy = "Keep one of them"
    if path == "metric":
        remedy = "Keep one of them, or list several objectives under `scheduler.settings.metrics`"
    return Problem(path, f"given {len(values)} times (lines {lines})", "each key once", remedy)


def _join(path: str, key: Node | str) -> str:
    name = key if isinstance(key, str) else str(key.value) if isinstance(key, ScalarNode) else "?"
    return f"{path}.{name}" if path else name
