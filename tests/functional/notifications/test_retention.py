"""What ended long ago is deleted; what waits, is undecided or is young, never."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from cocoom_slack_plugin.notifications import retention
from cocoom_slack_plugin.notifications.dead_letters import Choice, replay
from cocoom_slack_plugin.notifications.retention import Periods, purge
from cocoom_slack_plugin.notifications.tables import notice
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.people import purge as stranger_purge
from cocoom_slack_plugin.people.tables import stranger

from .host import ACME, BOB, GLOBEX, Host, in_threads

DAYS = 30
TIMES = {
    "event": ("recorded_at", "decided_at"),
    "notice": ("created_at", "finished_at"),
    "message": ("posted_at",),
    "lane": ("ready_at",),
}


def _age(host: Host, days: float, *tables: str, where: str = "true") -> None:
    for table in tables or TIMES:
        changes = ", ".join(f"{name} = {name} - interval '{days} days'" for name in TIMES[table])
        host.execute(text(f"UPDATE cocoom_slack_{table} SET {changes} WHERE {where}"))


def _purge(host: Host) -> int:
    return purge(host.hooks, Periods(DAYS, DAYS), threading.Event())


def _decide(host: Host) -> None:
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()


def _counts(host: Host) -> tuple[int, int, int, int]:
    return (len(host.events), len(host.rows(notice)), len(host.messages), len(host.lanes))


@pytest.fixture
def told(host: Host) -> Host:
    """Acme told two posts and one comment, Globex one post; all are sent."""
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    for title in ("a1", "a2"):
        host.share(title)
    host.comment(BOB)
    host.share("g1", GLOBEX)
    host.drain()
    assert _counts(host) == (4, 4, 4, 3)
    return host


def test_what_is_young_is_kept(told: Host) -> None:
    _age(told, DAYS - 1)
    assert _purge(told) == 0
    assert _counts(told) == (4, 4, 4, 3)


def test_what_is_old_goes_with_its_messages_and_idle_lanes(told: Host) -> None:
    _age(told, DAYS + 1)
    assert _purge(told) == 4 + 4 + 4 + 3
    assert _counts(told) == (0, 0, 0, 0)


def test_what_nobody_was_told_of_goes_too(host: Host) -> None:
    host.share("told to nobody")
    _decide(host)
    _age(host, DAYS + 1)
    assert _purge(host) == 2
    assert _counts(host) == (0, 0, 0, 0)


def test_what_still_waits_is_kept_however_old(told: Host) -> None:
    told.share("waits")
    _decide(told)
    told.share("undecided")
    _age(told, 10 * 365)
    _purge(told)
    assert [row.payload["post"]["title"] for row in told.events] == ["waits", "undecided"]
    assert told.states == [("waiting", None)]
    assert [row.conversation for row in told.lanes] == ["C0NEWS"]


def test_an_event_with_one_notice_left_keeps_all_of_them(told: Host) -> None:
    told.route(ACME, "C0WELCOME")
    told.share("in two channels")
    told.drain()
    (last,) = [row.id for row in told.events if row.payload["post"]["title"] == "in two channels"]
    _age(told, DAYS + 1)
    told.execute(
        text(
            "UPDATE cocoom_slack_notice SET finished_at = now() WHERE id = (SELECT max(id) FROM cocoom_slack_notice)"
        )
    )
    _purge(told)
    assert [row.id for row in told.events] == [last]
    assert len(told.rows(notice)) == 2
    assert len(told.messages) == 2


def test_days_count_from_the_end_and_not_from_the_event(told: Host) -> None:
    _age(told, DAYS + 1, "event")
    _purge(told)
    assert len(told.events) == 4


def test_a_message_without_a_notice_goes_when_it_is_old(told: Host) -> None:
    """An attempt whose answer was lost, and which a later one replaced."""
    told.execute(
        text(
            "INSERT INTO cocoom_slack_message (tenant_id, lane_id, outcome, posted_at) "
            "SELECT tenant_id, id, 'unknown', now() - interval '31 days' "
            "FROM cocoom_slack_lane WHERE conversation = 'C0NEWS'"
        )
    )
    assert _purge(told) == 1
    assert len(told.messages) == 4


@pytest.mark.parametrize(
    "change", ["due_at = now()", "ready_at = now()", "lease_until = now() + interval '1 minute'"]
)
def test_a_lane_that_is_in_use_is_kept(told: Host, change: str) -> None:
    _age(told, DAYS + 1)
    told.execute(text(f"UPDATE cocoom_slack_lane SET {change} WHERE conversation = 'C0NEWS'"))
    _purge(told)
    assert [row.conversation for row in told.lanes] == ["C0NEWS"]


def test_old_dead_letters_go(told: Host) -> None:
    told.execute(text("UPDATE cocoom_slack_notice SET state = 'failed', reason = 'x'"))
    _age(told, DAYS + 1)
    _purge(told)
    assert told.rows(notice) == []


@pytest.mark.parametrize("page", [1, 3])
def test_page_by_page_nothing_is_left(told: Host, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    """Those that wait stand first and do not hide the old ones behind them."""
    told.execute(
        text(
            "UPDATE cocoom_slack_notice SET state = 'waiting', finished_at = NULL "
            "WHERE id = (SELECT min(id) FROM cocoom_slack_notice)"
        )
    )
    _age(told, DAYS + 1)
    monkeypatch.setattr(retention, "PAGE", page)
    _purge(told)
    assert _counts(told) == (1, 1, 1, 1)


def test_asked_to_stop_it_stops(told: Host) -> None:
    _age(told, DAYS + 1)
    stop = threading.Event()
    stop.set()
    assert purge(told.hooks, Periods(DAYS, DAYS), stop) == 0
    assert len(told.events) == 4


def test_many_purges_at_once_delete_everything_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PAGE", 7)
    for number in range(30):
        host.share(str(number))
    _decide(host)
    _age(host, DAYS + 1)
    in_threads(*[lambda: _purge(host)] * 4)
    assert _purge(host) == 0
    assert host.events == []


@pytest.fixture
def strangers(host: Host) -> Host:
    """Ten of Acme's and Globex's, the odd ones of whom missed nothing for 31 days."""
    host.execute(
        text(
            "INSERT INTO cocoom_slack_stranger "
            "(tenant_id, user_id, team_id, email, display_name, reason, last_missed_at) "
            "SELECT CASE WHEN n < 5 THEN 't-acme' ELSE 't-globex' END, n::text, 'T', 'e', 'n', 'not_found', "
            "now() - make_interval(days => CASE WHEN n % 2 = 1 THEN 31 ELSE 29 END) FROM generate_series(0, 9) n"
        )
    )
    return host


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_strangers_who_missed_nothing_for_long_go(
    strangers: Host, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(stranger_purge, "PAGE", page)
    assert _purge(strangers) == 5
    assert [row.user_id for row in strangers.rows(stranger)] == ["0", "2", "4", "6", "8"]
    assert _purge(strangers) == 0


def test_a_stranger_whom_somebody_counts_just_now_is_left_for_the_next_purge(strangers: Host) -> None:
    with strangers.session() as counting:
        counting.execute(text("SELECT FROM cocoom_slack_stranger WHERE user_id = '3' FOR UPDATE"))
        assert _purge(strangers) == 4
    assert _purge(strangers) == 1


def test_asked_to_stop_it_leaves_strangers_too(strangers: Host) -> None:
    stop = threading.Event()
    stop.set()
    assert purge(strangers.hooks, Periods(DAYS, DAYS), stop) == 0
    assert len(strangers.rows(stranger)) == 10


def test_a_dead_letter_that_is_replayed_at_this_moment_is_not_deleted(told: Host) -> None:
    """The purge looked before the replay was committed, and deletes after."""
    told.execute(
        text("UPDATE cocoom_slack_notice SET state = 'failed', reason = 'x' WHERE tenant_id = 't-acme'")
    )
    _age(told, DAYS + 1)
    with told.session() as replaying:
        replaying.execute(
            text(
                "UPDATE cocoom_slack_notice SET state = 'waiting', finished_at = NULL WHERE tenant_id = 't-acme'"
            )
        )
        _purge(told)
        replaying.commit()
    assert [state for state, _ in told.states] == ["waiting"] * 3
    assert len(told.events) == 3


def test_replays_and_purges_at_once_lose_nothing_that_waits(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PAGE", 5)
    host.route(ACME, "C0NEWS")
    for number in range(60):
        host.share(str(number))
    _decide(host)
    host.execute(text("UPDATE cocoom_slack_notice SET state = 'failed', reason = 'x', finished_at = now()"))
    _age(host, DAYS + 1)
    replayed, _ = in_threads(
        lambda: replay(host.hooks, ACME.id, Choice(), "cli:test").notices, lambda: _purge(host)
    )
    assert len(host.rows(notice)) == replayed
    assert len(host.events) == replayed


ROWS = 100_000


@pytest.fixture
def many(host: Host) -> Host:
    """As many young rows in every table as make a walk through all of them show."""
    host.execute(
        text(
            "INSERT INTO cocoom_slack_lane (tenant_id, conversation) "
            "SELECT 't-acme', 'C' || n FROM generate_series(1, 1000) n"
        )
    )
    host.execute(
        text(
            "INSERT INTO cocoom_slack_event (tenant_id, event_id, kind, payload, decided_at) "
            f"SELECT 't-acme', n::text, 'share_published', '{{}}', now() FROM generate_series(1, {ROWS}) n"
        )
    )
    host.execute(
        text(
            "INSERT INTO cocoom_slack_message (tenant_id, lane_id, outcome) "
            "SELECT 't-acme', (SELECT min(id) FROM cocoom_slack_lane) + n % 1000, 'sent' "
            f"FROM generate_series(1, {ROWS}) n"
        )
    )
    host.execute(
        text(
            "INSERT INTO cocoom_slack_notice (tenant_id, event_pk, lane_id, locale, state, finished_at, message_id) "
            "SELECT 't-acme', e.id, (SELECT min(id) FROM cocoom_slack_lane) + e.id % 1000, 'en', 'sent', now(), "
            "e.id - (SELECT min(id) FROM cocoom_slack_event) + (SELECT min(id) FROM cocoom_slack_message) "
            "FROM cocoom_slack_event e"
        )
    )
    host.execute(
        text("ANALYZE cocoom_slack_event, cocoom_slack_notice, cocoom_slack_message, cocoom_slack_lane")
    )
    return host


def test_a_page_costs_a_page_and_not_the_table(many: Host) -> None:
    """No statement of a page of events or messages reads a table from end to end."""
    for table, (look, deletions) in zip(("event", "message"), retention._WALKS, strict=False):
        with many.engine.connect() as open_:
            start = open_.scalar(text(f"SELECT min(id) FROM cocoom_slack_{table}")) or 0
        bounds = {"after": start - 1, "last": start + retention.PAGE, "page": retention.PAGE}
        bounds |= {"days": DAYS, "post_days": DAYS}
        for statement in (look, *deletions):
            assert "Seq Scan" not in _plan(many, statement, bounds)


def _plan(host: Host, statement: Any, bounds: dict[str, int]) -> str:
    used = {name: value for name, value in bounds.items() if f":{name}" in statement.text}
    with host.engine.connect() as open_:
        return "\n".join(open_.scalars(text(f"EXPLAIN {statement.text}"), used))


def test_what_was_told_of_posts_is_kept_for_as_long_as_it_can_be_withdrawn(told: Host) -> None:
    told.share("still waits", GLOBEX)
    _decide(told)
    told.execute(text("DELETE FROM cocoom_slack_route"))
    told.share("routed nowhere")
    _decide(told)
    _age(told, DAYS + 1)
    before = _counts(told)
    purge(told.hooks, Periods(DAYS, 400), threading.Event())
    events, notices, messages, _ = _counts(told)
    assert (events, notices) == (before[0] - 1, before[1] - 1), "only what was told nowhere has gone"
    assert messages == before[2]
    _age(told, 400)
    purge(told.hooks, Periods(DAYS, 400), threading.Event())
    assert _counts(told)[:3] == (1, 1, 0), "what still waits stays"
