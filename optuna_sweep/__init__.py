"""The Optuna scheduler for W&B Launch sweeps: the map of the house.

What flows, from a sweep file to a told trial::

    sweep file ─ config ─▶ SweepConfig ─┬─ parameters ─▶ space.Declared ───┐
    user file ─ user_file ▶ UserFile ───┼─ objective ──▶ space.Programmed ─┴▶ SearchSpace ─┐
                                        └─ sampler, pruner, study ─▶ components, study ────┴▶ search
    search.ask() ─ supply ─▶ Proposal ─ fleet ─▶ launch.start_runs()
    launch.snapshot() ─▶ Observation ─ loop ─▶ search.tell() ─▶ Verdict

Where things are decided:

- what a sweep file may say, and each sentence about what is wrong with it: ``config``
- how a trial gets its parameters: ``space``; which sampler and pruner: ``components``, ``study``
- where the user's ``objective(trial)`` runs, and what it may ask there: ``objective``
- no configuration twice: ``novelty``; points to begin with: ``starting_points``
- what a run's history is worth: ``measure``; how a run ended and what its trial is told: ``endings``
- repeats, retries, and that a trial is told once: ``search``
- started once, stopped for certain, preempted, lost on the queue: ``fleet``
- when a sweep is done: ``stopping``; in which state it is left: ``loop``
- what a scheduler does about what another one left behind: ``recovery``, ``search.recovering``
- how long to bear that W&B does not answer: ``patience``
- anything at all about W&B: ``wandb_adapter``, the only folder that imports wandb

Imports go down only: entry point, ``cli``, ``scheduler``, ``wandb_adapter``, ``loop``, ``search``,
``study``, ``space``, ``config``, ``outcomes``. ``launch`` is the port between the sweep and the
world: ``wandb_adapter`` keeps its promises over W&B, the tests keep them in memory.
"""
