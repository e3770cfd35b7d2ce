"""What all measurements share: real servers, Slack's stand-in as a process, and tenants with channels."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks, build_plugin_manager
from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin import plugin  # noqa: F401 - its imports bring every table
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import metadata, transaction
from cocoom_slack_plugin.notifications import tables
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings
from cocoom_slack_plugin.testing import MemoryServices, make_tenant
from demo.servers import both
from demo.slack.control import Control
from demo.stage import environment

TENANTS, CHANNELS, MANY_CHANNELS = 20, 5, 50
SCOPES = ("chat:write", "chat:write.public", "users:read", "users:read.email")


def tenant(number: int) -> Tenant:
    return make_tenant(f"bench-{number}")


def team_id(number: int) -> str:
    return f"T0BENCH{number}"


def channel_id(tenant_number: int, number: int) -> str:
    return f"C0BENCH{tenant_number}X{number}"


def token(number: int) -> str:
    return f"xoxb-bench-{number}"


def conversations(channels: int) -> list[tuple[int, str]]:
    """Every (tenant number, channel id); neighbours in the list belong to different tenants."""
    return [(t, channel_id(t, c)) for c in range(channels) for t in range(TENANTS)]


@dataclass(frozen=True)
class World:
    """The addresses that a measuring process needs; it gets them as JSON."""

    database_url: str
    redis_url: str
    slack_url: str

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> World:
        return cls(**json.loads(text))

    @property
    def control(self) -> Control:
        return Control(self.slack_url, timeout=60)

    def settings(self, **changes: object) -> Settings:
        """Without pauses and limits, so that what is measured is our own work; a measurement of pace sets them."""
        known = {
            "tenants": "* notifications",
            "encryption_keys": f"example {EXAMPLE_KEY}",
            "redis_url": self.redis_url,
            "slack_url": self.slack_url,
            "channel_interval": 0,
            "workspace_per_minute": 0,
            "tenant_share": 256,
            "drain_budget": 120,
            "lanes_in_flight": 256,
        }
        return Settings.model_validate({**known, **changes})

    @property
    def told(self) -> int:
        """How many notices Slack has been told: a digest counts for each of its own."""
        return sum(self.control.posted().values())

    def empty(self) -> None:
        """Forget all events, notices, lanes and routes, as vacuumed as a database at rest."""
        engine = create_engine(self.database_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as open_:
            for table in (tables.notice, tables.message, tables.lane, tables.event, tables.route):
                open_.execute(text(f"TRUNCATE {table.name} CASCADE"))
            open_.execute(text("TRUNCATE cocoom_slack_workspace"))
        engine.dispose()
        self.control.clear_record()

    def runtime(self, **changes: object) -> Runtime:
        """The plugin over this world, with accounts in memory instead of a host."""
        engine = create_engine(self.database_url, pool_size=20)
        services = MemoryServices(lambda: Session(engine), [tenant(each) for each in range(TENANTS)])
        return Runtime.build(self.settings(**changes), Hooks(build_plugin_manager([], {"host": services})))


@contextmanager
def set_up(folder: Path) -> Iterator[World]:
    """Start everything, with the tenants connected; stop it at the end."""
    with both(folder) as (postgres, cache), _slack(folder) as slack_url:
        world = World(postgres.url("bench"), cache.url(), slack_url)
        metadata.drop_all(engine := create_engine(world.database_url))
        metadata.create_all(engine)
        engine.dispose()
        _people_slack(world.control)
        _connect(world.runtime())
        yield world


@contextmanager
def _slack(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "demo.slack", "--port", "0", "--empty"]
    with (
        (folder / "slack.log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment()) as process,
    ):
        assert process.stdout is not None
        yield str(json.loads(process.stdout.readline())["url"])
        process.terminate()


def _people_slack(control: Control) -> None:
    control.limits(enabled=False, tiers_enabled=False)
    control.recorder(kept=100)
    for t in range(TENANTS):
        team = control.add_team(f"Bench {t}", id=team_id(t))
        for c in range(MANY_CHANNELS):
            control.add_channel(team, f"channel-{c}", id=channel_id(t, c))
        app = control.add_app(team, id=f"A0BENCH{t}", bot_scopes=sorted(SCOPES))
        control.install_app(app["id"], team, SCOPES, token=token(t))


def _connect(runtime: Runtime) -> None:
    with transaction(runtime.hooks) as dbsession:
        for t in range(TENANTS):
            found = tenant(t)
            sealed = runtime.vault.seal(SecretStr(token(t)), found.id, SecretKind.BOT_TOKEN)
            values = {"team_id": team_id(t), "sealed_bot_token": sealed, "notifications_enabled": True}
            connections.save(dbsession, found.id, values)
