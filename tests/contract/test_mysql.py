"""What MySQL and MariaDB do in ways of their own: names, long values, a server that dies at work."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from optuna.distributions import FloatDistribution
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState

from optuna_sweep.errors import SweepError
from optuna_sweep.launch import Ending
from optuna_sweep.patience import Patience
from optuna_sweep.study import Reached, open_database
from tests.contract.databases import MariaDBServer, execute, new_database, running_mariadb
from tests.contract.shared_sweeps import Scheduler, config_of, training
from tests.memory_launch import MemoryLaunch

PASSWORD = "p@ss/w:rd?%"
EMOJI = "lernrate 学习率 🙂"
AT_ONCE = 6
AWAY = (9.0, 200.0)  # seconds of the sweep's clock


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDBServer]:
    with running_mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture
def address(server: MariaDBServer) -> str:
    return new_database(server.address)


@pytest.fixture(params=("mysql", "mariadb"))
def reached(request: pytest.FixtureRequest, address: str) -> Iterator[Reached]:
    """An empty database by either of its names."""
    with closing(open_database(address.replace("mysql", request.param, 1), {})) as reached:
        yield reached


def new_trial(reached: Reached) -> int:
    study = reached.create_new_study([StudyDirection.MINIMIZE], "study")
    return reached.create_new_trial(study)


def sweep_of(parameters: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {"parameters": parameters, "scheduler": {"settings": {"seed": 7, **settings}}}


def test_parameters_may_have_names_of_any_alphabet_and_case(reached: Reached) -> None:
    parameters = {name: {"min": 0.0, "max": 1.0} for name in ("x", "X", "é", "e", EMOJI)}
    launch = MemoryLaunch(training)
    scheduler = Scheduler.start(config_of(3, **sweep_of(parameters)), launch, reached)
    assert scheduler.run() is Ending.FINISHED
    assert [trial.params for trial in scheduler.opened.study.trials] == [
        run.proposal.parameters for run in launch.runs.values()
    ]
    assert scheduler.opened.study.trials[0].params.keys() == parameters.keys()


def test_studies_whose_names_differ_in_case_alone_are_two(reached: Reached) -> None:
    names = ("net", "Net", EMOJI)
    studies = [reached.create_new_study([StudyDirection.MINIMIZE], name) for name in names]
    assert [reached.get_study_id_from_name(name) for name in names] == studies


def test_values_of_five_thousand_letters_are_kept_whole(reached: Reached) -> None:
    values = [letter * 5000 for letter in ("a", "🙂")]
    launch = MemoryLaunch(training)
    config = config_of(4, **sweep_of({"x": {"min": 0.0, "max": 1.0}, "text": {"values": values}}))
    scheduler = Scheduler.start(config, launch, reached)
    assert scheduler.run() is Ending.FINISHED
    assert {trial.params["text"] for trial in scheduler.opened.study.trials} == set(values)


def test_a_value_that_is_too_long_is_refused_and_never_cut(reached: Reached) -> None:
    trial = new_trial(reached)
    reached.set_trial_user_attr(trial, "config", "a" * 65_000)
    with pytest.raises(SweepError, match=r"The study's database refused a request: .*Data too long"):
        reached.set_trial_user_attr(trial, "config", "b" * 66_000)
    assert reached.get_trial(trial).user_attrs == {"config": "a" * 65_000}


def test_what_tables_that_others_made_cannot_hold_is_refused_and_not_waited_for(address: str) -> None:
    theirs = RDBStorage(sqlalchemy.make_url(address).set(drivername="mysql+pymysql").render_as_string(False))
    theirs.engine.dispose()
    with closing(open_database(address, {})) as reached:
        trial = new_trial(reached)
        with pytest.raises(SweepError, match=r"The study's database refused a request: .*collation"):
            reached.set_trial_param(trial, EMOJI, 0.5, FloatDistribution(0.0, 1.0))


@pytest.mark.parametrize("time", range(3))
def test_schedulers_that_find_an_empty_database_together_make_its_tables_once(
    address: str, time: int
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        opened = list(pool.map(lambda _: open_database(address, {}), range(AT_ONCE)))
    study = opened[0].create_new_study([StudyDirection.MINIMIZE], "study")
    assert [each.get_study_id_from_name("study") for each in opened] == [study] * AT_ONCE
    for each in opened:
        each.close()


def test_a_server_that_is_killed_and_comes_back_costs_no_result(tmp_path: Path) -> None:
    with running_mariadb(tmp_path) as server:
        launch = MemoryLaunch(training)
        with closing(open_database(new_database(server.address), {})) as reached:
            scheduler = Scheduler.start(config_of(5), launch, reached)
            scheduler.opened.bear_outages(Patience(launch, who="The study's database").insist)
            launch.at += [(AWAY[0], server.kill), (AWAY[1], server.start)]
            assert scheduler.run() is Ending.FINISHED
            trials = scheduler.opened.study.trials
    assert [trial.state for trial in trials] == [TrialState.COMPLETE] * 5
    assert [trial.values for trial in trials] == [
        [launch.runs[f"sweep-{n:04d}"].proposal.parameters["x"]] for n in range(5)
    ]
    assert any("The study's database does not answer; the runs go on" in line for line in launch.said)
    assert any("The study's database answers again" in line for line in launch.said)


def test_a_wrong_password_is_told_without_it(server: MariaDBServer, address: str) -> None:
    execute(server.address, "CREATE USER searcher@'127.0.0.1' IDENTIFIED BY 'another'")
    place = address.replace("root@", "searcher:${PW}@")
    with pytest.raises(SweepError) as caught:
        open_database(place, {"PW": PASSWORD}, wait=lambda seconds: None)
    said = str(caught.value)
    assert "searcher:***@127.0.0.1" in said and "Access denied for user 'searcher'" in said
    assert "ss/w" not in said and "%40" not in said
