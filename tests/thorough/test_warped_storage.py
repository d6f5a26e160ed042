from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path
from typing import ClassVar

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.storages import BaseStorage, InMemoryStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.config.parameters import Categorical, Integers, Normal, Uniform
from optuna_sweep.space import Declared
from tests.unit.space.blocks import PLAIN, WARPED, parameter, study_of

samplers = optuna.samplers
OPENERS: dict[str, Callable[[Path], BaseStorage]] = {
    "memory": lambda folder: InMemoryStorage(),
    "journal": lambda folder: JournalStorage(JournalFileBackend(str(folder / "study.log"))),
    "sqlite": lambda folder: RDBStorage(f"sqlite:///{folder}/study.db"),
}


@pytest.fixture(params=OPENERS)
def open_storage(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], BaseStorage]:
    """Opens the same storage anew, except in memory, where there is nothing to open."""
    opener = OPENERS[request.param]
    first = opener(tmp_path)
    return lambda: first if request.param == "memory" else opener(tmp_path)


def test_the_study_shows_what_the_runs_saw(open_storage: Callable[[], BaseStorage]) -> None:
    space = Declared([*WARPED, *PLAIN])
    study = study_of(space, storage=open_storage())
    configs = []
    for number in range(5):
        trial = study.ask()
        configs.append(space.suggest(trial))
        study.tell(trial, float(number))

    shown = optuna.load_study(study_name="sweep", storage=open_storage())

    for trial, config in zip(shown.trials, configs, strict=True):
        assert trial.params["normal"] == config["normal"]
        assert trial.params["quantised"] == config["quantised"]
        assert trial.params["whole"] == config["whole"]
        assert trial.params["optimizer.lr"] == config["optimizer"]["lr"]
        assert trial.params["weighted"] == ("[1, 2]" if config["weighted"] == [1, 2] else config["weighted"])
        assert trial.distributions["quantised"] == FloatDistribution(0.0, 1.0, step=0.1)
        assert trial.distributions["weighted"] == CategoricalDistribution(["relu", "[1, 2]", None])
        assert "seed" not in trial.params
        assert space.config(trial) == config


def test_a_trial_that_is_continued_after_a_restart_keeps_its_config(
    open_storage: Callable[[], BaseStorage],
) -> None:
    space = Declared([*WARPED, *PLAIN])
    study = study_of(space, storage=open_storage())
    configs = {trial.number: space.suggest(trial) for trial in [study.ask() for _ in range(20)]}

    restarted = Declared([*WARPED, *PLAIN])
    storage = restarted.wrap(open_storage())
    again = optuna.load_study(study_name="sweep", storage=storage)
    study_id = storage.get_study_id_from_name("sweep")

    for number, config in configs.items():
        trial = optuna.Trial(again, storage.get_trial_id_from_study_id_trial_number(study_id, number))
        assert restarted.suggest(trial) == config


def test_a_told_trial_is_read_from_both_sides_alike(open_storage: Callable[[], BaseStorage]) -> None:
    space = Declared(WARPED)
    study = study_of(space, storage=open_storage())
    for _ in range(3):
        trial = study.ask()
        space.suggest(trial)
        study.tell(trial, 1.0)
    plain = optuna.load_study(study_name="sweep", storage=open_storage())
    assert [space.config(trial) for trial in study.trials] == [space.config(trial) for trial in plain.trials]


def test_trials_that_others_put_into_the_study_are_seen_as_latents() -> None:
    storage = InMemoryStorage()
    space = Declared([parameter("x", Normal(0.0, 1.0)), parameter("y", Categorical(("a", "b"), (0.2, 0.8)))])
    study = study_of(space, storage=storage)
    distributions = {"x": FloatDistribution(-100.0, 100.0), "y": CategoricalDistribution(["b", "a", "c"])}
    plain = optuna.load_study(study_name="sweep", storage=storage)
    for x, y in ((0.0, "a"), (-50.0, "b"), (1.0, "c")):
        plain.add_trial(optuna.create_trial(params={"x": x, "y": y}, distributions=distributions, value=1.0))

    seen = [trial.params for trial in study.trials]

    assert seen[0] == {"x": 0.5, "y": pytest.approx(0.1)}
    assert seen[1] == {"x": pytest.approx(2.0**-53), "y": pytest.approx(0.6)}  # the nearest that can be drawn
    assert seen[2] == {"x": pytest.approx(0.8413, abs=1e-4)}  # "c" means nothing to this space
    assert plain.trials[1].params == {"x": -50.0, "y": "b"}


def test_latents_that_are_added_as_a_trial_are_stored_as_entries() -> None:
    storage = InMemoryStorage()
    space = Declared([parameter("x", Normal(3.0, 1.0))])
    study = study_of(space, storage=storage)
    trial = study.ask()
    config = space.suggest(trial)
    study.tell(trial, 1.0)
    study.add_trial(study.trials[0])
    plain = optuna.load_study(study_name="sweep", storage=storage)
    assert [each.params for each in plain.trials] == [config, config]


def test_a_finished_trial_is_read_from_the_storage_once() -> None:
    class Recording(InMemoryStorage):
        sent: ClassVar[list[int]] = []

        def get_all_trials(
            self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
        ) -> list[FrozenTrial]:
            trials = super().get_all_trials(study_id, deepcopy, states)
            self.sent.append(len(trials))
            return trials

    space = Declared([parameter("x", Normal(0.0, 1.0))])
    storage = Recording()
    study = study_of(space, storage=storage)
    for _ in range(50):
        trial = study.ask()
        space.suggest(trial)
        study.tell(trial, 1.0)
    first, second = study.get_trials(deepcopy=False), study.get_trials(deepcopy=False)
    assert len(first) == 50
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert max(storage.sent) <= 1


def test_trials_that_another_process_adds_and_finishes_are_noticed(
    open_storage: Callable[[], BaseStorage],
) -> None:
    space = Declared([parameter("x", Normal(0.0, 1.0))])
    study = study_of(space, storage=open_storage())
    trial = study.ask()
    config = space.suggest(trial)
    assert [each.state for each in study.trials] == [TrialState.RUNNING]

    other = optuna.load_study(study_name="sweep", storage=open_storage())
    other.tell(0, 3.0)
    other.add_trial(
        optuna.create_trial(params=config, distributions=other.trials[0].distributions, value=4.0)
    )

    assert [each.value for each in study.trials] == [3.0, 4.0]
    assert study.trials[0].params == study.trials[1].params
    assert [each.number for each in study.get_trials(states=(TrialState.COMPLETE,))] == [0, 1]
    assert study.get_trials(states=(TrialState.RUNNING,)) == []


def test_a_trial_that_another_space_made_has_a_config_all_the_same() -> None:
    block = [
        parameter("x", Normal(0.0, 1.0)),
        parameter("n", Integers(1, 3)),
        parameter("c", Categorical((1, [2]))),
    ]
    foreign = CategoricalDistribution(["a", 2.5])
    trial = optuna.create_trial(
        params={"x": "a", "n": 2.5, "c": "a"}, distributions=dict.fromkeys("xnc", foreign), value=1.0
    )
    space = Declared(block)
    assert space.config(trial) == {"x": "a", "n": 2.5, "c": "a"}
    assert space.key(space.config(trial)) != space.key({"x": 0.0, "n": 2, "c": 1})


def test_a_space_without_latents_leaves_the_storage_alone() -> None:
    storage = InMemoryStorage()
    assert Declared(PLAIN).wrap(storage) is storage


SAMPLERS: dict[str, Callable[[], optuna.samplers.BaseSampler]] = {
    "random": lambda: samplers.RandomSampler(seed=1),
    "tpe": lambda: samplers.TPESampler(seed=1, n_startup_trials=4),
    "multivariate tpe": lambda: samplers.TPESampler(
        seed=1, n_startup_trials=4, multivariate=True, group=True
    ),
    "qmc": lambda: samplers.QMCSampler(seed=1, warn_independent_sampling=False),
    "nsga2": lambda: samplers.NSGAIISampler(seed=1, population_size=4),
    "nsga3": lambda: samplers.NSGAIIISampler(seed=1, population_size=4),
    "partial": lambda: samplers.PartialFixedSampler({"beta": 0.25}, samplers.RandomSampler(seed=1)),
}


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_stays_within_the_support(name: str) -> None:
    space = Declared([*WARPED, *PLAIN])
    study = study_of(space, sampler=SAMPLERS[name]())
    for _ in range(12):
        trial = study.ask()
        config = space.suggest(trial)
        study.tell(trial, config["normal"] ** 2 + config["beta"])
        space.fix(config)
    assert len(study.trials) == 12


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
@pytest.mark.parametrize("sampler", ["brute force", "grid"])
def test_samplers_that_enumerate_see_a_finite_space_as_it_is(sampler: str) -> None:
    block = [
        parameter("quantised", Uniform(0.0, 1.0, q=0.25)),
        parameter("weighted", Categorical(("a", "b"), (0.9, 0.1))),
    ]
    space = Declared(block, weighted=False)
    grid = {"quantised": [0.0, 0.25, 0.5, 0.75], "weighted": ["a", "b"]}
    enumerating = (
        samplers.BruteForceSampler(seed=1) if sampler == "brute force" else samplers.GridSampler(grid)
    )
    study = study_of(space, sampler=enumerating)
    seen = set()
    for number in range(8):
        trial = study.ask()
        seen.add(space.key(space.suggest(trial)))
        if number < 7:  # after the last, both stop a `study.optimize` that is not running
            study.tell(trial, 0.0)
    assert seen == {space.key(point) for point in space.points()}
    assert len(seen) == space.size() == 8


def test_a_sampler_learns_through_the_latents() -> None:
    space = Declared([parameter("x", Normal(0.0, 1.0)), parameter("q", Normal(0.0, 10.0, q=1))])
    study = study_of(space, sampler=samplers.TPESampler(seed=3))
    for _ in range(60):
        trial = study.ask()
        config = space.suggest(trial)
        study.tell(trial, (config["x"] - 1.5) ** 2 + abs(config["q"] - 12) / 10)
    assert study.best_value < 0.15
