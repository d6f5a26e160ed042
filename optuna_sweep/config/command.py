"""``command``: the words that start the training program."""

from __future__ import annotations

import re
from collections.abc import Sequence

from optuna_sweep.config.findings import Findings, show, suggest

_MACROS = (
    "env",
    "interpreter",
    "program",
    "args",
    "args_no_equals",
    "args_no_hyphens",
    "args_no_boolean_flags",
    "args_append_hydra",
    "args_override_hydra",
    "args_json",
    "args_json_file",
)
_MACRO = re.compile(r"\$\{([^{}]+)\}")
_ENVIRONMENT = re.compile(r"envvar:[A-Z0-9_]+")  # the only one that W&B replaces within a word too


def read_command(raw: object, findings: Findings) -> tuple[str, ...]:
    """The words, numbers among them as text; empty where the file has none."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        words = raw.split() if isinstance(raw, str) else []
        remedy = (
            f"Write one word a line, each after a dash: {show(words)}" if words else "Write one word a line"
        )
        findings.problem("command", show(raw), "a list of words", remedy)
        return ()
    words = [_word(item, f"command[{index}]", findings) for index, item in enumerate(raw)]
    _tell_macros(words, findings)
    return tuple(words)


def _word(item: object, at: str, findings: Findings) -> str:
    if not isinstance(item, str | int | float):
        remedy = "Remove the empty line" if item is None else "Put the word in quotes"
        findings.problem(at, show(item), "a word", remedy)
        return ""
    return item if isinstance(item, str) else show(item)


def _tell_macros(words: Sequence[str], findings: Findings) -> None:
    found = [
        (index, match[1], match[0] == word)
        for index, word in enumerate(words)
        for match in _MACRO.finditer(word)
        if not _ENVIRONMENT.fullmatch(match[1])
    ]
    for index, name, alone in found:
        if name in _MACROS and not alone:
            findings.note(
                f"command[{index}]", f"W&B replaces ${{{name}}} only where it is a word of its own, not here"
            )
    strange = [(index, name) for index, name, _ in found if name not in _MACROS]
    if len(strange) > 1:
        names = ", ".join(f"${{{name}}}" for _, name in strange)
        sentence = f"{names} are no macros of W&B and are passed on as they are"
        findings.note("command", f"{sentence}. W&B's are {', '.join(_MACROS)}")
        return
    for index, name in strange:
        known = f"W&B's are {', '.join(_MACROS)}"
        advice = "Write ${envvar:NAME}, in capitals" if ":" in name else suggest(name, _MACROS, known)
        findings.note(
            f"command[{index}]", f"${{{name}}} is no macro of W&B and is passed on as it is. {advice}"
        )
