"""What `make demo` and `make example` run: whole launch sweeps on this machine, told as they happen.

::

    __main__   the plot: set the stage, launch the sweep, tell it, sum it up
    stage      sandbox, queue, jobs and agent, up for the length of a `with`
    plan       what the sweep file says
    reading    the sweep and its runs, asked of W&B's API once every other second
    telling    what changed since the last look, as lines for people
    screen     a terminal, or a pipe
    leftovers  what ends a moment after the rest, and is waited for
    summary    the table of the trials, the best one, and what pruning saved

    example    the plot of `make example`: follow READMEs, tell how the sweeps end
    readme     the commands of a README
    workshop   sandbox, queue and agent, and a copy of the project in which commands run
    results    a sweep as its scheduler's own run shows it

It sees the sweep as any W&B client does, over HTTP, and knows nothing of the scheduler
but the command that registers it. Logs stay in `.demo/` until the next demo.
"""
