"""The stage of the demo: servers, Slack's stand-in, the host and a worker, all as children of this process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from demo.servers import ServerError, both, wait_for

ROOT = Path(__file__).parent.parent
CONFIG = "development.ini"
POSTGRES_PORT, REDIS_PORT, SLACK_PORT, HOST_PORT = 54329, 63799, 6868, 6543
"""As written in development.ini."""

SLACK_URL = f"http://127.0.0.1:{SLACK_PORT}"
STOP_SECONDS = 20


def address(subdomain: str) -> str:
    """Where a base lives."""
    return f"http://{subdomain}.localhost:{HOST_PORT}"


@dataclass
class Child:
    """A Python process of ours with a log."""

    name: str
    arguments: list[str]
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self) -> Child:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments], stdout=log, stderr=log, cwd=ROOT, env=environment()
            )
        return self

    def stop(self, sign: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=STOP_SECONDS)
            self.process.kill()
            self.process.wait()

    def gave_up(self) -> str | None:
        if self.process is not None and self.process.poll() is not None:
            return f"{self.name} ended with status {self.process.returncode}, see {self.log}"
        return None


@dataclass
class Stage:
    """Everything that runs. The worker may be killed and started again."""

    worker: Child
    started_in: float


@contextmanager
def set_up(folder: Path) -> Iterator[Stage]:
    """Start everything and stop it again. Raises ServerError that names the log of what did not start."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    _check_ports()
    with ExitStack() as stack:
        servers = stack.enter_context(both(folder, postgres_port=POSTGRES_PORT, redis_port=REDIS_PORT))
        servers[0].url("cocoom")
        run("-m", "demo.cocoom.initialise", CONFIG)
        redirect = f"{address('acme')}/oidc"
        slack = Child("slack", ["-m", "demo.slack", "--port", str(SLACK_PORT), "--acme", redirect], folder)
        host = Child("host", ["-m", "pyramid.scripts.pserve", CONFIG], folder)
        for child, port in ((slack, SLACK_PORT), (host, HOST_PORT)):
            stack.callback(child.start().stop)
            wait_for(lambda port=port: _answers(port), child.gave_up)  # type: ignore[misc]
        worker = Child("worker", ["-m", "cocoom_slack_plugin.cli", "-c", CONFIG, "worker"], folder)
        stack.callback(lambda: worker.stop())
        worker.start()
        yield Stage(worker, time.monotonic() - began)


def run(*arguments: str, given: str = "") -> str:
    """Run a command of ours to its end, with this on its standard input, and return what it printed.

    Raises ServerError with what it said when it fails.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        input=given,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        check=False,
    )
    if done.returncode:
        raise ServerError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}".strip())
    return done.stdout


def environment() -> dict[str, str]:
    """For children: this checkout is importable from wherever they start."""
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hooks'}", "PYTHONUNBUFFERED": "1"}


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _check_ports() -> None:
    taken = [port for port in (POSTGRES_PORT, REDIS_PORT, SLACK_PORT, HOST_PORT) if _answers_at_all(port)]
    if taken:
        ports = ", ".join(map(str, taken))
        raise ServerError(f"something listens on port {ports} already: another demo? stop it first")


def _answers_at_all(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
