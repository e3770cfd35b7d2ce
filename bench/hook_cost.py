"""What the hook costs the host's request: switched off, on, and with the doorbell that rings after the commit.

Everything goes through ``Hooks.tell`` and the real plugin, in an open session on the real PostgreSQL; what it is
compared with takes turns with it. The bare INSERT gets the finished row, of equal size and into an equal table with the
same indexes, while the hook makes its row from the event, and proves it first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import MetaData, Table, insert, text
from sqlalchemy.orm import Session

from bench.interleaved import each_took, medians
from bench.report import Row, compared
from bench.request import HOOK, Requests, enqueue
from bench.world import World, publication
from cocoom_hooks import Hooks, build_plugin_manager, hookimpl
from cocoom_hooks.payloads import PostEvent
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.notifications.events import dump

AT_ONCE = 1000
MICRO = 1e6


class Empty:
    """A plugin that does nothing at all."""

    @hookimpl
    def cocoom_publication_published(self, event: PostEvent, dbsession: Any) -> None:
        pass


def measure(world: World, rounds: int) -> Iterator[Row]:
    world.clear()
    yield from _off(world, rounds)
    yield from _on(world, rounds)
    yield from _with_doorbell(world, rounds)
    world.clear()


def _off(world: World, rounds: int) -> Iterator[Row]:
    """Off: the operator's switches name other tenants alone."""
    off = world.host(tenants="somebody-else notifications")
    manager = build_plugin_manager([], {"empty": Empty()})
    empty, told = Hooks(manager), [publication(0)] * AT_ONCE
    with Session(world.engine) as dbsession:
        by_pluggy, facade, hook = medians(
            rounds,
            lambda: each_took(
                lambda event: manager.hook.cocoom_publication_published(event=event, dbsession=dbsession),
                told,
            ),
            lambda: each_took(lambda event: empty.tell(HOOK, event, dbsession), told),
            lambda: each_took(lambda event: off.tell(HOOK, event, dbsession), told),
        )
    pluggy_row = Row("an empty hookimpl, called by pluggy", by_pluggy * MICRO, "us")
    facade_row = Row("an empty hookimpl, called by Hooks.tell", facade * MICRO, "us")
    yield from (pluggy_row, facade_row)
    yield compared("hook, function off", hook * MICRO, "us", pluggy_row, "<=1.5")
    yield compared("hook, function off", hook * MICRO, "us", facade_row, "<=1.5")


def _on(world: World, rounds: int) -> Iterator[Row]:
    with world.engine.begin() as database:
        database.execute(text("CREATE TABLE bench_equal (LIKE cocoom_slack_event INCLUDING ALL)"))
    statement = insert(Table("bench_equal", MetaData(), autoload_with=world.engine))
    hooks = world.host()
    with Session(world.engine) as dbsession:
        bare, hook = medians(
            rounds,
            _in_transaction(dbsession, lambda row: dbsession.execute(statement, row), _row),
            _in_transaction(dbsession, lambda event: hooks.tell(HOOK, event, dbsession), publication),
        )
    bare_row = Row("a bare Core INSERT of an equal row", bare * MICRO, "us")
    yield bare_row
    yield compared("hook, on", hook * MICRO, "us", bare_row, "<=1.3")


def _in_transaction(
    dbsession: Session, call: Callable[[Any], object], make: Callable[[int], object]
) -> Callable[[], float]:
    """One call, as in a request, in a transaction that is open when the clock starts; rolled back afterwards."""

    def once() -> float:
        dbsession.execute(text("SELECT 1"))
        try:
            return each_took(call, [make(0)])
        finally:
            dbsession.rollback()

    return once


def _row(tenant_number: int) -> dict[str, object]:
    event = publication(tenant_number)
    kind = "publication_published"
    return {
        "tenant_id": event.tenant.id,
        "event_id": event.event_id,
        "kind": kind,
        "payload": json.loads(dump(kind, event)),
    }


def _with_doorbell(world: World, rounds: int) -> Iterator[Row]:
    """A ring that nobody answered yet is not repeated; that is the usual case while many act at once."""
    with Requests(world, world.host()) as requests:
        requests.act()
        job, act = medians(rounds, lambda: enqueue(world), requests.act)
        job_row = Row("rq.Queue.enqueue of one small message, JSON", job * MICRO, "us")
        yield job_row
        yield compared(
            "hook, on, and the doorbell, ring before unanswered", act * MICRO, "us", job_row, "<=1.0"
        )

        doorbell = Doorbell(world.settings())

        def first_act() -> float:
            doorbell.answer()
            return requests.act()

        job, act = medians(rounds // 4, lambda: enqueue(world), first_act)
        job_row = Row("rq.Queue.enqueue of one small message, once more", job * MICRO, "us")
        yield job_row
        yield compared("hook, on, and the doorbell, first ring", act * MICRO, "us", job_row)
