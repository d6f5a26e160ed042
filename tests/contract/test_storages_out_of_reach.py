"""A database that cannot be reached or used: one sentence, without the password."""

from __future__ import annotations

from pathlib import Path

import pytest

from optuna_sweep.errors import SweepError
from optuna_sweep.study import open_database
from tests.contract.databases import execute


@pytest.mark.parametrize("kind", ["postgresql", "mysql", "redis"])
def test_a_database_that_is_not_there_is_one_sentence_without_the_password(kind: str) -> None:
    with pytest.raises(SweepError) as caught:
        open_database(f"{kind}://me:${{PW}}@127.0.0.1:9/0", {"PW": "p@ss/w:rd?%"}, wait=lambda seconds: None)
    said = str(caught.value)
    assert said.startswith(f"The study's database cannot be reached: {kind}://me:***@127.0.0.1:9/0: ")
    assert "ss/w" not in said and "%40" not in said
    assert caught.value.__suppress_context__  # a traceback would show the driver's words


def test_a_database_of_another_optuna_is_one_sentence(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'study.db'}"
    open_database(address, {}).close()
    execute(address, "UPDATE alembic_version SET version_num = 'v0.9.0.a'")
    with pytest.raises(SweepError) as caught:
        open_database(address, {})
    said = str(caught.value)
    assert said.startswith(f"The study's database cannot be used: {address}: The runtime optuna version")
    assert caught.value.__suppress_context__
