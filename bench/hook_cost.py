"""What an act of the host costs more with the plugin: the hook in the open transaction, and the doorbell after it.

The things compared take turns within one run, and medians are taken, because machines are noisy.
"""

from __future__ import annotations

import json
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from bench.contenders import publication
from bench.report import Row, compared
from bench.world import World, tenant
from cocoom_hooks import Hooks, build_plugin_manager, hookimpl
from cocoom_hooks.payloads import PostEvent
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.notifications.events import dump
from cocoom_slack_plugin.notifications.tables import event
from cocoom_slack_plugin.plugin import SlackPlugin
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.testing import MemoryServices
from demo.servers import Redis as RedisServer

HOOK = "cocoom_publication_published"
BATCH = 50
KIND = HOOK.removeprefix("cocoom_")


class Empty:
    """A plugin whose hook does nothing."""

    @hookimpl
    def cocoom_publication_published(self, event: Any, dbsession: Any) -> None: ...


def measure(world: World, rounds: int) -> Iterator[Row]:
    """``rounds`` batches of each; figures are microseconds for one act."""
    yield from _switched_off(world, rounds)
    yield from _switched_on(world, rounds)
    yield from _without_redis(world, rounds)


def _switched_off(world: World, rounds: int) -> Iterator[Row]:
    empty = build_plugin_manager([], {"empty": Empty()})
    off = _host(world, tenants="somebody-else notifications")
    told = publication(0)

    def nothing() -> None:
        for _ in range(BATCH * 20):
            empty.hook.cocoom_publication_published(event=told, dbsession=None)

    def ours() -> None:
        for _ in range(BATCH * 20):
            off.tell(HOOK, told, None)  # type: ignore[arg-type]

    one, other = _take_turns(rounds, nothing, ours)
    base = Row("hook: pluggy's call of an empty hookimpl", one / 20, "µs")
    yield base
    yield compared("hook: function off", other / 20, "µs", base, "<=1.5")


def _switched_on(world: World, rounds: int) -> Iterator[Row]:
    hooks, engine = _host(world), create_engine(world.database_url)
    bell, queue = Doorbell(world.settings()), _queue(world)
    body = {"channel": "C0BENCH", "text": "Bob published “News” in #general", "event": 1}
    fresh = _fresh_events(rounds)

    def plain(dbsession: Session) -> None:
        for told, payload in next(fresh):
            row = {"tenant_id": told.tenant.id, "event_id": told.event_id, "kind": KIND, "payload": payload}
            dbsession.execute(insert(event), row)

    def ours(dbsession: Session) -> None:
        for told, _ in next(fresh):
            hooks.tell(HOOK, told, dbsession)

    def act(work: Callable[[Session], None]) -> Callable[[], None]:
        def run() -> None:
            with Session(engine) as dbsession:
                work(dbsession)
                dbsession.rollback()

        return run

    def first_ring() -> None:
        for _ in range(BATCH):
            bell.answer()
            bell.ring()

    def enqueue() -> None:
        for _ in range(BATCH):
            queue.enqueue("bench.contenders.post_one", body, result_ttl=0)

    works = (act(plain), act(ours), lambda: _ring(bell), first_ring, enqueue)
    bare, on, again, first, job = _take_turns(rounds, *works)
    queue.connection.flushdb()
    engine.dispose()
    one_insert = Row("hook: a bare Core INSERT of the same row in the open transaction", bare, "µs")
    yield one_insert
    yield compared("hook: function on", on, "µs", one_insert, "<=1.3")
    one_job = Row("hook: one rq.Queue.enqueue, JSON", job, "µs")
    yield one_job
    yield compared("hook: function on, with a doorbell that rang before", on + again, "µs", one_job, "<=1")
    yield compared("hook: function on, with a doorbell's first ring", on + first, "µs", one_job)


def _fresh_events(rounds: int) -> Iterator[list[tuple[PostEvent, Any]]]:
    """Batches of events with their payloads, made outside of what is timed."""
    made = [publication(0) for _ in range(BATCH * (rounds + 1) * 2)]
    both = [(told, json.loads(dump(KIND, told))) for told in made]
    return iter([both[start : start + BATCH] for start in range(0, len(both), BATCH)])


def _without_redis(world: World, rounds: int) -> Iterator[Row]:
    bound = Row("hook: what a request may lose once, while Redis is away", 100.0, "ms")
    yield bound
    bell = Doorbell(world.settings())
    (normal,) = _take_turns(rounds, lambda: _ring(bell))
    usual = Row("hook: the doorbell, Redis being there", normal, "µs")
    yield usual
    with tempfile.TemporaryDirectory() as folder, RedisServer(Path(folder) / "redis") as server:
        for name, away in (("frozen", _frozen), ("down", _down)):
            bell = Doorbell(world.settings(redis_url=server.url()))
            bell.ring()
            with away(server):
                began = time.perf_counter()
                bell.ring()
                lost = (time.perf_counter() - began) * 1000
                (then,) = _take_turns(rounds, lambda b=bell: _ring(b))  # type: ignore[misc]
            yield compared(f"hook: the first act while Redis is {name}", lost, "ms", bound, "<=1")
            yield compared(f"hook: the doorbell after that, Redis {name}", then, "µs", usual, "<=1")


def _ring(bell: Doorbell) -> None:
    for _ in range(BATCH):
        bell.ring()


@contextmanager
def _frozen(server: RedisServer) -> Iterator[None]:
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    yield
    server.process.send_signal(signal.SIGCONT)


@contextmanager
def _down(server: RedisServer) -> Iterator[None]:
    server.stop()
    yield


def _take_turns(rounds: int, *works: Callable[[], None]) -> list[float]:
    """The median microseconds of one act of each, of which a call does BATCH."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(rounds + 1):
        for mine, work in zip(taken, works, strict=True):
            began = time.perf_counter()
            work()
            if number:  # the first round only warms up
                mine.append(time.perf_counter() - began)
    return [statistics.median(each) / BATCH * 1e6 for each in taken]


def _host(world: World, **changes: object) -> Hooks:
    """A host's hooks with the plugin attached, as ``includeme`` does it."""
    engine = create_engine(world.database_url)
    services = MemoryServices(lambda: Session(engine), [tenant(0)])
    hooks = Hooks(build_plugin_manager(["slack"], {"host": services}))
    plugin = hooks.plugin("slack")
    assert isinstance(plugin, SlackPlugin)
    plugin.attach(Runtime.build(world.settings(**changes), hooks))
    return hooks


def _queue(world: World) -> Queue:
    return Queue("bench-enqueue", connection=Redis.from_url(world.redis_url), serializer=JSONSerializer)
