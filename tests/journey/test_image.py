"""The image: its steps carried out, and the job that comes out of them at work as a user without rights."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.journey.image import Image, NotUnderstood, python_for_everybody, steps
from tests.journey.rough_stage import RoughStage, light, open_rough_stage
from tests.journey.stage import QUEUE, ROOT
from tests.journey.sweep_files import PROJECT

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    python = python_for_everybody()
    if os.getuid():
        pytest.skip("only root may give files to another user and start a process as one")
    if python is None:
        pytest.skip("this machine has no Python 3.11 that another user may run")
    # Not pytest's folder, which only its owner may enter.
    root = Path(tempfile.mkdtemp(prefix="image-"))
    root.chmod(0o755)
    yield Image(context=ROOT, root=root, python=python).build()
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoughStage]:
    with open_rough_stage(tmp_path_factory.mktemp("image")) as stage, stage.agent():
        yield stage


def start(image: Image, *words: str, **env: str) -> tuple[int, str]:
    process = image.start(*words, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said, _ = process.communicate(timeout=120)
    finally:
        process.kill()
    return process.returncode, said


def test_a_step_that_nobody_carries_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("HEALTHCHECK NONE\n")
    with pytest.raises(NotUnderstood, match="HEALTHCHECK NONE"):
        Image(context=tmp_path, root=tmp_path, python=tmp_path).build()


def test_the_requirements_come_before_the_code_so_that_their_layer_is_kept() -> None:
    order = [rest for step, rest in steps((ROOT / "Dockerfile").read_text()) if step in ("RUN", "COPY")]
    installs = next(place for place, rest in enumerate(order) if rest.startswith("pip install"))
    assert order[installs - 1].startswith("requirements.lock ")
    assert not [rest for rest in order[:installs] if "optuna_s" in rest]


def test_the_base_is_slim_and_of_one_release(image: Image) -> None:
    name, _, tag = image.base.partition(":")
    release, kind, *_ = tag.split("-")
    assert (name, kind, len(release.split("."))) == ("python", "slim", 3)


def test_the_image_holds_what_ships_and_its_user_may_change_none_of_it(image: Image) -> None:
    files = sorted(path.name for path in image.inside(".").iterdir() if path.name != "wandb")
    assert files == ["optuna_scheduler.py", "optuna_sweep", "requirements.lock", "requirements.txt"]
    assert not [path for path in image.inside(".").rglob("*.py") if path.stat().st_uid != 0]
    assert image.user[0] != 0


def test_the_image_tells_what_it_can_do(image: Image) -> None:
    code, said = start(image, "--help")
    assert (code, "--num_workers" in said) == (0, True), said


def test_the_image_drives_a_sweep(image: Image, stage: RoughStage) -> None:
    file = image.root / "sweep.yaml"
    file.write_text(yaml.safe_dump(light(run_cap=2)))
    where = ["--queue", QUEUE, "--entity", stage.sandbox.entity, "--project", PROJECT]
    home = image.root / "home"
    home.mkdir()
    os.chown(home, *image.user)
    account = {"WANDB_BASE_URL": stage.sandbox.url, "WANDB_API_KEY": stage.sandbox.key, "HOME": str(home)}
    code, said = start(image, "start", str(file), *where, **account)
    assert code == 0, said
    assert "The sweep ends as finished." in said
    first = next(line for line in said.splitlines() if "optuna: " in line)
    assert "Scheduler 1" in first and "with wandb 0.31.0, Optuna 5.0.0, Python 3." in first
    assert (image.inside("wandb")).stat().st_uid == image.user[0]
