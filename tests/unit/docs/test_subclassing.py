"""docs/howto-subclassing.md: its class is a scheduler, and what it overrides is there to be overridden."""

from __future__ import annotations

import re
from typing import Any

import pytest

from optuna_sweep.scheduler import OptunaScheduler
from tests.unit.docs.pages import DOCS, tables

PAGE = (DOCS / "howto-subclassing.md").read_text()
(CLASS,) = re.findall(
    r"^```python\n(# announcing_scheduler\.py\n.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL
)
(MAY_BE,) = tables("howto-subclassing.md")
NAMES = [name for row in MAY_BE for name in re.findall(r"`(\w+)(?:\(.*?\))?`", row[0])]


def test_the_class_of_the_page_overrides_methods_that_exist() -> None:
    made: dict[str, Any] = {"__name__": "announcing_scheduler"}
    exec(CLASS, made)
    scheduler = made["AnnouncingScheduler"]
    assert issubclass(scheduler, OptunaScheduler)
    own = {name for name, value in vars(scheduler).items() if callable(value)}
    assert own == {"prepare", "leave"}
    assert own <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_may_be_overridden_is_there(name: str) -> None:
    assert callable(getattr(OptunaScheduler, name))
