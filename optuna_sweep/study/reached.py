"""A storage that may be out of reach: each call waits, and is repeated, until it has worked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar, cast

import sqlalchemy
import sqlalchemy.exc as sql
from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.errors import SweepError, Unavailable
from optuna_sweep.study.mysql import refuses_text

T = TypeVar("T")

TOKEN = "optuna_sweep:token"
"""A trial's system attribute by which the process that made it finds it again."""

_PASSING = (sql.OperationalError, sql.InterfaceError, sql.InternalError, sql.TimeoutError)

_TROUBLES: tuple[type[Exception], ...] = (sql.SQLAlchemyError, StorageInternalError, OSError)


class Insist(Protocol):
    """Repeats a request that raised ``Unavailable``, for as long as it sees fit."""

    def __call__(self, request: Callable[[], T], /) -> T:
        """What the request answers.

        Raises:
            SweepError: The outage has lasted too long.
        """
        ...


class Reached:
    """Stands before a storage and takes its calls, whatever they are called.

    A call that cannot reach the database stays on the stack until it can. So nothing above has to
    be written twice: no observation is half told, and no trial is asked for that is not used.

    Args:
        storage: A storage over a network.
        place: Where it is, for people.
        hide: Takes passwords out of a text.

    Attributes:
        insist: How an outage is borne; not at all to begin with.
    """

    def __init__(self, storage: BaseStorage, place: str, hide: Callable[[str], str]) -> None:
        self._storage = storage
        self._place = place
        self._hide = hide
        self.insist: Insist = at_once

    @property
    def as_storage(self) -> BaseStorage:
        """This object, for those who want to know its type."""
        return cast(BaseStorage, self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return partial(self._call, getattr(self._storage, name))

    def close(self) -> None:
        """Let go of the connections; the next call makes new ones."""
        self._storage.remove_session()
        engine = getattr(self._storage, "engine", None)
        if engine is not None:
            engine.dispose()

    def count_finished(self, study_id: int) -> int | None:
        """How many trials have finished, by one short query; None where all of them would be read for it.

        Optuna's own ``get_n_trials`` reads them. They are counted by the end that each of them has.
        """
        engine = getattr(self._storage, "engine", None)
        return None if engine is None else self._call(_count_finished, engine, study_id)

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """Make one trial, also where the answer to the first request was lost on its way."""
        made = None if template_trial is None else template_trial.system_attrs.get(TOKEN)
        return self._call(
            self._storage.create_new_trial,
            study_id,
            template_trial,
            done=lambda: None if made is None else self._made(study_id, made),
        )

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Any = None) -> bool:
        """Set a state once, also where the answer to the first request was lost on its way."""
        return self._call(
            self._storage.set_trial_state_values,
            trial_id,
            state,
            values,
            done=lambda: True if self._storage.get_trial(trial_id).state is state else None,
        )

    def _call(
        self, method: Callable[..., T], *args: Any, done: Callable[[], T | None] = lambda: None, **named: Any
    ) -> T:
        tried = False

        def request() -> T:
            nonlocal tried
            with translated(self._place, self._hide):
                answer = done() if tried else None
                tried = True
                return method(*args, **named) if answer is None else answer

        return self.insist(request)

    def _made(self, study_id: int, token: str) -> int | None:
        trials = self._storage.get_all_trials(study_id, deepcopy=False)
        number = next((trial.number for trial in trials if trial.system_attrs.get(TOKEN) == token), None)
        if number is None:
            return None
        return self._storage.get_trial_id_from_study_id_trial_number(study_id, number)


def _count_finished(engine: sqlalchemy.Engine, study_id: int) -> int:
    ends = sqlalchemy.func.count(sqlalchemy.column("datetime_complete"))
    found = sqlalchemy.select(ends).select_from(sqlalchemy.table("trials"))
    with engine.connect() as connection:
        return connection.execute(found.where(sqlalchemy.column("study_id") == study_id)).scalar_one()


@contextmanager
def translated(place: str, hide: Callable[[str], str]) -> Iterator[None]:
    """A database's errors in our words; the originals are cut off, since they know the address.

    Raises:
        Unavailable: The same request may work later.
        SweepError: It never will.
    """
    try:
        yield
    except (*_TROUBLES, *_redis_errors()) as error:
        why, passing = _judged(error)
        message = f"{place}: {hide(why)}"
        if passing:
            raise Unavailable(message) from None
        raise SweepError(f"The study's database refused a request: {message}") from None


def at_once(request: Callable[[], T], /) -> T:
    """Bear no outage at all: a sweep that cannot reach its study when it starts says so."""
    try:
        return request()
    except Unavailable as error:
        raise SweepError(
            f"The study's database cannot be reached: {error}. Correct scheduler.settings.storage, or "
            "see that the scheduler's machine can reach it; then start the sweep again."
        ) from None


def _judged(error: Exception) -> tuple[str, bool]:
    """Why, in one line, and whether the same request may work later."""
    cause = error.__cause__ if isinstance(error, StorageInternalError) else error
    if isinstance(cause, sql.SQLAlchemyError):
        # The text of the error itself holds the statement and its values.
        origin = getattr(cause, "orig", None)
        why = str(origin or cause)
        passing = isinstance(cause, _PASSING) or bool(getattr(cause, "connection_invalidated", False))
        passing = passing and not refuses_text(origin)
    else:
        why = str(cause or error)
        passing = isinstance(cause, OSError) or type(cause).__name__ not in ("ResponseError", "DataError")
    return " ".join(why.split()) or type(error).__name__, passing


def _redis_errors() -> tuple[type[Exception], ...]:
    if find_spec("redis") is None:
        return ()
    from redis.exceptions import RedisError

    return (RedisError,)
