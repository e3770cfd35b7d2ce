"""Dead letters are found, and put back to waiting once, in their lanes and in their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.notifications import dead_letters
from cocoom_slack_plugin.notifications.dead_letters import Choice, Replayed, count, newest, not_dead, replay
from cocoom_slack_plugin.notifications.tables import notice
from cocoom_slack_plugin.notifications.undecided import decide_batch
from demo.slack.control import Control

from .host import ACME, BOB, GLOBEX, Host, in_threads, titles


def _decide(host: Host) -> None:
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()


def _end(host: Host, state: str, reason: str, where: str = "true") -> None:
    """Let notices end like this, and their lanes be idle."""
    host.execute(
        text(
            f"UPDATE cocoom_slack_notice n SET state = '{state}', reason = '{reason}', finished_at = now() "
            f"FROM cocoom_slack_lane l, cocoom_slack_event e "
            f"WHERE l.id = n.lane_id AND e.id = n.event_pk AND n.state = 'waiting' AND {where}"
        )
    )
    host.execute(
        text(
            "UPDATE cocoom_slack_lane l SET due_at = NULL WHERE NOT EXISTS "
            "(SELECT FROM cocoom_slack_notice n WHERE n.lane_id = l.id AND n.state = 'waiting')"
        )
    )


@pytest.fixture
def mixed(host: Host) -> Host:
    """Of Acme: a1 failed, a2 unknown, both in C0NEWS; a comment to Bob failed otherwise. Of Globex: g1 failed."""
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    for title in ("a1", "a2"):
        host.share(title)
    host.comment(BOB)
    host.share("g1", GLOBEX)
    _decide(host)
    _end(host, "failed", "invalid_blocks", "e.payload->'post'->>'title' IN ('a1', 'g1')")
    _end(host, "unknown", "no_answer", "e.payload->'post'->>'title' = 'a2'")
    _end(host, "failed", "http_404", "l.conversation = '@bob'")
    return host


def _newest(host: Host, tenant: Any = ACME, limit: int = 50, **choice: Any) -> list[tuple[str, str, str]]:
    with host.session() as dbsession:
        found = newest(dbsession, tenant.id, Choice(**choice), limit)
    return [(each.title, each.state, each.conversation) for each in found]


A1, A2, COMMENT = ("a1", "failed", "C0NEWS"), ("a2", "unknown", "C0NEWS"), ("News", "failed", "@bob")


def test_they_are_shown_newest_first_and_of_this_tenant_alone(mixed: Host) -> None:
    assert _newest(mixed) == [COMMENT, A2, A1]
    assert _newest(mixed, limit=1) == [COMMENT]
    assert _newest(mixed, GLOBEX) == [("g1", "failed", "C1NEWS")]


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({"reason": "invalid_blocks"}, [A1]),
        ({"channel": "C0NEWS"}, [A2, A1]),
        ({"channel": "C1NEWS"}, []),
        ({"channel": "@bob"}, [COMMENT]),
        ({"unknown_too": False}, [COMMENT, A1]),
        ({"since": NOW - timedelta(days=1)}, [COMMENT, A2, A1]),
        ({"since": NOW + timedelta(days=1)}, []),
        ({"channel": "C0NEWS", "reason": "no_answer"}, [A2]),
    ],
    ids=["reason", "channel", "another", "person", "failed", "since", "future", "both"],
)
def test_a_choice_is_what_it_says(mixed: Host, choice: dict[str, Any], found: list[Any]) -> None:
    assert _newest(mixed, **choice) == found
    assert sorted(_replayed_titles(mixed, **choice)) == sorted(title for title, *_ in found)


def _replayed_titles(host: Host, **choice: Any) -> list[str]:
    replay(host.hooks, ACME.id, Choice(**choice), "cli:test")
    with host.engine.connect() as open_:
        rows = open_.execute(
            text(
                "SELECT e.payload->'post'->>'title' FROM cocoom_slack_notice n "
                "JOIN cocoom_slack_event e ON e.id = n.event_pk WHERE n.state = 'waiting' ORDER BY n.id"
            )
        )
        return [row[0] for row in rows]


def test_what_is_replayed_waits_as_before_and_honours_the_pause_of_its_lane(mixed: Host) -> None:
    mixed.execute(
        text(
            "UPDATE cocoom_slack_lane SET ready_at = now() + interval '1 hour', attempts = 3 "
            "WHERE conversation = 'C0NEWS'"
        )
    )
    mixed.execute(
        text(
            "WITH m AS (INSERT INTO cocoom_slack_message (tenant_id, lane_id, outcome) "
            "SELECT tenant_id, id, 'unknown' FROM cocoom_slack_lane WHERE conversation = 'C0NEWS' RETURNING id) "
            "UPDATE cocoom_slack_notice SET message_id = m.id FROM m WHERE state = 'unknown'"
        )
    )
    before = {row.id: row for row in mixed.rows(notice)}
    assert replay(mixed.hooks, ACME.id, Choice(), "cli:test") == Replayed(3, 1)
    for row in mixed.rows(notice):
        if row.tenant_id == ACME.id:
            assert (row.state, row.reason, row.finished_at) == ("waiting", None, None)
            assert row.message_id == before[row.id].message_id
        else:
            assert row == before[row.id]
    channel, person, other = mixed.lane("C0NEWS"), mixed.lane("@bob"), mixed.lane("C1NEWS")
    assert (channel.due_at, channel.attempts) == (channel.ready_at, 3)
    assert person.due_at <= datetime.now(UTC)
    assert other.due_at is None


def test_a_lane_that_is_due_keeps_its_time(mixed: Host) -> None:
    mixed.execute(text("UPDATE cocoom_slack_lane SET due_at = now() + interval '5 hours'"))
    due = mixed.lane("C0NEWS").due_at
    replay(mixed.hooks, ACME.id, Choice(), "cli:test")
    assert mixed.lane("C0NEWS").due_at == due


def test_replayed_notices_arrive_in_their_order(mixed: Host, slack: Control) -> None:
    mixed.share("a3")
    replay(mixed.hooks, ACME.id, Choice(channel="C0NEWS"), "cli:test")
    mixed.drain()
    assert titles(slack.messages("T0ACME", "news")) == ["a1", "a2", "a3"]


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_each_is_put_back_once_and_written_down(
    mixed: Host, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(dead_letters, "BATCH", batch)
    assert replay(mixed.hooks, ACME.id, Choice(), "cli:test") == Replayed(3, 1)
    assert replay(mixed.hooks, ACME.id, Choice(), "cli:test") == Replayed()
    records = [row for row in mixed.rows(audit) if row.action == "notices.replay"]
    assert sum(row.detail["notices"] for row in records) == 3
    assert sum(row.detail["unknown"] for row in records) == 1
    assert {(row.tenant_id, row.actor) for row in records} == {(ACME.id, "cli:test")}
    assert len({row.correlation_id for row in records}) == 1


def test_many_who_ask_at_once_put_each_back_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "BATCH", 5)
    for number in range(4):
        host.route(ACME, f"C0CHANNEL{number}")
    for number in range(10):
        host.share(str(number))
    _decide(host)
    _end(host, "failed", "invalid_blocks")
    done = in_threads(*[lambda: replay(host.hooks, ACME.id, Choice(), "cli:test").notices] * 6)
    assert sum(int(str(each)) for each in done) == 40
    assert {row.state for row in host.rows(notice)} == {"waiting"}


def test_one_that_fails_again_meanwhile_is_not_put_back_twice(
    mixed: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a request for all of them would never end."""
    monkeypatch.setattr(dead_letters, "BATCH", 1)
    put_back = dead_letters._put_back

    calls = iter(range(3))

    def fail_again(dbsession: Any, numbers: Any, lanes: Any) -> Replayed:
        assert next(calls, None) is not None
        _end(mixed, "failed", "invalid_blocks")
        return put_back(dbsession, numbers, lanes)

    monkeypatch.setattr(dead_letters, "_put_back", fail_again)
    assert replay(mixed.hooks, ACME.id, Choice(), "cli:test").notices == 3


def test_numbers_of_others_are_told_apart(mixed: Host) -> None:
    ids = {row.tenant_id: row.id for row in mixed.rows(notice)}
    with mixed.session() as dbsession:
        assert not_dead(dbsession, ACME.id, [ids[ACME.id], ids[GLOBEX.id], 10**9]) == [ids[GLOBEX.id], 10**9]
        assert count(dbsession, ACME.id, Choice(), "unknown") == 1
        assert count(dbsession, ACME.id, Choice(channel="@bob"), "unknown") == 0
    assert replay(mixed.hooks, ACME.id, Choice(numbers=[ids[GLOBEX.id]]), "cli:test") == Replayed()


def test_a_payload_of_another_version_is_shown_without_a_title(mixed: Host) -> None:
    mixed.execute(text("""UPDATE cocoom_slack_event SET payload = '{"post": 5}'"""))
    assert {title for title, *_ in _newest(mixed)} == {""}


def test_the_list_and_the_replay_use_the_index_of_dead_letters(mixed: Host) -> None:
    mixed.execute(
        text(
            "INSERT INTO cocoom_slack_notice (tenant_id, event_pk, lane_id, locale, state, finished_at) "
            "SELECT 't-acme', e.id, l.id, 'en', 'sent', now() FROM generate_series(1, 20000), "
            "(SELECT id FROM cocoom_slack_event LIMIT 1) e, (SELECT id FROM cocoom_slack_lane LIMIT 1) l"
        )
    )
    mixed.execute(text("ANALYZE cocoom_slack_notice"))
    statement = dead_letters._chosen(dead_letters.select(notice.c.id), ACME.id, Choice(reason="x"))
    with mixed.engine.connect() as open_:
        compiled = statement.compile(mixed.engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(open_.scalars(text(f"EXPLAIN {compiled}")))
    assert "ix_cocoom_slack_notice_dead" in plan
