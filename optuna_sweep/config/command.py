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
_MACRO = re.compile(r"\$\{(\w+)\}")  # W&B replaces whole words only


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
    for index, word in enumerate(words):
        macro = _MACRO.fullmatch(word)
        if macro and macro[1] not in _MACROS:
            advice = suggest(macro[1], _MACROS, f"W&B's are {', '.join(_MACROS)}")
            findings.note(
                f"command[{index}]", f"{word} is no macro of W&B and is passed on as it is. {advice}"
            )
