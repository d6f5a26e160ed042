# The words of the project. Each makes the environment first, where it is missing or out of date.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.made-from-requirements
BENCH ?=
THOROUGH ?=
CELLS ?=
# Journeys mostly wait, so more of them fit beside each other than there are processors.
SIDE_BY_SIDE ?= 3
WITH_TORCH := $(VENV)/.made-from-requirements-examples
TORCH_EXAMPLES := lightning pytorch_sweep

.PHONY: bench demo example test matrix live check format lock job clean help

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*##/make \1 -/p' $(MAKEFILE_LIST)

demo: $(READY)  ## a whole launch sweep, without an account and without Docker, in under four minutes
	@$(BIN)/python -m demo

example: $(if $(filter $(TORCH_EXAMPLES),$(NAME)),$(WITH_TORCH),$(READY))  ## one of examples/ on a local W&B: make example NAME=quadratic
	@$(BIN)/python -m demo.example $(NAME)

bench: $(READY)  ## measure beside the peers, all or some (BENCH=pruning), with more seeds (THOROUGH=1), and write docs/benchmarks.md
	$(BIN)/python -m bench $(if $(THOROUGH),--thorough) $(BENCH)

test: $(WITH_TORCH)  ## every test: unit, thorough, contract, journeys with real processes
	$(BIN)/python -m pytest --numprocesses $(SIDE_BY_SIDE) --dist loadgroup --no-loadscope-reorder

matrix: $(READY)  ## contract and journey tests over the supported releases of wandb and Optuna, all cells or some (CELLS=oldest)
	@$(BIN)/python -m matrix --numprocesses $(SIDE_BY_SIDE) $(CELLS)

live: $(READY)  ## the launch contract against your W&B: make live, with WANDB_API_KEY and WANDB_ENTITY set
	$(BIN)/python -m pytest -m live tests/live

check: $(READY)  ## lint, format and types, changing nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@for job in jobs/*/; do (cd $$job && echo $$job && ../../$(BIN)/mypy --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache/$$job *.py) || exit; done
	$(BIN)/hadolint Dockerfile

format: $(READY)  ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY)  ## pin what the job needs, with hashes, to the newest releases that requirements.txt allows
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --custom-compile-command "make lock" --quiet --output-file requirements.lock requirements.txt

job: $(READY)  ## register the scheduler job with your W&B: make job ENTITY=… PROJECT=…
	@test -n "$(ENTITY)" -a -n "$(PROJECT)" || { echo "make job ENTITY=<entity> PROJECT=<project>" >&2; exit 2; }
	$(BIN)/python optuna_scheduler.py --entity "$(ENTITY)" --project "$(PROJECT)"

clean:  ## remove what was made, the environment included
	rm -rf $(VENV) .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $$($(PYTHON) --version) was found: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(WITH_TORCH): $(READY) requirements-examples.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-examples.txt
	@touch $@
