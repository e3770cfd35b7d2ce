"""How long a quiet tenant waits, from its commit until its message reaches Slack, while another one floods the worker.

One worker process as the operator runs it, with the settings' defaults for what it has under way, and no pace at all,
so that the flood is held back by nothing but fairness. The bound is one and a half times the wait without a flood plus
the time that one message takes.
"""

from __future__ import annotations

import math
import random
import signal
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.contest import finish, start
from bench.report import Row, compared
from bench.waiting import lay_in, left
from bench.world import THREADS, World, channel_id, publication, team_id, tenant
from cocoom_hooks import Hooks
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import routes
from cocoom_slack_plugin.notifications.decision import PERSONAL
from cocoom_slack_plugin.notifications.route import Route
from cocoom_slack_plugin.people.tables import person
from cocoom_slack_plugin.settings import Settings

LATENCY_MS = 150
NOISY, QUIET = 0, 1
CHANNELS = THREADS["many"]
PAUSES = (0.05, 0.25)
PATIENCE_SECONDS = 60.0
POST = "chat.postMessage"
MILLI = 1e3


def measure(world: World, waiting: int, people: int, count: int) -> Iterator[Row]:
    """``count`` publications of the quiet tenant, while the noisy one has ``waiting`` notices, to ``people`` or into 5
    channels."""
    world.control.settings(latency_ms=LATENCY_MS)
    world.control.recorder(kept=50 * count)
    _spread(world)
    persons = _meet(world, people)
    channels = [(NOISY, channel_id(NOISY, number)) for number in range(THREADS["few"])]
    alone = _delays(world, [], 0, count)
    p50 = Row("quiet tenant, commit to Slack: p50, alone", statistics.median(alone) * MILLI, "ms")
    p99 = Row("quiet tenant, commit to Slack: p99, alone", _p99(alone) * MILLI, "ms")
    bound = Row("1.5 x p99 alone + one message", 1.5 * p99.value + LATENCY_MS, "ms")
    yield from (p50, p99, bound)
    for where, lanes in ((f"to {people} people", persons), ("into 5 channels", channels)):
        delays = _delays(world, lanes, waiting // len(lanes), count)
        beside = f"beside {waiting:,} notices {where}"
        yield compared(f"quiet tenant: p50, {beside}", statistics.median(delays) * MILLI, "ms", p50)
        yield compared(f"quiet tenant: p99, {beside}", _p99(delays) * MILLI, "ms", bound, "<=1.0")
    world.control.recorder(kept=100)


def _spread(world: World) -> None:
    """Each of the quiet tenant's channels gets a thread of its own, so that no publication waits for the one before."""
    with transaction(world.host()) as dbsession:
        only = [
            Route(channel=channel_id(QUIET, number), threads=frozenset({f"only-{number}"}))
            for number in range(CHANNELS)
        ]
        routes.add(dbsession, tenant(QUIET).id, *only)


def _p99(delays: Sequence[float]) -> float:
    return sorted(delays)[math.ceil(0.99 * len(delays)) - 1]


def _meet(world: World, people: int) -> list[tuple[int, str]]:
    """Let the noisy tenant's people be known in Slack, and return the conversations with them."""
    rows = [
        {
            "tenant_id": tenant(NOISY).id,
            "user_id": f"reader-{number}",
            "team_id": team_id(NOISY),
            "slack_user_id": f"U0READER{number}",
            "source": "email",
        }
        for number in range(people)
    ]
    for row in rows:
        world.control.add_user(team_id(NOISY), row["user_id"], id=row["slack_user_id"])
    with world.engine.begin() as database:
        database.execute(insert(person), rows)
    return [(NOISY, PERSONAL + row["user_id"]) for row in rows]


def _delays(world: World, flood: Sequence[tuple[int, str]], each: int, count: int) -> list[float]:
    """Seconds. Raises RuntimeError when the flood was over before the last publication."""
    world.clear()
    with _worker(world):
        hooks = world.host()
        _received(world, _publish(world, hooks, 3))
        if flood:
            lay_in(world, flood, each)
        told = _publish(world, hooks, count)
        received = _received(world, told)
        if flood and not left(world):
            raise RuntimeError("the flood was over too soon to say anything")
    return [received[key] - at for key, at in told.items()]


@contextmanager
def _worker(world: World) -> Iterator[None]:
    lanes_in_flight = Settings.model_fields["lanes_in_flight"].default
    process = start(world, "worker", lanes_in_flight=lanes_in_flight, drain_budget=30)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        finish(process, "worker")


def _publish(world: World, hooks: Hooks, count: int) -> dict[str, float]:
    """When each event was committed, by its key."""
    told = {}
    with Session(world.engine) as dbsession:
        for number in range(count):
            event = publication(QUIET, f"only-{number % CHANNELS}")
            hooks.publication_published(event, dbsession)
            told[event.event_id] = time.time()
            dbsession.commit()
            time.sleep(random.uniform(*PAUSES))
    return told


def _received(world: World, told: dict[str, float]) -> dict[str, float]:
    """When Slack received each event's message. Raises TimeoutError when one does not come."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        requests = world.control.requests(POST, team=team_id(QUIET))
        found = {each["arguments"]["metadata"]["event_payload"]["event_key"]: each["at"] for each in requests}
        if told.keys() <= found.keys():
            return found
        time.sleep(0.2)
    raise TimeoutError(f"of {len(told)} messages only {len(told.keys() & found.keys())} have come")
