"""Events become notices in the order in which they were recorded, and no bad one stands in the way."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sqlalchemy import text

from cocoom_hooks.payloads import CollaboratorEvent
from cocoom_slack_plugin.notifications import to_channels
from cocoom_slack_plugin.notifications.tables import event, notice
from cocoom_slack_plugin.notifications.undecided import TENANT_SHARE, decide_batch
from cocoom_slack_plugin.testing import envelope

from .host import ACME, BOB, GLOBEX, Host, in_threads


def _decide(host: Host, limit: int = 500) -> int:
    with host.session() as dbsession:
        decided = decide_batch(dbsession, limit)
        dbsession.commit()
        return decided


def _told(host: Host) -> list[tuple[str | None, str | None]]:
    """(conversation, title) of all notices, in the order in which they will be served."""
    rows = host.engine.connect()
    with rows:
        found = rows.execute(
            text(
                "SELECT l.conversation, e.payload->'post'->>'title' FROM cocoom_slack_notice n "
                "JOIN cocoom_slack_event e ON e.id = n.event_pk LEFT JOIN cocoom_slack_lane l ON l.id = n.lane_id "
                "ORDER BY n.id"
            )
        )
        return [(row[0], row[1]) for row in found]


def test_without_events_nothing_is_decided(host: Host) -> None:
    assert _decide(host) == 0


def test_notices_stand_in_the_order_of_their_events(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    host.route(ACME, "C0WELCOME")
    host.route(GLOBEX, "C1NEWS")
    for number in range(10):
        host.share(f"a{number}")
        host.share(f"g{number}", GLOBEX)
    assert _decide(host) == 20
    assert _decide(host) == 0
    told = _told(host)
    for channel, word in (("C0NEWS", "a"), ("C0WELCOME", "a"), ("C1NEWS", "g")):
        assert [title for where, title in told if where == channel] == [f"{word}{n}" for n in range(10)]
    assert len(told) == 30
    assert all(row.decided_at for row in host.events)


def test_a_batch_takes_the_oldest(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    for number in range(5):
        host.share(str(number))
    assert [_decide(host, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert [title for _, title in _told(host)] == list("01234")


def test_routes_of_one_tenant_are_no_routes_of_another(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    host.share("Nouvelles", GLOBEX)
    _decide(host)
    assert host.states == [("dropped", "no_route")]
    assert host.lanes == []


def test_what_is_told_to_nobody_leaves_a_record(host: Host) -> None:
    host.share("News")
    _decide(host)
    (row,) = host.rows(notice)
    assert (row.state, row.reason, row.lane_id) == ("dropped", "no_route", None)
    assert row.finished_at is not None


def test_newcomers_and_comments_find_their_lanes(host: Host) -> None:
    host.route(ACME, "C0WELCOME", kinds={"newcomers"})
    host.tell("collaborator_joined", CollaboratorEvent(**envelope(ACME), collaborator=BOB))
    host.comment(BOB)
    _decide(host)
    assert [where for where, _ in _told(host)] == ["C0WELCOME", "@bob"]


def test_one_decider_works_at_a_time(host: Host) -> None:
    host.share("News")
    with host.session() as first:
        assert decide_batch(first) == 1
        assert _decide(host) == 0
        first.rollback()
    assert _decide(host) == 1


def test_eight_deciders_at_once_decide_everything_once(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    for number in range(40):
        host.share(str(number))

    def work() -> int:
        done = 0
        while any(row.decided_at is None for row in host.events):
            done += _decide(host, 3)
        return done

    assert sum(int(str(each)) for each in in_threads(*[work] * 8)) == 40
    assert [title for _, title in _told(host)] == [str(number) for number in range(40)]


@pytest.mark.parametrize(
    "spoil",
    [
        """payload = '{"from": "a newer version"}'""",
        "payload = '[]'",
        "payload = 'null'",
        """payload = jsonb_set(payload, '{post,kind}', '"essay"')""",
        "kind = 'from_a_newer_version'",
    ],
)
def test_an_event_that_cannot_be_read_is_dropped_and_blocks_nobody(host: Host, spoil: str) -> None:
    """F30"""
    host.route(ACME, "C0NEWS")
    for title in ("before", "spoilt", "after"):
        host.share(title, event_id=title)
    host.execute(text(f"UPDATE cocoom_slack_event SET {spoil} WHERE event_id = 'spoilt'"))
    assert _decide(host) == 3
    assert host.states == [("waiting", None), ("dropped", "unreadable"), ("waiting", None)]


def test_a_rule_that_fails_on_one_event_stops_nobody_else(
    host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    host.route(ACME, "C0NEWS")
    good = to_channels.about

    def broken(kind: str, told: Any) -> Any:
        if told.post.title == "poison":
            raise ZeroDivisionError
        return good(kind, told)

    monkeypatch.setattr(to_channels, "about", broken)
    for title in ("before", "poison", "after"):
        host.share(title)
    with caplog.at_level(logging.ERROR):
        assert _decide(host) == 3
    assert host.states == [("waiting", None), ("dropped", "undecidable"), ("waiting", None)]
    assert "cannot be decided" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_new_notice_makes_an_idle_lane_due_and_leaves_a_paused_one_alone(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    host.share("first")
    _decide(host)
    due = host.lane("C0NEWS").due_at
    host.share("second")
    _decide(host)
    assert host.lane("C0NEWS").due_at == due
    host.execute(text("UPDATE cocoom_slack_lane SET due_at = NULL, ready_at = now() + interval '1 hour'"))
    host.share("third")
    _decide(host)
    lane = host.lane("C0NEWS")
    assert lane.due_at == lane.ready_at


def test_a_failed_batch_leaves_every_event_undecided(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    host.share("News")
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.rollback()
    assert host.rows(event)[0].decided_at is None
    assert host.rows(notice) == []


def test_a_noisy_tenants_events_do_not_hold_up_the_others(host: Host) -> None:
    """Each tenant's first event comes before anybody's second, however many there are."""
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    for number in range(120):
        host.share(f"a{number}")
    host.share("Nouvelles", GLOBEX)
    assert _decide(host, limit=10) == 10
    assert [title for where, title in _told(host) if where == "C1NEWS"] == ["Nouvelles"]
    assert _decide(host) == TENANT_SHARE
    assert [title for where, title in _told(host) if where == "C0NEWS"] == [f"a{n}" for n in range(109)]
