"""A whole deployment under fire: INI files, worker and host processes in groups of their own, load and comparison."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from pydantic import SecretBytes, SecretStr
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.engine import make_url

from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.database import metadata
from cocoom_slack_plugin.notifications.tables import event, lane, notice, route
from demo.slack.control import Control
from demo.stage import environment

from .comparison import Comparison, Lane, keys_of
from .crash_points import MARKER, POINT, CrashPoint
from .patience import PATIENCE, until
from .relay import CHANNELS, TENANTS, Relay

LOAD = 200
KEY = base64.b64encode(secrets.token_bytes(32)).decode()
# Not the key of the documentation: with that one a Slack that is not on loopback is refused.
VAULT = Vault({"test": SecretBytes(base64.b64decode(KEY))})

INI = """\
[app:main]
use = call:demo.cocoom.app:main
cocoom.tenant_url = http://{{subdomain}}.localhost:6543
cocoom.secret = only-for-tests
cocoom.plugins = slack
sqlalchemy.url = {database}
{settings}

[alembic]
script_location = demo.cocoom:migrations
version_locations = demo.cocoom:migrations/versions cocoom_slack_plugin:migrations/versions
path_separator = space
sqlalchemy.url = {database}
"""

SETTINGS: dict[str, object] = {
    "tenants": "* notifications",
    "encryption_keys": f"test {KEY}",
    "slack_timeout": 1,
    "lease": 6,
    "sweep_interval": 0.3,
    "drain_budget": 5,
    "channel_interval": 0,
    "workspace_per_minute": 0,
    "digest_size": 1,
}
"""Quick, unpaced and one event a message."""


def write_ini(path: Path, database: str, settings: Mapping[str, object]) -> Path:
    lines = "\n".join(f"cocoom_slack.{name} = {value}" for name, value in settings.items())
    path.write_text(INI.format(database=database, settings=lines), "utf-8")
    return path


@dataclass
class Child:
    """A process of ours, the leader of its own process group, with a log."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """-9, and all that it started with it."""
        if self.lives:
            self.signal(signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)

    def ends(self) -> int:
        return self.process.wait(timeout=PATIENCE)


@dataclass
class Deployment:
    """The host and the workers of one test. ``database`` and ``redis`` are URLs, as the host's process sees them."""

    folder: Path
    database: str
    redis: str
    slack: Control
    settings: dict[str, object] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.queue = f"faults-{secrets.token_hex(4)}"
        self.engine = create_engine(
            self.database, pool_pre_ping=True, connect_args={"options": "-c lock_timeout=20s"}
        )
        self._started = 0

    # --- setting up ---

    def ini(self, *, database: str = "", **settings: object) -> Path:
        """An INI file with these settings instead of the deployment's."""
        places = {"redis_url": self.redis, "slack_url": self.slack.url, "queue": self.queue}
        path = self.folder / f"host-{secrets.token_hex(3)}.ini"
        return write_ini(path, database or self.database, {**SETTINGS, **places, **self.settings, **settings})

    def database_at(self, port: int) -> str:
        """The database's URL through a proxy on this port."""
        return make_url(self.database).set(port=port).render_as_string(hide_password=False)

    def connect(self, scopes: Iterable[str] = ("chat:write",)) -> None:
        """Empty tables, then both bases connected, each thread with its channel."""
        with self.engine.begin() as open_:
            for table in reversed(metadata.sorted_tables):
                open_.execute(table.delete())
            open_.execute(text("DELETE FROM demo_letter"))
            for name, tenant in TENANTS.items():
                sealed = VAULT.seal(SecretStr(f"xoxb-demo-{name}"), tenant.id, SecretKind.BOT_TOKEN)
                values = {"tenant_id": tenant.id, "team_id": f"T0{name.upper()}", "sealed_bot_token": sealed}
                open_.execute(
                    insert(connection).values(**values, scopes=list(scopes), notifications_enabled=True)
                )
            for (name, thread), (_, channel) in CHANNELS.items():
                row = {
                    "tenant_id": TENANTS[name].id,
                    "effect": "tell",
                    "kinds": ["shares", "publications"],
                    "threads": [thread],
                }
                open_.execute(insert(route).values(**row, channel=channel))

    # --- processes ---

    def worker(self, ini: Path | None = None, crash: CrashPoint | None = None, wait: bool = True) -> Child:
        """``cocoom-slack worker`` as the operator runs it."""
        module = "tests.faults.crashing_worker" if crash else "cocoom_slack_plugin.cli"
        child = self._start("worker", ["-m", module, "-c", str(ini or self.ini()), "worker"], crash)
        if wait:
            until(lambda: "serving the queue" in child.said, lambda: f"no worker started: {child.said}")
        return child

    def relay_process(self, source: str, pause: float = 0.0, crash: CrashPoint | None = None) -> Child:
        """A host process that acts until it is ended; what it told is in ``relayed``."""
        arguments = ["-m", "tests.faults.relay", str(self.ini()), source, str(pause), str(self._relayed)]
        return self._start("relay", arguments, crash)

    def _start(self, name: str, arguments: list[str], crash: CrashPoint | None) -> Child:
        self._started += 1
        path = self.folder / f"{name}-{self._started}.log"
        known = environment()
        if crash:
            known |= {POINT: crash.value, MARKER: str(self.folder / f"{crash.value}.crashed")}
        with path.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=known,
                start_new_session=True,
            )
        self.children.append(Child(process, path))
        return self.children[-1]

    def end(self) -> None:
        for child in self.children:
            child.kill()
        if "relay" in self.__dict__:
            self.relay.close()
        self.engine.dispose()

    # --- acting ---

    @cached_property
    def relay(self) -> Relay:
        """A host in this process."""
        return Relay(self.ini(), "here")

    @property
    def _relayed(self) -> Path:
        return self.folder / "relayed.txt"

    def share(self, count: int = LOAD, lanes: Iterable[Lane] = tuple(CHANNELS)) -> list[str]:
        """So many acts of the host, one after the other, spread over the lanes."""
        keys = [self.relay.share(each) for each in islice(cycle(lanes), count)]
        self.told += keys
        return keys

    # --- looking ---

    @property
    def relayed(self) -> list[str]:
        """What the host processes told and saw committed. A line that was cut off by a kill counts for nothing."""
        if not self._relayed.exists():
            return []
        return [line for line in self._relayed.read_text("utf-8").split("\n")[:-1] if line]

    @property
    def committed(self) -> list[str]:
        with self.engine.connect() as open_:
            return list(open_.scalars(select(event.c.event_id).order_by(event.c.id)))

    def shown(self, which: Lane) -> list[list[str]]:
        """The messages of a lane's channel as the keys that each carries."""
        return [keys_of(message) for message in self.slack.messages(*CHANNELS[which])]

    @property
    def seen(self) -> int:
        """How many events Slack shows by now."""
        return len({key for each in CHANNELS for message in self.shown(each) for key in message})

    def compare(self) -> Comparison:
        told = [*self.told, *self.relayed]
        return Comparison.of(told, self.committed, {each: self.shown(each) for each in CHANNELS})

    def settle(self, patience: float = PATIENCE) -> Comparison:
        """Wait until nothing is undecided and nothing waits, then compare."""
        until(self._is_settled, lambda: f"not delivered: {self.states}, {self.said}", patience)
        return self.compare()

    def _is_settled(self) -> bool:
        assert any(each.lives for each in self.children), f"nobody is left to deliver: {self.said}"
        with self.engine.connect() as open_:
            undecided = select(event.c.id).where(event.c.decided_at.is_(None)).limit(1)
            waiting = select(notice.c.id).where(notice.c.state == "waiting").limit(1)
            return open_.scalar(undecided) is None and open_.scalar(waiting) is None

    @property
    def states(self) -> dict[str, int]:
        """How many notices are in which state, with the reason where there is one."""
        counted = text(
            "SELECT concat_ws(' ', state, reason), count(*) FROM cocoom_slack_notice GROUP BY 1 ORDER BY 1"
        )
        with self.engine.connect() as open_:
            return {row[0]: row[1] for row in open_.execute(counted)}

    def lane(self, which: Lane) -> Any:
        """The lane's row, None before anything was decided for it."""
        tenant, channel = TENANTS[which[0]].id, CHANNELS[which][1]
        with self.engine.connect() as open_:
            chosen = select(lane).where(lane.c.tenant_id == tenant, lane.c.conversation == channel)
            return open_.execute(chosen).one_or_none()

    def trouble(self, which: Lane) -> str | None:
        """Why this lane's last attempt did not succeed."""
        found = self.lane(which)
        return found.trouble if found else None

    def rows(self, statement: str) -> list[Any]:
        with self.engine.connect() as open_:
            return list(open_.execute(text(statement)))

    @property
    def said(self) -> str:
        """The ends of all logs, for a failure's message."""
        return "\n".join(f"{child.log.name}: {child.said[-2000:]}" for child in self.children)
