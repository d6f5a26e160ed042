import pytest

from optuna_sweep.config import EarlyTerminate, Metric, Source, SweepConfig
from optuna_sweep.errors import ConfigError
from tests.unit.config.files import PLAIN, problems_of, with_lines, with_parameters


def settings(lines: str) -> str:
    """A sound sweep file with these settings."""
    return with_lines(f"scheduler: {{job: a/b/c:latest, settings: {lines}}}")


def test_a_plain_file_is_read_without_a_note() -> None:
    config = SweepConfig.read(with_parameters("x: {min: 0.0, max: 1.0}"))
    assert config.method == "bayes"
    assert config.metrics == (Metric(name="loss"),)
    assert config.job == "me/mine/job-train:latest"
    assert config.notes == ()


def test_all_problems_come_at_once_each_on_its_line() -> None:
    text = """
method: bayesian
metric: {name: loss, goal: max}
run_cap: 0
command: python train.py
parameters: {x: {min: 2, max: 1}, y: {values: 3}}
scheduler: {num_workers: 0, settings: {sampler: TPE, seed: a, enqueue: 3}}
"""
    paths = [line.split(":")[0] for line in problems_of(text)]
    assert sorted(paths) == [
        "command",
        "method",
        "metric.goal",
        "parameters.x.min",
        "parameters.y.values",
        "run_cap",
        "scheduler.num_workers",
        "scheduler.settings.enqueue",
        "scheduler.settings.sampler",
        "scheduler.settings.seed",
    ]


PROBLEMS = {
    "method: Bayes": "method: 'Bayes': one of grid, random, bayes, custom: Did you mean 'bayes'?",
    "method: gird": "method: 'gird': one of grid, random, bayes, custom: Did you mean 'grid'?",
    "metric: loss": "metric: 'loss': a mapping with name, goal, target, impute, impute_while_running:"
    " Write `name: loss` indented below `metric:`",
    "metric: [loss, acc]": "metric: ['loss', 'acc']: a mapping with name, goal, target, impute,"
    " impute_while_running: Name one metric here; several go to `scheduler.settings.metrics`",
    "metric: {name: ''}": "metric.name: '': a text that is not empty: Fill it in, or remove the key",
    "metric: {name: a, target: low}": "metric.target: 'low': a number: Write a number",
    "run_cap: ten": "run_cap: 'ten': a whole number: Write a whole number",
    "run_cap: -1": "run_cap: -1: at least 1: Raise it",
    "run_cap: 2.5": "run_cap: 2.5: a whole number: Write a whole number",
    "image_uri: me/train:1": "job: job and image_uri: one of the two: Remove one of them",
    "early_terminate: {type: hyperband}": "early_terminate: no min_iter: min_iter, or max_iter and s:"
    " Add `min_iter: 3`",
    "early_terminate: {type: hyperband, max_iter: 9}": "early_terminate: max_iter without s:"
    " min_iter, or max_iter and s: Add `s: 2`",
    "early_terminate: {type: hyperband, max_iter: 2, s: 1}": "early_terminate.max_iter: 2:"
    " at least eta, which is 3, or there is no bracket: Raise it, or use `min_iter`",
    "early_terminate: {type: envelope}": "early_terminate.type: 'envelope': one of hyperband: Choose"
    " one of them",
    "early_terminate: {type: hyperband, min_iter: 1, patience: 3}": "early_terminate.patience: unknown key"
    " 'patience': one of type, min_iter, max_iter, s, eta, strict: Remove it",
    "scheduler: {job: a, resource: local-process}": "scheduler.resource: 'local-process': another resource,"
    " because launch-sweep refuses this one for scheduler jobs: Remove it for local-container",
    "scheduler: {job: a, num_workers: 0}": "scheduler.num_workers: 0: at least 1: Raise it",
    "scheduler: {job: a, seed: 1}": "scheduler.seed: unknown key 'seed': one of job, resource, resource_args,"
    " num_workers, docker_image, name, template_variables, settings, engine, source, optimizer, search_space:"
    " Move it to `scheduler.settings.seed`",
    "scheduler: {job: a, engine: ax}": "scheduler.engine: 'ax': optuna:"
    " Remove the key, and the functions made for Ax",
    "scheduler: {job: a, search_space: f}": "scheduler.search_space: 'f': a function in scheduler.source:"
    " Add `source`",
    "seed: 3": "seed: the key 'seed' at the top level: scheduler.settings.seed: Move it to"
    " `scheduler.settings.seed`",
    "1: 2": "sweep file: the key 1: text keys: Put the key in quotes, or remove it",
}


@pytest.mark.parametrize(("lines", "problem"), PROBLEMS.items())
def test_each_problem_of_a_file_has_its_sentence(lines: str, problem: str) -> None:
    assert problems_of(with_lines(lines)) == [problem]


KEYS = (
    "sampler, pruner, method, metrics, optuna_source, optuna_source_filename, objective_timeout, seed,"
    " study_name,"
    " objective, step_metric, invalid_values, enqueue, warm_start, repeats, constraints"
)
AT = "scheduler.settings"
SETTINGS = {
    "{sampler: TPESampler}": f"{AT}.sampler: 'TPESampler': a mapping with type, args:"
    " Write `type: TPESampler` indented below `sampler:`",
    "{sampler: {args: {}}}": f"{AT}.sampler.type: missing: optuna's name of the class, such as"
    f" `TPESampler` or"
    " `MedianPruner`: Add `type`",
    "{pruner: {type: A, arg: {}}}": f"{AT}.pruner.arg: unknown key 'arg': one of type, args: Did you"
    f" mean 'args'?",
    "{prunner: {type: A}}": f"{AT}.prunner: unknown key 'prunner': one of {KEYS}: Did you mean 'pruner'?",
    "{metrics: [{name: a}, {name: a}]}": f"{AT}.metrics[1].name: 'a' again: each metric once: Remove"
    f" one of them",
    "{metrics: {name: a}}": f"{AT}.metrics: {{name: 'a'}}: a list: Write it as a list",
    "{seed: true}": f"{AT}.seed: true: a whole number: Write a whole number",
    "{repeats: 0}": f"{AT}.repeats: 0: at least 1: Raise it",
    "{objective: bset}": f"{AT}.objective.rule: 'bset': one of last, best, mean_last_k, summary:"
    " Did you mean 'best'?",
    "{objective_timeout: 0}": f"{AT}.objective_timeout: 0: above 0: Raise it",
    "{invalid_values: ignore}": f"{AT}.invalid_values: 'ignore': one of fail, prune, worst: Choose one"
    f" of them",
    "{constraints: [{metric: a}]}": f"{AT}.constraints[0]: no bound: min, max, or both: Add `max: …`",
    "{constraints: [{metric: a, min: 2, max: 1}]}": f"{AT}.constraints[0].min: 2.0: at most max, which"
    f" is 1.0:"
    " Swap min and max",
    "{enqueue: [{x: 3}]}": f"{AT}.enqueue[0].x: 3: one of 1, 2: Move the point into the space, or widen"
    f" the space",
    "{enqueue: [{x: 1}, {y: 3}]}": f"{AT}.enqueue[1].y: unknown parameter 'y': one of x:"
    " Name a parameter of this sweep",
}


@pytest.mark.parametrize(("lines", "problem"), SETTINGS.items())
def test_each_problem_of_the_settings_has_its_sentence(lines: str, problem: str) -> None:
    assert problems_of(settings(lines)) == [problem]


@pytest.mark.parametrize(
    ("lines", "method"),
    [
        ("method: random", "random"),
        ("method: custom", "custom"),
        ("method:", "custom"),
        ("method: custom\nscheduler: {settings: {method: grid}}", "grid"),
        ("method: random\nscheduler: {settings: {method: grid}}", "random"),
    ],
)
def test_the_method_is_the_files_unless_it_leaves_it_to_the_settings(lines: str, method: str) -> None:
    assert SweepConfig.read(with_lines(lines)).method == method


@pytest.mark.parametrize(
    ("lines", "metrics"),
    [
        (
            "metric: {name: a, goal: maximize, target: 1e-3}",
            (Metric(name="a", minimize=False, target=0.001),),
        ),
        ("metric: {name: a, impute: latest}", (Metric(name="a", impute="latest"),)),
        ("metric:\nmetrics: [{name: a}, {name: b}]", (Metric(name="a"), Metric(name="b"))),
        (
            "scheduler: {settings: {metrics: [{name: a, goal: maximize}, {name: b}]}}",
            (Metric(name="a", minimize=False), Metric(name="b")),
        ),
    ],
)
def test_the_objectives_come_from_wherever_the_file_says_them(
    lines: str, metrics: tuple[Metric, ...]
) -> None:
    assert SweepConfig.read(with_lines(lines)).metrics == metrics


@pytest.mark.parametrize("method", ["grid", "random"])
def test_without_a_metric_a_grid_and_a_random_search_run_with_a_note(method: str) -> None:
    config = SweepConfig.read(with_lines(f"method: {method}\nmetric:"))
    assert config.metrics == ()
    note = f"metric: there is none, so this {method} sweep runs its points and compares nothing"
    assert config.notes == (note,)


@pytest.mark.parametrize(
    ("block", "meant"),
    [
        ("min_iter: 3", EarlyTerminate(min_iter=3)),
        ("min_iter: 3, eta: 2", EarlyTerminate(min_iter=3, eta=2.0)),
        ("min_iter: 3, strict: false", EarlyTerminate(min_iter=3, strict=False)),
        ("min_iter: 3, s: 2", EarlyTerminate(min_iter=3)),
        ("min_iter: 3, max_iter: 27", EarlyTerminate(min_iter=3)),
        ("max_iter: 27, s: 2", EarlyTerminate(max_iter=27, s=2)),
        ("max_iter: 27, s: 2.0, eta: 3", EarlyTerminate(max_iter=27, s=2)),
    ],
)
def test_hyperband_has_wandbs_defaults(block: str, meant: EarlyTerminate) -> None:
    config = SweepConfig.read(with_lines(f"early_terminate: {{type: hyperband, {block}}}"))
    assert config.early_terminate == meant


def test_the_users_file_stands_in_for_the_parameters() -> None:
    text = PLAIN.replace("latest}", "latest, settings: {optuna_source: me/p/space:v1}}")
    config = SweepConfig.read(text)
    assert config.parameters == ()
    assert config.source == Source(location="me/p/space:v1")
    assert config.source.is_artifact


def test_a_native_file_names_its_functions() -> None:
    lines = "scheduler: {job: a, engine: optuna, source: search.py, optimizer: make, search_space: space}"
    source = Source(location="search.py", objective="space", study="make", native=True)
    assert SweepConfig.read(with_lines(lines)).source == source


def test_a_native_file_without_a_search_space_needs_parameters() -> None:
    text = PLAIN.replace("latest}", "latest, source: search.py, optimizer: make}")
    assert problems_of(text) == [
        "parameters: missing: at least one parameter: Add `parameters: {name: {values: […]}}`"
    ]


def test_points_to_try_are_flat_and_have_numbers_where_numbers_are_meant() -> None:
    text = with_parameters(
        "lr: {min: 0.0, max: 1.0}\nopt: {parameters: {m: {values: [1, 2]}}}",
        PLAIN.replace("latest}", "latest, settings: {enqueue: [{lr: 1e-3, opt: {m: 2}}, {opt.m: 1}]}}"),
    )
    assert SweepConfig.read(text).settings.enqueue == ({"lr": 0.001, "opt.m": 2}, {"opt.m": 1})


def test_one_rule_for_the_objective_may_be_written_as_a_text() -> None:
    short = SweepConfig.read(settings("{objective: best}")).settings.objective
    long = SweepConfig.read(settings("{objective: {rule: best}}")).settings.objective
    assert (short.rule, long.rule) == ("best", "best")


def test_a_sampler_that_is_named_may_search_a_grid_over_ranges() -> None:
    head = PLAIN.replace("bayes", "grid").replace(
        "latest}", "latest, settings: {sampler: {type: QMCSampler}}}"
    )
    assert SweepConfig.read(with_parameters("x: {min: 0.0, max: 1.0}", head)).method == "grid"


NOTES = {
    "metrc: {name: a}": "metrc: neither W&B nor this scheduler knows this key, so it has no effect."
    " Did you mean 'metric'?",
    "tags: [a]": "tags: neither W&B nor this scheduler knows this key, so it has no effect.",
    "job:": "job: `wandb launch-sweep` needs the training `job`, or an `image_uri`",
    "scheduler:": "scheduler.job: without it, `wandb launch-sweep` does not use this scheduler",
    "command: ['${lr}']": "command[0]: ${lr} is no macro of W&B and is passed on as it is. W&B's are env,"
    " interpreter, program, args, args_no_equals, args_no_hyphens, args_no_boolean_flags, args_append_hydra,"
    " args_override_hydra, args_json, args_json_file",
    "command: ['${args_no_hyphen}']": "command[0]: ${args_no_hyphen} is no macro of W&B and is passed"
    " on as it is."
    " Did you mean 'args_no_hyphens'?",
    "early_terminate: {type: hyperband, min_iter: 1, s: 2}": "early_terminate.s: has no effect without"
    " max_iter,"
    " as in W&B",
    "method: grid\nmetric:\nearly_terminate: {type: hyperband, min_iter: 1}": "early_terminate: stops"
    " nothing,"
    " because there is no metric",
}


@pytest.mark.parametrize(("lines", "note"), NOTES.items())
def test_what_has_no_effect_is_noted(lines: str, note: str) -> None:
    assert note in SweepConfig.read(with_lines(lines)).notes


def test_words_of_the_command_that_are_numbers_are_text() -> None:
    text = with_lines("command: [python, '${program}', -1, 0.5, true]")
    assert SweepConfig.read(text).command == ("python", "${program}", "-1", "0.5", "true")


def test_the_config_as_a_running_job_puts_it_together_is_read_the_same() -> None:
    added = {"x": {"min": 0, "max": 3, "distribution": "int_uniform"}}
    raw = {"method": "bayes", "metric": {"name": "loss"}, "job": "a", "parameters": added}
    config = SweepConfig.parse(
        {**raw, "scheduler": {"job": "b", "settings": {"method": "bayes"}}, "launch": {}}
    )
    assert config.parameters == SweepConfig.read(with_parameters("x: {min: 0, max: 3}")).parameters


@pytest.mark.parametrize("raw", [None, [], 3, "text", {}, True])
def test_what_is_no_mapping_is_one_problem(raw: object) -> None:
    with pytest.raises(ConfigError) as caught:
        SweepConfig.parse(raw)
    assert [problem.path for problem in caught.value.problems] == ["sweep file"]


def test_a_setting_that_is_left_empty_is_left_out() -> None:
    read = SweepConfig.read(settings("{sampler: {type: TPESampler, args: }, enqueue: , seed: , objective: }"))
    assert read.settings == SweepConfig.read(settings("{sampler: {type: TPESampler}}")).settings
