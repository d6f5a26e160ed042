"""`python -m sandbox serve`: the local W&B as a program."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

import click
import uvicorn

from sandbox import choices
from sandbox.accounts import KEY
from sandbox.server import Server
from sandbox.world import World

HOST = "127.0.0.1"


@click.group()
def main() -> None:
    """A local W&B for demos and tests."""


@main.command()
@click.option("--port", default=8080, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder for files.  [default: a temporary one]")
@click.option("--team", "teams", multiple=True, help="An entity beside the account's own.")
@click.option(
    "--heartbeat-timeout",
    default=choices.HEARTBEAT_TIMEOUT,
    show_default=True,
    help="Seconds of silence after which a run is called crashed.",
)
def serve(port: int, data: Path | None, teams: tuple[str, ...], heartbeat_timeout: float) -> None:
    """Serve until SIGTERM or ctrl-C. State is in memory and goes with the process."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn shuts down first and then raises the signal again: the files go too, and the end is clean.
        signal.signal(number, lambda *_: sys.exit(0))
    listener = _listen(port)
    base_url = f"http://{HOST}:{listener.getsockname()[1]}"
    with tempfile.TemporaryDirectory(prefix="sandbox-") as temporary:
        world = World(data=data or Path(temporary), clock=time.time, base_url=base_url, teams=teams)
        world.runs.heartbeat_timeout = heartbeat_timeout
        # Before the address is printed: who reads it may rely on a server that works.
        server = Server(world)
        click.echo(f"W&B sandbox at {base_url}\nWANDB_BASE_URL={base_url}\nWANDB_API_KEY={KEY}")
        config = uvicorn.Config(server, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            server.dashboards.close()


def _listen(port: int) -> socket.socket:
    """A listening socket, made before the URL is printed: who reads the line may connect."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        raise click.ClickException(
            f"--port {port}: {error.strerror}: choose another, or 0 for a free one"
        ) from None
    listener.listen(128)
    return listener


if __name__ == "__main__":
    main()
