"""The sandbox as a process of its own, for tests and the demo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from sandbox import choices
from sandbox.accounts import KEY, PERSON
from sandbox.docker_stand_in import engine_answers, path_with_docker

ROOT = Path(__file__).resolve().parent.parent
SHUTDOWN_SECONDS = 10.0


class Sandbox:
    """A running sandbox: started on entry, stopped on exit, whatever happened between.

    Args:
        port: Its port on 127.0.0.1; 0 takes a free one.
        data: A folder for files; None for one that goes with the process.
        log: A file for what the server complains about; None: this process's stderr.
        heartbeat_timeout: Seconds of silence after which a run is called crashed. A live
            client speaks every 15 to 30 s, so 40 s is short and safe.

    Attributes:
        url: The address, for ``WANDB_BASE_URL``.
        key: The key of the only account.
        entity: The account's entity.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        data: Path | None = None,
        log: Path | None = None,
        heartbeat_timeout: float = choices.HEARTBEAT_TIMEOUT,
    ) -> None:
        self._options = ["--port", str(port), "--heartbeat-timeout", str(heartbeat_timeout)]
        self._options += ["--data", str(data)] if data else []
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.key = KEY
        self.entity = PERSON

    def __enter__(self) -> Sandbox:
        command = [sys.executable, "-m", "sandbox", "serve", *self._options]
        with self._log.open("a") if self._log else nullcontext() as errors:
            self._process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self.url = _address(self._process.stdout)
        if not self.url:
            self._stop()
            raise RuntimeError(f"the sandbox did not start: see what {' '.join(command)} says")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def env(self, home: Path) -> dict[str, str]:
        """The environment of a client process that sees this W&B only.

        Args:
            home: A folder of its own for settings, caches, logs and ``.netrc``.
        """
        folders = ("WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_CONFIG_DIR", "WANDB_DATA_DIR", "WANDB_ARTIFACT_DIR")
        for name in folders:
            (home / name.lower()).mkdir(parents=True, exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
        return {
            **inherited,
            **{name: str(home / name.lower()) for name in folders},
            "HOME": str(home),
            "PATH": path_with_docker(_path_of_this_python(), engine_answers()),
            "NETRC": str(home / ".netrc"),
            "WANDB_BASE_URL": self.url,
            "WANDB_API_KEY": self.key,
            "WANDB_ERROR_REPORTING": "false",
        }

    def requests(self) -> dict[str, Any]:
        """The log of requests: ``total``, ``by_operation``, ``by_sender``, ``requests``."""
        found: dict[str, Any] = json.loads(self._http("GET", "/sandbox/requests"))
        return found

    def fail(self, *faults: dict[str, Any], seed: int = 0) -> None:
        """Fail from now on in these ways (see `faults`) and no other; without any, not at all."""
        self._http("POST", "/sandbox/faults", {"seed": seed, "faults": faults})

    def faults(self) -> list[dict[str, Any]]:
        """The faults in force, each with how often it has ``struck``."""
        found: list[dict[str, Any]] = json.loads(self._http("GET", "/sandbox/faults"))
        return found

    def reset_requests(self) -> None:
        """Start the log of requests from zero."""
        self._http("POST", "/sandbox/requests/reset")

    def _http(self, method: str, path: str, body: object = None) -> str:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text: str = answer.read().decode()
        return text

    def _stop(self) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _path_of_this_python() -> str:
    """The PATH on which `wandb` is the one beside this interpreter, activated or not."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def _address(lines: IO[str]) -> str:
    """The URL that the server prints first; "" when it ended before."""
    for line in lines:
        name, _, value = line.strip().partition("=")
        if name == "WANDB_BASE_URL":
            return value
    return ""
