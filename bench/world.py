"""What all measurements share: real servers, Slack's stand-in as a process, and tenants with channels."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr
from redis import Redis
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks, build_plugin_manager
from cocoom_hooks.payloads import PostEvent, Tenant, Thread
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import metadata, transaction
from cocoom_slack_plugin.notifications import routes
from cocoom_slack_plugin.notifications.route import Route
from cocoom_slack_plugin.plugin import SlackPlugin
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings
from cocoom_slack_plugin.testing import MemoryServices, envelope, make_post, make_tenant, make_user
from demo.servers import both
from demo.slack.control import Control
from demo.stage import environment

TENANTS = 20
THREADS = {"few": 5, "many": 50}
"""The threads that a tenant posts in, and how many of its channels are told of a post there."""
SCOPES = ("chat:write", "chat:write.public", "users:read", "users:read.email")


def tenant(number: int) -> Tenant:
    return make_tenant(f"bench-{number}")


def team_id(number: int) -> str:
    return f"T0BENCH{number}"


def channel_id(tenant_number: int, number: int) -> str:
    return f"C0BENCH{tenant_number}X{number}"


def token(number: int) -> str:
    return f"xoxb-bench-{number}"


def conversations(thread: str) -> list[tuple[int, str]]:
    """Every (tenant number, channel id) told of this thread; neighbours in the list belong to different tenants."""
    return [(t, channel_id(t, c)) for c in range(THREADS[thread]) for t in range(TENANTS)]


def publication(tenant_number: int, thread: str = "few") -> PostEvent:
    """Bob publishes in this thread. Every publication is an event of its own, with content of the same size."""
    base, bob = tenant(tenant_number), make_user()
    place = Thread(id=thread, name=thread, url=f"{base.url}/threads/{thread}")
    return PostEvent(**envelope(base, bob), post=make_post(base, bob, thread=place))


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

    @cached_property
    def engine(self) -> Engine:
        return create_engine(self.database_url, pool_size=20)

    def settings(self, **changes: object) -> Settings:
        """No pace, no budget, a message for each notice, as the plain alternatives have it; except for ``changes``."""
        known = {
            "tenants": "* notifications",
            "encryption_keys": f"example {EXAMPLE_KEY}",
            "redis_url": self.redis_url,
            "slack_url": self.slack_url,
            "channel_interval": 0,
            "workspace_per_minute": 0,
            "digest_size": 1,
            "drain_budget": 120,
            "lanes_in_flight": 256,
        }
        return Settings.model_validate({**known, **changes})

    def host(self, **changes: object) -> Hooks:
        """A host's hooks with the real plugin behind them, and accounts in memory."""
        services = MemoryServices(lambda: Session(self.engine), [tenant(each) for each in range(TENANTS)])
        hooks = Hooks(build_plugin_manager([], {"slack": SlackPlugin(), "host": services}))
        plugin = hooks.plugin("slack")
        assert isinstance(plugin, SlackPlugin)
        plugin.attach(Runtime.build(self.settings(**changes), hooks))
        return hooks

    def runtime(self, **changes: object) -> Runtime:
        return Runtime.build(self.settings(**changes), self.host(**changes))

    def clear(self) -> None:
        """Forget all events, lanes, notices and rings; connections and routes stay."""
        names = ", ".join(
            f"cocoom_slack_{each}" for each in ("event", "lane", "workspace", "message", "notice")
        )
        with self.engine.begin() as database:
            database.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        with Redis.from_url(self.redis_url) as client:
            client.flushdb()
        self.control.clear_record()


@contextmanager
def set_up(folder: Path) -> Iterator[World]:
    """Start everything, with the tenants connected; stop it at the end."""
    with both(folder) as (postgres, cache), _slack(folder) as slack_url:
        world = World(postgres.url("bench"), cache.url(), slack_url)
        metadata.create_all(world.engine)
        _people_slack(world.control)
        _connect(world.runtime())
        yield world
        world.engine.dispose()


@contextmanager
def _slack(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "demo.slack", "--port", "0", "--empty"]
    with (
        (folder / "slack.log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment()) as process,
    ):
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


def _people_slack(control: Control) -> None:
    control.limits(enabled=False, tiers_enabled=False)
    control.recorder(kept=100)
    for t in range(TENANTS):
        team = control.add_team(f"Bench {t}", id=team_id(t))
        for c in range(max(THREADS.values())):
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
            wanted = [
                Route(channel=channel_id(t, c), threads=frozenset({thread}))
                for thread, channels in THREADS.items()
                for c in range(channels)
            ]
            routes.add(dbsession, found.id, *wanted)
