"""F30: rows and jobs of another version of this code are refused politely, and nothing else stops."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis as Client
from rq import Queue
from rq.serializers import DefaultSerializer, JSONSerializer
from sqlalchemy import insert, text

from cocoom_slack_plugin.notifications.tables import event
from demo.servers import Redis

from .deployment import Deployment
from .patience import until
from .relay import CHANNELS, TENANTS

LANES = len(CHANNELS)
NEWS = ("acme", "news")


@pytest.fixture
def client(cache: Redis) -> Iterator[Any]:
    with Client.from_url(cache.url()) as made:
        yield made


def _write(deployment: Deployment, event_id: str, kind: str, payload: object) -> None:
    row = {"tenant_id": TENANTS["acme"].id, "event_id": event_id, "kind": kind, "payload": payload}
    with deployment.engine.begin() as open_:
        open_.execute(insert(event).values(**row))


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("poll_opened", {"version": 9, "poll": {"id": "x"}}),
        ("share_published", {"version": 9}),
        ("share_published", []),
        ("share_published", "text"),
    ],
    ids=["unknown kind", "unknown payload", "list", "text"],
)
def test_f30_event_of_another_version(deployment: Deployment, kind: str, payload: object) -> None:
    worker = deployment.worker()
    deployment.share(LANES)
    _write(deployment, "of-tomorrow", kind, payload)
    deployment.share(LANES)
    deployment.settle()
    assert deployment.states == {"dropped unreadable": 1, "sent": 2 * LANES}
    assert deployment.seen == 2 * LANES
    assert worker.lives, worker.said
    assert "Traceback" not in worker.said, worker.said


def test_f30_notice_whose_event_was_rewritten_by_another_version(deployment: Deployment) -> None:
    """Decided by the old code, to be posted by the new one."""
    deployment.slack.fault("rate_limited", "chat.postMessage", retry_after="2", times=1)
    first = deployment.worker()
    deployment.share(3, [NEWS])
    until(lambda: deployment.states == {"waiting": 3})
    first.kill()
    rewrite = text("UPDATE cocoom_slack_event SET payload = CAST(:p AS jsonb) WHERE event_id = :e")
    with deployment.engine.begin() as open_:
        open_.execute(rewrite, {"p": json.dumps({"version": 9}), "e": deployment.told[1]})
    worker = deployment.worker()
    deployment.settle()
    assert deployment.states == {"dropped unreadable": 1, "sent": 2}
    assert deployment.shown(NEWS) == [[deployment.told[0]], [deployment.told[2]]]
    assert worker.lives, worker.said


@pytest.mark.parametrize(
    ("serializer", "function", "arguments"),
    [
        (JSONSerializer, "cocoom_slack_plugin.notifications.jobs.of_tomorrow", [1]),
        (JSONSerializer, "cocoom_slack_plugin.notifications.jobs.deliver", ["another", "signature"]),
        (JSONSerializer, "no_such_module.at_all", []),
        (DefaultSerializer, "cocoom_slack_plugin.notifications.jobs.deliver", []),
    ],
    ids=["unknown job", "unknown arguments", "unknown module", "pickled"],
)
def test_f30_job_of_another_version(
    deployment: Deployment, client: Any, serializer: Any, function: str, arguments: list[Any]
) -> None:
    queue = Queue(deployment.queue, connection=client, serializer=serializer)
    for _ in range(3):
        queue.enqueue(function, *arguments)
    worker = deployment.worker()
    deployment.share(LANES)
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    until(lambda: client.llen(queue.key) == 0, "the foreign jobs block the queue")
    assert worker.lives, worker.said
