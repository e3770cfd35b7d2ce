"""Leases are short and kept alive: a slow Slack costs no lane, a lost claim posts nothing, a lost lane comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from cocoom_slack_plugin.notifications import lanes, posting
from cocoom_slack_plugin.notifications.digest import compose_message
from cocoom_slack_plugin.notifications.undecided import decide_batch
from demo.slack.control import Control

from .host import ACME, BOB, Host, titles

POST, LOOK_UP = "chat.postMessage", "users.lookupByEmail"
LEASE = 2.0


@pytest.fixture
def short(host: Host) -> Host:
    """With the shortest lease that the settings allow, and patience with Slack."""
    host.route(ACME, "C0NEWS")
    return host.but(lease=LEASE, slack_timeout=30)


@contextmanager
def _draining(host: Host) -> Iterator[threading.Thread]:
    """A worker at its work; leaving waits for its end."""
    thread = threading.Thread(target=host.drain)
    thread.start()
    try:
        yield thread
    finally:
        host.stop.set()
        thread.join(timeout=60)
        assert not thread.is_alive()


def _wait(happened: Callable[[], Any], what: str) -> None:
    until = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < until, what
        time.sleep(0.02)


def _left(host: Host, conversation: str = "C0NEWS") -> float:
    """Seconds of the lease that are left."""
    query = text(
        "SELECT extract(epoch FROM lease_until - clock_timestamp()) FROM cocoom_slack_lane WHERE conversation = :c"
    )
    with host.engine.connect() as open_:
        return float(open_.scalar(query, {"c": conversation}) or 0.0)


def test_a_slack_that_is_slower_than_the_lease_costs_no_lane(short: Host, slack: Control) -> None:
    """Another worker looks for work all the while, and a third one comes late."""
    slack.settings(latency_ms=7000)
    # Long enough that a busy machine does not keep the beats of this one process from coming in time.
    longer, other = short.but(lease=4.0), short.but(lease=4.0)
    short.share("first", event_id="e1")
    with _draining(longer) as worker:
        _wait(lambda: slack.requests(POST), "nothing was sent")
        with _draining(other):
            while worker.is_alive() and short.states == [("waiting", None)]:
                with short.session() as dbsession:
                    assert lanes.claim(dbsession, 10, longer.settings) == []
                    dbsession.rollback()
                time.sleep(0.2)
    assert titles(slack.messages("T0ACME", "news")) == ["first"]
    assert len(slack.requests(POST)) == 1
    assert short.states == [("sent", None)]
    assert short.lane("C0NEWS").fence == 1
    assert short.lane("C0NEWS").doubted_at is None


def test_a_lease_never_ends_further_away_than_it_lasts(short: Host, slack: Control) -> None:
    """So a killed worker's lanes are taken over within one lease, however long it lived."""
    slack.settings(latency_ms=2500)
    short.share("first")
    seen = []
    with _draining(short):
        _wait(lambda: slack.requests(POST), "nothing was sent")
        while short.states == [("waiting", None)]:
            seen.append(_left(short))
            time.sleep(0.1)
    assert len(seen) > 5
    assert max(seen) <= LEASE
    # What was read before the record is a lease that runs; the last look may have come after it.
    assert min(seen[:-1]) > 0


def test_a_worker_whose_lane_was_taken_posts_nothing_more_on_it(
    short: Host, slack: Control, caplog: pytest.LogCaptureFixture
) -> None:
    """It learns of it by the next beat, while it still looks for the person."""
    slack.settings(latency_ms=1500)
    short.comment(BOB)
    with _draining(short):
        _wait(lambda: slack.requests(LOOK_UP), "nobody was looked for")
        short.execute(
            text(
                "UPDATE cocoom_slack_lane SET fence = fence + 1, lease_until = now() + interval '1 hour' "
                "WHERE conversation = '@bob'"
            )
        )
        _wait(lambda: "another worker has it" in caplog.text, "it did not learn that its claim is lost")
    assert slack.requests(POST) == []
    assert short.states == [("waiting", None)]
    assert short.lane("@bob").fence == 2


def test_a_worker_that_cannot_renew_its_lease_posts_nothing_after_it(short: Host, slack: Control) -> None:
    """Somebody keeps the lane's row locked, so that every beat passes it over, until long after the lease."""
    slack.settings(latency_ms=3000)
    short.comment(BOB)
    recording = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with _draining(short):
        _wait(lambda: slack.requests(LOOK_UP), "nobody was looked for")
        with short.session() as holder, short.session() as watcher:
            holder.execute(text("SELECT FROM cocoom_slack_lane FOR UPDATE"))

            def waits() -> Any:
                watcher.rollback()
                return watcher.scalar(text(recording))

            _wait(waits, "the worker does not come to record")
            assert slack.requests(POST) == []
            slack.settings(latency_ms=0)
            holder.rollback()
        _wait(lambda: short.states == [("sent", None)], "the lane did not come back")
    assert len(slack.messages("T0ACME", "U0BOB")) == 1
    assert len(slack.requests(POST)) == 1


def test_after_a_fault_of_our_own_the_lane_comes_back_with_the_end_of_its_lease(
    short: Host, slack: Control, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failed: list[float] = []

    def broken(told: Any) -> Any:
        if not failed:
            failed.append(time.monotonic())
            raise ZeroDivisionError
        return compose_message(told)

    monkeypatch.setattr(posting, "compose_message", broken)
    short.share("first")
    short.drain()
    assert "ZeroDivisionError" in caplog.text
    assert titles(slack.messages("T0ACME", "news")) == ["first"]
    assert short.states == [("sent", None)]
    assert time.monotonic() - failed[0] > LEASE - 0.5, "the lane was given back before its lease was over"
    assert short.lane("C0NEWS").fence == 2
    assert (short.lane("C0NEWS").lease_until, short.lane("C0NEWS").doubted_at) == (None, None)


def test_a_beat_renews_what_is_ours_and_says_what_is_not(short: Host) -> None:
    for channel in ("C0GENERAL", "C0WELCOME", "C0EDITORS"):
        short.route(ACME, channel)
    short.share("News")
    with short.session() as dbsession:
        decide_batch(dbsession)
        claims = lanes.claim(dbsession, 10, short.settings)
        dbsession.commit()
    ours, taken, given_back, locked = claims
    change = "UPDATE cocoom_slack_lane SET {} WHERE id = {}"
    short.execute(text(change.format("fence = fence + 1", taken.lane_id)))
    short.execute(text(change.format("lease_until = NULL", given_back.lane_id)))
    with short.session() as holder, short.session() as dbsession:
        holder.execute(text(f"SELECT FROM cocoom_slack_lane WHERE id = {locked.lane_id} FOR UPDATE"))
        renewed, lost = lanes.renew(dbsession, claims, 100.0)
        dbsession.commit()
        holder.rollback()
    assert renewed == {ours.lane_id}
    assert lost == {taken.lane_id}
    assert 95 < _left(short, ours.conversation) <= 100
    for each in (taken, locked):
        assert _left(short, each.conversation) <= LEASE
    assert short.lane(given_back.conversation).lease_until is None
