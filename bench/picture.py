"""A log-log picture as SVG, drawn by hand: one line a series, decades as grid."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _BOTTOM = 640, 360, 60, 40, 50
_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd")


def log_log(title: str, across: Sequence[float], series: Mapping[str, Sequence[float]]) -> str:
    """The picture. All numbers are above 0; each series has a value for each of ``across``."""
    low_x, high_x = _decades(across)
    low_y, high_y = _decades([value for values in series.values() for value in values])

    def x(value: float) -> float:
        return _LEFT + (math.log10(value) - low_x) / (high_x - low_x) * _WIDTH

    def y(value: float) -> float:
        return 20 + (high_y - math.log10(value)) / (high_y - low_y) * _HEIGHT

    parts = [_grid(x(10.0**n), 20, x(10.0**n), 20 + _HEIGHT, n, below=True) for n in range(low_x, high_x + 1)]
    parts += [
        _grid(_LEFT, y(10.0**n), _LEFT + _WIDTH, y(10.0**n), n, below=False) for n in range(low_y, high_y + 1)
    ]
    for number, (name, values) in enumerate(series.items()):
        points = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in zip(across, values, strict=True))
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        parts.append(f'<text x="{_LEFT + 10}" y="{40 + 18 * number}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT + _BOTTOM + 10}">{title}</text>')
    size = f'width="{_LEFT + _WIDTH + _RIGHT}" height="{_HEIGHT + _BOTTOM + 30}"'
    style = '<style>text{font:13px sans-serif}</style><rect width="100%" height="100%" fill="white"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{style}{"".join(parts)}</svg>\n'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _grid(x1: float, y1: float, x2: float, y2: float, power: int, *, below: bool) -> str:
    place = f'x="{x1:.0f}" y="{y2 + 16:.0f}" text-anchor="middle"' if below else f'x="5" y="{y1 + 4:.0f}"'
    line = f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'
    return f"{line}<text {place}>{10.0**power:,g}</text>"
