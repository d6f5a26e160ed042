import pytest

from optuna_sweep.config import SweepConfig
from tests.unit.config.files import problems_of, with_lines, with_settings


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


def test_a_repeated_key_does_not_hide_the_other_problems() -> None:
    text = with_lines("run_cap: 3\nmethod: bayesian") + "\nrun_cap: 0"
    assert [line.split(":")[0] for line in problems_of(text)] == ["run_cap", "method", "run_cap"]


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
    "prior_runs: {a: b}": "prior_runs: {a: 'b'}: a list: Write it as a list",
    "prior_runs: [1a2b3c4d, 'https://wandb.ai/e/p/runs/1a2b3c4d']": "prior_runs[1]:"
    " 'https://wandb.ai/e/p/runs/1a2b3c4d': the id of a run: run, project/run or entity/project/run:"
    " Write the id that ends its address",
    "seed: 3": "seed: the key 'seed' at the top level: scheduler.settings.seed: Move it to"
    " `scheduler.settings.seed`",
    "1: 2": "sweep file: the key 1: text keys: Put the key in quotes, or remove it",
}


@pytest.mark.parametrize(("lines", "problem"), PROBLEMS.items())
def test_each_problem_of_a_file_has_its_sentence(lines: str, problem: str) -> None:
    assert problems_of(with_lines(lines)) == [problem]


def test_a_point_too_far_out_to_count_its_steps_is_outside() -> None:
    space = "parameters: {x: {distribution: q_normal, mu: 0, sigma: 1, q: 0.5}}"
    settings = "scheduler: {job: a, settings: {enqueue: [{x: 1.0e+308}]}}"
    (line,) = problems_of(with_lines(f"{space}\n{settings}"))
    assert line.startswith(
        "scheduler.settings.enqueue[0].x: 1e+308: a number from -inf to inf, a multiple of 0.5"
    )


def test_names_and_values_of_several_lines_are_told_in_one() -> None:
    text = with_lines('parameters: {"a\\nb": {values: [1, 1]}, "c\\nd": 3}\nearly_terminate: "x\\ny"')
    told = problems_of(text)
    assert [line.split(":")[0] for line in told] == ["early_terminate", "parameters.c d"]
    assert not any("\n" in line for line in told)
    (note,) = SweepConfig.read(with_lines('parameters: {"a\\nb": {values: [1, 1, 2]}}')).notes
    assert note.startswith("parameters.a b.values: ") and "\n" not in note


KEYS = (
    "sampler, pruner, method, metrics, optuna_source, optuna_source_filename, objective_timeout, seed,"
    " study_name,"
    " objective, step_metric, invalid_values, enqueue, warm_start, repeats, constraints,"
    " retry, stop, alerts, max_requests_per_minute, storage"
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
    "{objective_timout: 3}": f"{AT}.objective_timout: unknown key 'objective_timout': one of {KEYS}: Did you"
    f" mean 'objective_timeout'?",
    "{optuna_source_fillename: a}": f"{AT}.optuna_source_fillename: unknown key 'optuna_source_fillename':"
    f" one of {KEYS}: Did you mean 'optuna_source_filename'?",
    "{metrics: [{name: a}, {name: a}]}": f"{AT}.metrics[1].name: 'a' again: each metric once: Remove"
    f" one of them",
    "{metrics: {name: a}}": f"{AT}.metrics: {{name: 'a'}}: a list: Write it as a list",
    "{metrics: [loss]}": f"{AT}.metrics[0]: 'loss': a mapping with name, goal, target, impute,"
    " impute_while_running: Write `name: loss` after the dash",
    "{seed: true}": f"{AT}.seed: true: a whole number: Write a whole number",
    "{repeats: 100000000000}": f"{AT}.repeats: 100000000000: at most 1000: Lower it",
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
    "{warm_start: a/b/sweeps/c}": f"{AT}.warm_start[0]: 'a/b/sweeps/c': sweep, project/sweep or"
    " entity/project/sweep, or an artifact as entity/project/name:alias: Write the name, not the address of"
    " its page",
    "{enqueue: [{x: 3}]}": f"{AT}.enqueue[0].x: 3: one of 1, 2: Move the point into the space, or widen"
    f" the space",
    "{enqueue: [{x: 1}, {y: 3}]}": f"{AT}.enqueue[1].y: unknown parameter 'y': one of x:"
    " Name a parameter of this sweep",
}


@pytest.mark.parametrize(("lines", "problem"), SETTINGS.items())
def test_each_problem_of_the_settings_has_its_sentence(lines: str, problem: str) -> None:
    assert problems_of(with_settings(lines)) == [problem]
