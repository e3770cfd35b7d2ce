"""A host of a few lines: accounts in memory, the real PostgreSQL, Redis and HTTP; and what a test wants to know."""

from __future__ import annotations

import asyncio
import base64
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretBytes, SecretStr
from sqlalchemy import Engine, create_engine, event, insert, select, text, update
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks, build_plugin_manager
from cocoom_hooks.payloads import CommentEvent, Event, PostEvent, PostKind, Tenant, Thread, User
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.notifications import routes, tables
from cocoom_slack_plugin.notifications.drain import Drain
from cocoom_slack_plugin.notifications.route import Effect, Route
from cocoom_slack_plugin.plugin import SlackPlugin
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.testing import (
    MemoryServices,
    envelope,
    make_comment,
    make_post,
    make_tenant,
    make_user,
)

ACME, GLOBEX = make_tenant("acme"), make_tenant("globex", locale="fr")
TEAMS = {"acme": "T0ACME", "globex": "T0GLOBEX"}
ALICE, BOB, CHLOE = make_user("alice"), make_user("bob"), make_user("chloe")
VAULT = Vault({"test": SecretBytes(base64.b64decode(EXAMPLE_KEY))})
BOT_SCOPES = ["chat:write", "users:read.email"]
NOWHERE = "redis://127.0.0.1:1/0"


def make_settings(slack_url: str, redis_url: str = NOWHERE, **changes: Any) -> Settings:
    known = {
        "tenants": "* notifications",
        "encryption_keys": f"test {EXAMPLE_KEY}",
        "redis_url": redis_url,
        "slack_url": slack_url,
        "slack_timeout": 1,
        "lease": 7,
        "channel_interval": 0,
        "workspace_per_minute": 0,
        "digest_size": 1,
        "gather_seconds": 0,
    }
    return Settings.model_validate({**known, **changes})


@dataclass
class Host:
    """One host with the plugin in it."""

    engine: Engine
    settings: Settings
    services: MemoryServices = field(init=False)
    hooks: Hooks = field(init=False)

    def __post_init__(self) -> None:
        self.services = MemoryServices(lambda: Session(self.engine), [ACME, GLOBEX])
        self.hooks = Hooks(build_plugin_manager(["slack"], {"host": self.services}))
        self.runtime = Runtime.build(self.settings, self.hooks)
        self.plugin.attach(self.runtime)
        self.stop = threading.Event()

    @property
    def plugin(self) -> SlackPlugin:
        found = self.hooks.plugin("slack")
        assert isinstance(found, SlackPlugin)
        return found

    def but(self, **changes: Any) -> Host:
        """Another process of the same deployment, with other settings."""
        return Host(self.engine, self.settings.model_copy(update=changes))

    # --- setting up ---

    def connect(self, tenant: Tenant, token: str | None = None, **values: Any) -> None:
        """What `cocoom-slack connect` leaves behind."""
        name = tenant.subdomain
        sealed = VAULT.seal(SecretStr(token or f"xoxb-demo-{name}"), tenant.id, SecretKind.BOT_TOKEN)
        known = {
            "tenant_id": tenant.id,
            "team_id": TEAMS[name],
            "sealed_bot_token": sealed,
            "scopes": BOT_SCOPES,
            "notifications_enabled": True,
        }
        self.execute(insert(connection).values({**known, **values}))

    def route(self, tenant: Tenant, channel: str | None, thread: str | None = None, **fields: Any) -> None:
        """A route of this thread, or the default one."""
        lists = {name: frozenset(fields.pop(name)) for name in list(fields) if isinstance(fields[name], set)}
        effect = Effect.TELL if thread or lists else Effect.DEFAULT
        known = {"effect": effect, "threads": frozenset({thread} if thread else ()), **lists, **fields}
        with self.session() as dbsession:
            routes.add(dbsession, tenant.id, Route(channel=channel, **known))
            dbsession.commit()

    # --- acting ---

    def session(self) -> Session:
        return Session(self.engine)

    def tell(self, name: str, told: Event) -> None:
        """An act of the host: one transaction, committed."""
        with self.session() as dbsession:
            self.hooks.tell(f"cocoom_{name}", told, dbsession)
            dbsession.commit()

    def share(self, title: str, tenant: Tenant = ACME, **fields: Any) -> None:
        """Bob shares something in the thread ``general``, or the one given."""
        self.tell("share_published", shared(title, tenant, **fields))

    def comment(self, author: User, tenant: Tenant = ACME) -> None:
        """Somebody comments on this author's post."""
        self.tell("comment_added", commented(author, tenant))

    def drain(self, budget: float = 30.0) -> bool:
        """One delivering job, to its end."""

        async def run() -> bool:
            async with SlackGateway(self.settings) as gateway:
                return await Drain(self.runtime, gateway, self.stop).run(budget)

        return asyncio.run(run())

    def hurry(self) -> None:
        """Let the pauses be over, of the lanes and of the workspaces."""
        self.execute(text("UPDATE cocoom_slack_workspace SET ready_at = now()"))
        self.execute(
            text("UPDATE cocoom_slack_lane SET ready_at = now(), due_at = now() WHERE due_at IS NOT NULL")
        )

    # --- looking ---

    def execute(self, statement: Any) -> None:
        with self.engine.begin() as open_:
            open_.execute(statement)

    def rows(self, table: Any) -> list[Any]:
        with self.engine.connect() as open_:
            return list(open_.execute(select(table).order_by(*table.primary_key.columns)))

    @property
    def events(self) -> list[Any]:
        return self.rows(tables.event)

    @property
    def lanes(self) -> list[Any]:
        return self.rows(tables.lane)

    @property
    def messages(self) -> list[Any]:
        return self.rows(tables.message)

    @property
    def states(self) -> list[tuple[str, str | None]]:
        return [(row.state, row.reason) for row in self.rows(tables.notice)]

    @property
    def outcomes(self) -> list[str]:
        return [row.outcome for row in self.messages]

    def lane(self, conversation: str) -> Any:
        return next(row for row in self.lanes if row.conversation == conversation)

    def health(self, tenant: Tenant = ACME) -> tuple[str, str | None]:
        row = next(each for each in self.rows(connection) if each.tenant_id == tenant.id)
        return row.health, row.health_code

    def set_connection(self, tenant: Tenant, **values: Any) -> None:
        self.execute(update(connection).where(connection.c.tenant_id == tenant.id).values(values))


def shared(
    title: str, tenant: Tenant = ACME, thread: str = "general", event_id: str = "", **fields: Any
) -> PostEvent:
    """The event of a share by Bob."""
    where = Thread(id=thread, name=thread, url=f"{tenant.url}/threads/{thread}")
    post = make_post(tenant, BOB, title=title, kind=PostKind.SHARE, thread=where, **fields)
    told = envelope(tenant, BOB)
    return PostEvent(**{**told, "event_id": event_id or told["event_id"]}, post=post)


def commented(author: User, tenant: Tenant = ACME) -> CommentEvent:
    """The event of a comment by Chloe on this author's post."""
    post = make_post(tenant, author)
    return CommentEvent(**envelope(tenant, CHLOE), post=post, comment=make_comment(tenant, CHLOE))


def titles(messages: list[dict[str, Any]]) -> list[str]:
    """The titles of the posts that these messages tell of, as Slack stored them."""
    return [re.split("“|”|«\u00a0|\u00a0»", message["text"])[1] for message in messages]


class Statements:
    """What an engine executes, noted for as long as the ``with`` block lasts."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.seen: list[str] = []

    def _note(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        self.seen.append(statement)

    def __enter__(self) -> Statements:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)


def in_threads(*works: Callable[[], object]) -> list[object]:
    """Run all at once and return the results; the first failure is raised."""
    results: list[object] = [None] * len(works)
    failures: list[BaseException] = []
    barrier = threading.Barrier(len(works))

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=30)
            results[number] = works[number]()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    if failures:
        raise failures[0]
    return results


def make_engine(url: str) -> Engine:
    # A test that waits for a lock that nobody gives back fails, instead of waiting for ever.
    return create_engine(url, pool_size=30, connect_args={"options": "-c lock_timeout=20s"})
