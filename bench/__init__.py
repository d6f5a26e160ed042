"""What the scheduler costs and what it wins, measured beside its peers in the same run.

``python -m bench`` runs everything, ``python -m bench overhead`` one. Each benchmark is a module
(or a package) of its name with a ``run() -> Result``, those in ``TAKE_THEIR_TIME`` with a
``run(thorough=…)`` for the published figures; what it finds goes to
``bench/results/<name>.json`` and between its markers in ``docs/benchmarks.md``.

Benchmarks assert nothing: machines differ, so what counts is the ratio of two things that ran side
by side, interleaved. The counts that do not depend on a machine (requests) are held by tests.

::

    __main__ ─▶ requests, idle, overhead, reporting, scale, shared ─▶ sweeps, world ─▶ optuna_sweep
            ├─▶ pruning, efficiency ─▶ crew
            └─▶ page ─▶ result, machine
"""
