from __future__ import annotations

import re
from pathlib import Path

from optuna_sweep.config.storage import DRIVERS
from optuna_sweep.validating import examine
from tests.unit.docs.pages import DOCS, tables

PAGE = "shared-study.md"


def test_the_sweep_file_of_the_page_can_run(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", (DOCS / PAGE).read_text(), re.DOTALL)
    assert found is not None
    file = tmp_path / "sweep.yaml"
    file.write_text(found[1])
    examined = examine(file)
    assert examined.sound, examined.lines


def test_the_page_lists_addresses_that_are_accepted_each_with_a_known_kind() -> None:
    (rows,) = tables(PAGE)
    kinds = {row[0].strip("`").partition("://")[0] for row in rows if "://" in row[0]}
    assert kinds <= DRIVERS.keys()
    assert {"postgresql", "mysql", "redis", "sqlite"} <= kinds
