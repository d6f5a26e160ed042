"""What the scheduler costs and what it wins, measured beside its peers in the same run.

``python -m bench`` runs everything, ``python -m bench overhead`` one. Each benchmark is a module
(or a package) of its name with a ``run() -> Result``; what it finds goes to
``bench/results/<name>.json`` and between its markers in ``docs/benchmarks.md``.

Benchmarks assert nothing: machines differ, so what counts is the ratio of two things that ran side
by side, interleaved. The counts that do not depend on a machine (requests) are held by tests.

::

    __main__ ─▶ requests, overhead, pruning, efficiency, scale ─▶ sweeps, world ─▶ optuna_sweep
            └─▶ page ─▶ result, machine
"""
