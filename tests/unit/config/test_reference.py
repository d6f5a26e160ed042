import json
from pathlib import Path

import jsonschema
import pytest

from optuna_sweep.config import SweepConfig, load_yaml
from optuna_sweep.config.reference import renewed
from optuna_sweep.config.schema import json_schema
from optuna_sweep.config.settings import Settings
from tests.unit.config.corpus import RUNNING

SCHEMA = json_schema()
PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_settings_page_is_as_the_models_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run `python -m optuna_sweep.config.reference`"


def test_every_setting_has_a_row_with_a_meaning() -> None:
    rows = [
        line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    meanings = {row[1].strip(" `"): row[-2].strip() for row in rows}
    assert all(meanings.get(key) for key in Settings.model_fields)


def test_a_page_without_markers_is_not_overwritten() -> None:
    with pytest.raises(ValueError, match="the document has no"):
        renewed("# Settings")


def test_the_example_of_the_settings_page_runs_without_a_note() -> None:
    example = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert SweepConfig.read(example).notes == ()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", RUNNING.values(), ids=RUNNING)
def test_the_schema_accepts_what_runs(text: str) -> None:
    as_json = json.loads(json.dumps(load_yaml(text), default=str))
    jsonschema.Draft202012Validator(SCHEMA).validate(as_json)


@pytest.mark.parametrize(
    "settings",
    [{"sampler": "TPESampler"}, {"prunner": {"type": "NopPruner"}}, {"objective": "bset"}, {"repeats": 0}],
)
def test_the_schema_refuses_wrong_settings(settings: object) -> None:
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors({"scheduler": {"settings": settings}})
    assert list(errors)
