"""Numbers that YAML 1.1 reads as text.

``1e-5`` has no dot, so every YAML reader that W&B users have gives them text. It is a number
wherever a number is meant.
"""

from __future__ import annotations

import math
import re
import sys

_NUMERAL = re.compile(r"[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_EXPONENT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+", re.ASCII)


def is_number(given: object) -> bool:
    """Whether this is a finite int or float; True and False are not."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return False
    return abs(given) <= sys.float_info.max


def is_exponent(given: object) -> bool:
    """Whether this is text that only a YAML 1.1 reader would not take for a number (``1e-5``)."""
    return isinstance(given, str) and _EXPONENT.fullmatch(given.strip()) is not None


def as_number(given: object) -> object:
    """The number that a text spells out, or what was given where it spells none.

    ``"1e-5"`` becomes ``1e-05`` and ``"3"`` becomes 3; anything else comes back as it is.
    """
    if not isinstance(given, str) or _NUMERAL.fullmatch(given.strip()) is None:
        return given
    text = given.strip().replace("_", "")
    number = float(text)
    if not math.isfinite(number):
        return given
    return int(text) if text.lstrip("+-").isdigit() else number


def as_whole(given: object) -> object:
    """The whole number that a text or a float such as ``10.0`` means, or what was given."""
    number = as_number(given)
    return int(number) if isinstance(number, float) and number.is_integer() else number
