"""A local W&B: enough of the server for real wandb clients to run a launch sweep.

It is a program of its own. The scheduler meets it only over HTTP, at the address that
``WANDB_BASE_URL`` names, and nothing here imports the scheduler, Optuna or wandb.

::

    serving        starts the server as a process and hands out its address (tests, demo)
    __main__       `python -m sandbox serve`
    server         HTTP: GraphQL, file streams, storage, the front page
    schema/*       what clients may ask, one file a noun, as GraphQL SDL
    world          everything that is true in this W&B, in memory
    accounts, projects, runs, history, file_stream, files, artifacts     runs and their data
    sweeps, queues, agents                                               what launches them
    choices        every behaviour of the real server that nobody here could prove
    requests_log   who asked what, for request budgets
    faults         failures on demand

A noun's module holds its state and, in ``bindables``, the resolvers of its part of the
schema. What the schema does not name is an error that names the operation; nothing
succeeds quietly.
"""
