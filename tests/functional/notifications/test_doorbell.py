"""One ring for one commit, none for a rollback; and a Redis that is gone or frozen costs next to nothing."""

from __future__ import annotations

import logging
import secrets
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis as Client

from cocoom_slack_plugin.notifications.doorbell import JOB, QUIET_SECONDS, Doorbell
from demo.servers import Redis

from .host import ACME, NOWHERE, Host, in_threads, make_settings, shared


@pytest.fixture
def client(redis_server: Redis) -> Iterator[Any]:
    with Client.from_url(redis_server.url()) as made:
        yield made


@pytest.fixture
def queue(host: Host, client: Any) -> Any:
    """The ids of the jobs that wait in the queue."""
    return lambda: client.lrange(f"rq:queue:{host.settings.queue}", 0, -1)


@pytest.fixture
def doorbell(host: Host) -> Doorbell:
    return Doorbell(host.settings)


def test_one_commit_rings_once_however_many_events_it_holds(host: Host, queue: Any) -> None:
    with host.session() as dbsession:
        for number in range(5):
            host.hooks.share_published(shared(str(number)), dbsession)
        assert queue() == []
        dbsession.commit()
        assert len(queue()) == 1


def test_the_ring_carries_nothing(host: Host, queue: Any, client: Any) -> None:
    host.share("the-title")
    (job,) = queue()
    kept = client.hgetall(f"rq:job:{job.decode()}")
    assert JOB.encode() in kept[b"description"]
    assert b"the-title" not in b"".join(kept.values())
    assert ACME.id.encode() not in b"".join(kept.values())


def test_rings_that_nobody_has_answered_are_one(host: Host, doorbell: Doorbell, queue: Any) -> None:
    for _ in range(20):
        host.share("News")
    assert len(queue()) == 1
    doorbell.answer()
    host.share("News")
    assert len(queue()) == 2


def test_rings_at_once_are_one(host: Host, queue: Any) -> None:
    bells = [Doorbell(host.settings) for _ in range(8)]
    assert in_threads(*(bell.ring for bell in bells)) == [True] * 8
    assert len(queue()) == 1


def test_nothing_rings_after_a_rollback(host: Host, queue: Any) -> None:
    with host.session() as dbsession:
        host.hooks.share_published(shared("undone"), dbsession)
        dbsession.rollback()
        dbsession.commit()
    assert queue() == []


def test_a_session_that_was_rolled_back_rings_for_its_next_transaction(host: Host, queue: Any) -> None:
    with host.session() as dbsession:
        host.hooks.share_published(shared("undone"), dbsession)
        dbsession.rollback()
        host.hooks.share_published(shared("kept"), dbsession)
        dbsession.commit()
    assert len(queue()) == 1


def test_a_session_rings_for_each_of_its_transactions(host: Host, doorbell: Doorbell, queue: Any) -> None:
    with host.session() as dbsession:
        for number in range(1, 4):
            host.hooks.share_published(shared("News"), dbsession)
            dbsession.commit()
            doorbell.answer()
            assert len(queue()) == number
        dbsession.commit()
        assert len(queue()) == 3


def test_releasing_a_savepoint_does_not_ring_yet(host: Host, queue: Any) -> None:
    with host.session() as dbsession:
        with dbsession.begin_nested():
            host.hooks.share_published(shared("News"), dbsession)
        assert queue() == []
        dbsession.commit()
        assert len(queue()) == 1


def test_a_savepoint_that_is_undone_does_not_take_the_ring_of_what_was_before(host: Host, queue: Any) -> None:
    with host.session() as dbsession:
        host.hooks.share_published(shared("kept"), dbsession)
        dbsession.begin_nested().rollback()
        dbsession.commit()
    assert len(queue()) == 1


def test_nothing_rings_for_a_tenant_that_is_off_or_an_event_told_before(
    host: Host, doorbell: Doorbell, queue: Any
) -> None:
    host.share("News", event_id="e1")
    doorbell.answer()
    host.share("News", event_id="e1")
    host.set_connection(ACME, notifications_enabled=False)
    host.share("News", event_id="e2")
    assert len(queue()) == 1


def _seconds(doorbell: Doorbell) -> float:
    began = time.monotonic()
    assert not doorbell.ring()
    return time.monotonic() - began


def test_a_redis_that_refuses_costs_nothing_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    doorbell = Doorbell(make_settings("http://127.0.0.1:1", NOWHERE))
    with caplog.at_level(logging.WARNING):
        assert sum(_seconds(doorbell) for _ in range(50)) < 0.5
    assert caplog.text.count("the sweeper will find the work") == 1


def test_a_frozen_redis_costs_half_a_second_once(tmp_path: Any) -> None:
    with Redis(tmp_path / "redis", options={"appendonly": "no"}) as server:
        settings = make_settings("http://127.0.0.1:1", server.url(), queue=f"test-{secrets.token_hex(4)}")
        for warm in (True, False):
            doorbell = Doorbell(settings)
            if warm:
                assert doorbell.ring()
            assert server.process is not None
            server.process.send_signal(signal.SIGSTOP)
            assert _seconds(doorbell) < 0.6
            assert sum(_seconds(doorbell) for _ in range(50)) < 0.1
            server.process.send_signal(signal.SIGCONT)


def test_after_a_quiet_time_a_redis_that_came_back_is_rung_again(
    host: Host, doorbell: Doorbell, queue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell._quiet_until = time.monotonic() + QUIET_SECONDS
    assert not doorbell.ring()
    doorbell._quiet_until = time.monotonic()
    assert doorbell.ring()
    assert len(queue()) == 1


def test_the_host_never_notices(host: Host) -> None:
    """F12: the act is done, the event is kept, nothing is raised."""
    away = Host(host.engine, make_settings("http://127.0.0.1:1", NOWHERE))
    away.share("News")
    Doorbell(away.settings).answer()
    assert len(away.events) == 1
    assert not away.hooks.failures
