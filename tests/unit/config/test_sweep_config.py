import pytest

from optuna_sweep.config import EarlyTerminate, Metric, Source, SweepConfig
from optuna_sweep.errors import ConfigError
from tests.unit.config.files import PLAIN, problems_of, with_lines, with_parameters, with_settings


def test_a_plain_file_is_read_without_a_note() -> None:
    config = SweepConfig.read(with_parameters("x: {min: 0.0, max: 1.0}"))
    assert config.method == "bayes"
    assert config.metrics == (Metric(name="loss"),)
    assert config.job == "me/mine/job-train:latest"
    assert config.notes == ()


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
    short = SweepConfig.read(with_settings("{objective: best}")).settings.objective
    long = SweepConfig.read(with_settings("{objective: {rule: best}}")).settings.objective
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
    "command: ['--lr=${lrr}']": "command[0]: ${lrr} is no macro of W&B and is passed on as it is. W&B's are"
    " env, interpreter, program, args, args_no_equals, args_no_hyphens, args_no_boolean_flags,"
    " args_append_hydra, args_override_hydra, args_json, args_json_file",
    "command: ['--all=${args}']": "command[0]: W&B replaces ${args} only where it is a word of its own, not"
    " here",
    "command: ['${env_vars:A}', '${envvar:lower}']": "command: ${env_vars:A}, ${envvar:lower} are no macros"
    " of W&B and are passed on as they are. W&B's are env, interpreter, program, args, args_no_equals,"
    " args_no_hyphens, args_no_boolean_flags, args_append_hydra, args_override_hydra, args_json,"
    " args_json_file",
    "command: ['${env_vars:A}']": "command[0]: ${env_vars:A} is no macro of W&B and is passed on as it is."
    " Write ${envvar:NAME}, in capitals",
    "command: ['${args_no_hyphns}']": "command[0]: ${args_no_hyphns} is no macro of W&B and is passed on as"
    " it is. Did you mean 'args_no_hyphens'?",
    "folds: {value: 3}": "folds: neither W&B nor this scheduler knows this key, so it has no effect."
    " If it is a parameter, indent it below `parameters:`",
    "run_name: a": "run_name: neither W&B nor this scheduler knows this key, so it has no effect.",
    "metric: {name: loss, impute_while_running: best}": "metric: impute_while_running has no effect:"
    " Optuna is told of a run when it has ended",
    "early_terminate: {type: hyperband, min_iter: 1, s: 2}": "early_terminate.s: has no effect without"
    " max_iter,"
    " as in W&B",
    "metric:\nmetrics: [{name: loss, target: 1}, {name: ms}]": "target of loss:"
    " ends nothing, because there are several metrics",
    "method: random\nmetric:\nscheduler: {settings: {stop: {patience: 9}}}": "scheduler.settings.stop"
    ".patience: ends nothing, because there is no metric",
    "method: grid\nmetric:\nearly_terminate: {type: hyperband, min_iter: 1}": "early_terminate: stops"
    " nothing,"
    " because there is no metric",
}


@pytest.mark.parametrize(("lines", "note"), NOTES.items())
def test_what_has_no_effect_is_noted(lines: str, note: str) -> None:
    assert note in SweepConfig.read(with_lines(lines)).notes


@pytest.mark.parametrize("word", ["${envvar:HOME}", "--data=${envvar:DATA_2}/a", "${args}", "$HOME"])
def test_what_is_replaced_or_no_macro_at_all_is_not_noted(word: str) -> None:
    notes = SweepConfig.read(with_lines(f"command: ['{word}']")).notes
    assert not any(note.startswith("command") for note in notes)


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
    read = SweepConfig.read(
        with_settings("{sampler: {type: TPESampler, args: }, enqueue: , seed: , objective: }")
    )
    assert read.settings == SweepConfig.read(with_settings("{sampler: {type: TPESampler}}")).settings


def test_points_of_a_space_with_a_problem_are_no_second_problem() -> None:
    head = PLAIN.replace("latest}", "latest, settings: {enqueue: [{x: 1}]}}")
    assert problems_of(with_parameters("x: {min: 2, max: 1}", head)) == [
        "parameters.x.min: 2: at most max, which is 1: Swap min and max"
    ]


def test_numbers_without_a_dot_are_numbers_wherever_the_settings_mean_one() -> None:
    read = SweepConfig.read(
        with_settings(
            "{seed: 1e3, repeats: 1e0, objective: {rule: mean_last_k, k: 1e1}, objective_timeout: 5e-1,"
            " max_requests_per_minute: 2e2, constraints: [{metric: ms, min: 1e-3, max: 1e3}],"
            " metrics: [{name: a, target: 1e-4}], stop: {target: 1e-4, patience: 2e1, timeout: 1e3}}"
        )
    ).settings
    assert (read.seed, read.repeats, read.objective.k, read.objective_timeout) == (1000, 1, 10, 0.5)
    assert (read.max_requests_per_minute, read.metrics[0].target) == (200, 1e-4)
    assert [(bound.min, bound.max) for bound in read.constraints] == [(1e-3, 1e3)]
    assert (read.stop.target, read.stop.patience, read.stop.timeout) == (1e-4, 20, 1000.0)


def test_a_false_without_quotes_is_the_one_that_w_and_b_means() -> None:
    read = SweepConfig.read(with_lines("metric: {name: loss, impute_while_running: false}"))
    assert read.metrics == (Metric(name="loss"),)
    assert not any("impute" in note for note in read.notes)
