"""A local W&B: enough of the server for real wandb clients to run a launch sweep.

It is a program of its own. The scheduler meets it only over HTTP, at the address that
``WANDB_BASE_URL`` names, and nothing here imports the scheduler, Optuna or wandb.

::

    the server, a process
      __main__            `python -m sandbox serve`
      server              HTTP: which address means what, and who may ask
      graphql_endpoint    documents in, answers out
      schema/*            what clients may ask, one file a noun, as GraphQL SDL
      world               everything that is true in this W&B, in memory, and its clock
      choices             every behaviour of the real server that nobody here could prove
      accounts, projects                      who is here, and where things stand
      runs, run_*                             a run's life; how it is changed, shown and found
      file_stream, history, files             what a live run sends, and how it is read
      artifacts, artifact_*                   versions of files, by name and alias
      sweeps*, queues*, agents, orders        what searches, what waits, what launches
      ids, paging, scalars                    how the API writes ids, lists and moments
      requests_log, faults                    who asked what; failures on demand
      controls, front_page, sweep_pages       what a person does and sees on W&B's pages
      dashboards                              optuna-dashboard on a sweep's study, as its own process

    what uses it, from outside
      serving             starts the server as a process and hands out its address
      asking              questions and orders to a running sandbox
      launching           the real agent and command line of W&B on a sandbox
      docker_stand_in     `docker` where no Docker engine answers

A noun's module holds its state; the resolvers of its part of the schema are the ``bindables`` of
the module that `server.NOUNS` names. What the schema does not name is an error that names the
operation: nothing succeeds quietly.
"""
