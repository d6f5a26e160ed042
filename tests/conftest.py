"""In which order tests run, and which of them share a process when several run side by side."""

from __future__ import annotations

import signal
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, settings

# The same cases on each machine, so that a failure is the change's own; and a busy machine is none.
settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

# A script's background ignores SIGINT, and so would all that tests start: W&B's client stops runs with it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that wait longest come first, and all that look at one sandbox stay together."""
    items.sort(key=_turn)
    for item in items:
        name = _company(item)
        if name:
            item.add_marker(pytest.mark.xdist_group(name))


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("journey") is None:
        return 4
    if not on_common_stage(item):
        return 0 if item.get_closest_marker("slow") else 1
    # First the sweeps that a person does something to; the others go on meanwhile.
    return 2 if "acted" in _fixtures(item) else 3


def _company(item: pytest.Item) -> str:
    """The tests that set up the same things; empty where a test needs nothing but itself."""
    if on_common_stage(item):
        return "stage"
    return item.path.name if item.path.parent.name in ("journey", "contract") else ""


def on_common_stage(item: pytest.Item) -> bool:
    journey = item.path.parent.name == "journey"
    return journey and "stage" in _fixtures(item) and not item.get_closest_marker("slow")


def _fixtures(item: pytest.Item) -> Sequence[str]:
    return getattr(item, "fixturenames", ())
