"""The scheduler's side of the line: the real trial answers the function's questions."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optuna.trial import BaseTrial

from optuna_sweep import constraints
from optuna_sweep.errors import OptunaSweepError
from optuna_sweep.objective.shielded_trial import READABLE
from optuna_sweep.space.choices import Choices, plain


class Answers:
    """What the function may ask of one trial, and what it was given.

    Attributes:
        values: What the function was given, by name, in the order of asking.
        choices: The choices of its categorical parameters.
    """

    def __init__(self, trial: BaseTrial) -> None:
        self._trial = trial
        self.values: dict[str, Any] = {}
        self.choices: dict[str, Choices] = {}
        self._known: Mapping[str, Callable[..., Any]] = {
            "suggest_float": self._float,
            "suggest_int": self._int,
            "suggest_categorical": self._categorical,
            "set_user_attr": trial.set_user_attr,
            "set_constraint": lambda key, value: constraints.note(trial, {key: value}),
            "distributions": lambda: trial.distributions,
            "user_attrs": lambda: trial.user_attrs,
            "constraints": lambda: constraints.of(trial),
            "datetime_start": lambda: trial.datetime_start,
            "number": lambda: trial.number,
            "study": self._study,
        }

    def reply(self, what: str, arguments: Sequence[Any]) -> bytes:
        """The answer to a question, or the error that it raised, packed for ``Asking``.

        Raises:
            OptunaSweepError: The study cannot be reached, say; the function has no part in it.
        """
        try:
            answer = pickle.dumps(self._known[what](*arguments))
        except OptunaSweepError:
            raise
        except Exception as error:  # the sampler's, the storage's or the user's own: it is theirs to catch
            frames = [
                (frame.filename, frame.lineno, frame.name)
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            return pickle.dumps((_packed(error), (f"{type(error).__name__}: {error}", frames)))
        return pickle.dumps((answer, None))

    def _float(self, name: str, low: float, high: float, step: float | None, log: bool) -> float:
        value = self._trial.suggest_float(name, low, high, step=step, log=log)
        self.values[name] = plain(value)
        return value

    def _int(self, name: str, low: int, high: int, step: int, log: bool) -> int:
        value = self._trial.suggest_int(name, low, high, step=step, log=log)
        self.values[name] = plain(value)
        return value

    def _categorical(self, name: str, values: Sequence[Any]) -> int:
        known = self.choices[name] = Choices(values)
        entry = self._trial.suggest_categorical(name, known.entries)
        self.values[name] = known.value(entry)
        return known.entries.index(entry)

    def _study(self, name: str) -> Any:
        study = getattr(self._trial, "study", None)
        if name not in READABLE:
            raise AttributeError(name)
        if name == "trials" and study is not None:
            return study.get_trials(deepcopy=False)  # they are copied on their way
        return getattr(study, name)


def _packed(error: Exception) -> bytes:
    try:
        return pickle.dumps(error)
    except Exception:  # whatever it carries, its words go there
        return b""
