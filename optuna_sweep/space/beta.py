"""The beta distribution's share below a value, and the value at a share.

The regularised incomplete beta function by its continued fraction, evaluated with Lentz's
method (Abramowitz and Stegun, 26.5.8; https://dlmf.nist.gov/8.17#v), and its inverse by halving.
"""

from __future__ import annotations

import math
import struct
import sys
from typing import Final

_TINY: Final = 1e-300
_PRECISION: Final = 1e-15
_MOST_TERMS: Final = 10_000


def share_below(value: float, a: float, b: float) -> float:
    """The share of a beta(a, b) that lies below ``value``, which is from 0 to 1."""
    if value <= 0.0 or value >= 1.0:
        return float(value >= 1.0)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(value) + b * math.log1p(-value)
    )
    front = math.exp(log_front)
    # The fraction converges fast on the mode's own side; the symmetry serves the other side.
    if value < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(value, a, b) / a
    return 1.0 - front * _fraction(1.0 - value, b, a) / b


def value_at(share: float, a: float, b: float) -> float:
    """The value below which ``share`` of a beta(a, b) lies, to the last bit that the share decides.

    Halves the bit patterns, not the numbers: beta(0.01, 1) has half of its values below 1e-30,
    and doubles from 0 to 1 are ordered as their bits are, so 62 steps reach each of them. The
    upper half is the mirror image of the lower, where shares are exact down to the tail's end.
    """
    if share > 0.5:
        return 1.0 - value_at(1.0 - share, b, a)
    low, high = _bits(0.0), _bits(1.0)
    while high - low > 1:
        middle = (low + high) // 2
        if share_below(_double(middle), a, b) < share:
            low = middle
        else:
            high = middle
    found = _double(high)
    return found if found >= sys.float_info.min else 0.0


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _nonzero(1.0 - (a + b) * x / (a + 1.0))
    result = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            d = 1.0 / _nonzero(1.0 + term * d)
            c = _nonzero(1.0 + term / c)
            result *= c * d
        if abs(c * d - 1.0) < _PRECISION:
            break
    return result


def _nonzero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY


def _bits(number: float) -> int:
    (bits,) = struct.unpack("<q", struct.pack("<d", number))
    return int(bits)


def _double(bits: int) -> float:
    (number,) = struct.unpack("<d", struct.pack("<q", bits))
    return float(number)
