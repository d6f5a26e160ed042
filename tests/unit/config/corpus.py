"""Sweep files in the forms that people really write, reduced to what makes each of them special."""

from __future__ import annotations

RUNNING = {
    "learning rates without a dot": """
program: train.py
method: bayes
metric: {name: val/loss, goal: minimize}
parameters:
  lr: {distribution: log_uniform_values, min: 1e-5, max: 1e-3}
  decay: {values: [1e-4, 1e-5, 0]}
  eps: {value: 1e-8}
""",
    "texts that look like numbers": """
method: random
metric: {name: accuracy, goal: maximize}
parameters:
  hidden: {values: ["128", "256,64"]}
""",
    "one value each": """
method: grid
parameters:
  model: {values: [resnet]}
  seed: {values: [1, 2, 3]}
""",
    "values that are false, zero, or lists": """
method: grid
metric: {name: f1 score, goal: maximize}
parameters:
  pretrained: {value: false}
  dropout: {value: 0.0}
  workers: {value: 0}
  tags: {value: []}
  arch: {values: [[32, 32], [400, 300]]}
  norm: {values: ["None", batch, "true"]}
  bias: {values: [true, false]}
""",
    "natural logarithms": """
method: bayes
metric: {goal: minimize, name: overall}
parameters:
  optimize: {distribution: log_uniform, max: -2, min: -5}
  scaling: {distribution: log_uniform, max: 6.0, min: -1.0}
  alpha: {distribution: log_uniform, max: 0, min: -2}
""",
    "natural logarithms that look like values": """
method: bayes
metric: {name: loss, goal: minimize}
parameters:
  lr: {distribution: log_uniform, min: 0.00001, max: 0.1}
""",
    "uniform between integers, and mixed bounds": """
method: random
metric: {name: loss, goal: minimize}
parameters:
  a: {distribution: uniform, min: 0, max: 1}
  b: {distribution: uniform, min: 0, max: 0.5}
  c: {min: 0, max: 0.5}
  d: {min: 1, max: 20}
""",
    "quantised": """
method: random
metric: {name: loss, goal: minimize}
parameters:
  batch: {distribution: q_log_uniform_values, q: 8, min: 32, max: 256}
  units: {distribution: q_uniform, min: 8, max: 64}
  width: {distribution: q_log_uniform, q: 1, min: 0, max: 4}
""",
    "a grid over integers": """
method: grid
metric: {name: reward, goal: maximize}
parameters:
  depth: {min: 1, max: 6}
  width: {distribution: q_uniform, q: 16, min: 16, max: 64}
""",
    "a grid with hyperband": """
method: grid
metric: {name: epoch/val_loss, goal: minimize}
early_terminate: {type: hyperband, max_iter: 27, s: 2, eta: 3}
parameters: {x: {values: [1, 2, 3]}}
""",
    "hyperband by its first bracket": """
method: bayes
metric: {name: val.loss, goal: minimize}
early_terminate: {type: hyperband, min_iter: 3}
parameters: {x: {min: 0.0, max: 1.0}}
""",
    "hyperband with both ends": """
method: bayes
metric: {name: loss, goal: minimize}
early_terminate: {type: hyperband, min_iter: 3, max_iter: 27}
parameters: {x: {min: 0.0, max: 1.0}}
""",
    "random without a metric": """
method: random
parameters: {x: {min: 0.0, max: 1.0}}
""",
    "a command with numbers and macros": """
method: bayes
metric: {name: loss}
command: ["${env}", python3, "${program}", --gpus, 2, --lr, 0.1, "${args_no_hyphens}", "out=${run}/x"]
program: main.py
parameters: {x: {values: [1, 2]}}
""",
    "an own macro": """
method: bayes
metric: {name: loss}
command: [python, main.py, "${lr}", "${envvar:HOME}"]
parameters: {lr: {values: [1, 2]}}
""",
    "names for hydra": """
method: bayes
metric: {name: test/acc best, goal: maximize}
parameters:
  model.lr: {min: 0.001, max: 0.1}
  l2-weight: {values: [0, 1]}
  +experiment: {value: base}
""",
    "nested parameters": """
method: bayes
metric: {name: loss}
parameters:
  optimizer:
    parameters:
      lr: {min: 0.001, max: 0.1}
      schedule: {parameters: {warmup: {values: [0, 100]}}}
""",
    "everything in the heading": """
name: 3
description: 2024-01-31
project: 2023
entity: me
program: train.py
method: bayes
metric: {name: loss, goal: minimize, target: 0.01}
run_cap: 50
parameters: {x: {values: [1, 2]}}
""",
    "keys that W&B ignores": """
method: bayes
metric: {name: loss}
notes: try again
tags: [a]
parameters: {x: {values: [1, 2]}}
""",
    "nothing left to search": """
method: grid
metric: {name: loss}
parameters: {x: {value: 1}, y: {values: [2]}}
""",
    "a value listed twice": """
method: grid
metric: {name: loss}
parameters: {x: {values: [1, 2, 2]}}
""",
    "anchors": """
method: random
metric: {name: loss}
parameters:
  a: &unit {min: 0.0, max: 1.0}
  b: *unit
""",
    "nulls among the values": """
method: bayes
metric: {name: loss, goal: maximize}
parameters: {a: {values: [null, 1, 2]}, b: {value: null}}
""",
    "bell curves and probabilities": """
method: bayes
metric: {name: loss, goal: maximize}
parameters:
  a: {distribution: normal, mu: 100, sigma: 10}
  b: {values: [1, 2, 3], probabilities: [0.5, 0.25, 0.25]}
""",
    "a launch sweep with a scheduler job and no method": """
scheduler:
  job: me/jobs/job-optuna:latest
  resource: local-container
  num_workers: 2
  settings:
    pruner: {type: PercentilePruner, args: {percentile: 25.0, n_warmup_steps: 10}}
    sampler: {type: TPESampler}
job: me/jobs/job-train:latest
run_cap: 2
metric: {goal: maximize, name: val_acc}
parameters: {epochs: {values: [10, 25]}}
""",
    "a launch sweep whose file defines the space": """
scheduler:
  job: me/jobs/job-optuna:latest
  settings: {optuna_source: me/p/optuna-config:latest, optuna_source_filename: optuna_wandb.py}
job: me/jobs/job-train:latest
metric: {goal: maximize, name: val_acc}
""",
    "a method in the settings": """
scheduler: {job: me/jobs/job-optuna:latest, settings: {method: random}}
image_uri: ghcr.io/me/train:1
metric: {goal: maximize, name: val_acc}
parameters: {x: {min: 0.0, max: 1.0}}
""",
    "W&B's own Optuna engine": """
method: custom
metrics: [{name: loss}, {name: acc, goal: maximize}]
scheduler: {job: a/b/c:latest, engine: optuna, source: search.py, optimizer: make, search_space: space}
job: me/jobs/job-train:latest
""",
}
