"""What waits and what is wrong, per tenant, as commands and monitoring see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from cocoom_slack_plugin.connections.health import mark_broken
from cocoom_slack_plugin.notifications import backlog as backlogs
from cocoom_slack_plugin.notifications.backlog import Backlog, LaneInTrouble, Pause, look
from cocoom_slack_plugin.notifications.metrics import exposition
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.testing import make_user

from .host import ACME, BOB, GLOBEX, Host


def _look(host: Host, tenant: Any = None) -> dict[str, Backlog]:
    with host.session() as dbsession:
        return {each.tenant_id: each for each in look(dbsession, tenant and tenant.id)}


def _decide(host: Host) -> None:
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()


@pytest.fixture
def behind(host: Host) -> Host:
    """Acme has three notices in two lanes, the oldest two hours old; Globex one."""
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    host.share("a1")
    _decide(host)
    host.execute(text("UPDATE cocoom_slack_notice SET created_at = now() - interval '2 hours'"))
    host.share("a2")
    host.comment(BOB)
    host.share("g1", GLOBEX)
    _decide(host)
    return host


def test_of_those_who_have_nothing_nothing_is_said(host: Host) -> None:
    assert _look(host) == {}
    assert _look(host, ACME) == {}


def test_what_was_sent_is_no_backlog(behind: Host) -> None:
    behind.drain()
    assert _look(behind) == {}


def test_waiting_notices_and_the_oldest_are_each_tenants_own(behind: Host) -> None:
    found = _look(behind)
    assert {name: each.waiting for name, each in found.items()} == {ACME.id: 3, GLOBEX.id: 1}
    assert 7200 <= found[ACME.id].oldest_seconds < 7800
    assert 0 <= found[GLOBEX.id].oldest_seconds < 600


def test_one_tenant_is_looked_at_alone(behind: Host) -> None:
    behind.share("undecided", GLOBEX)
    behind.execute(text("UPDATE cocoom_slack_lane SET trouble = 'is_archived'"))
    every = _look(behind)
    for tenant in (ACME, GLOBEX):
        (found,) = _look(behind, tenant).values()
        assert found.tenant_id == tenant.id
        expected = every[tenant.id]
        assert (found.waiting, found.undecided, found.troubles) == (
            expected.waiting,
            expected.undecided,
            expected.troubles,
        )


def test_undecided_events_are_counted(host: Host) -> None:
    host.share("a1")
    host.share("a2")
    assert _look(host)[ACME.id].undecided == 2
    assert _look(host)[ACME.id].waiting == 0


def test_lanes_in_trouble_say_why_and_when_they_are_tried_again(behind: Host) -> None:
    behind.execute(
        text(
            "UPDATE cocoom_slack_lane SET trouble = 'is_archived', attempts = 2, due_at = now() + interval '1 hour' "
            "WHERE conversation = 'C0NEWS'"
        )
    )
    due = behind.lane("C0NEWS").due_at
    assert _look(behind)[ACME.id].troubles == [LaneInTrouble("C0NEWS", "is_archived", 2, due)]
    assert _look(behind)[GLOBEX.id].troubles == []


def test_a_lane_in_which_nothing_waits_is_in_no_trouble(behind: Host) -> None:
    behind.drain()
    behind.execute(text("UPDATE cocoom_slack_lane SET trouble = 'is_archived'"))
    assert _look(behind) == {}


def test_dead_letters_of_a_day_are_counted(behind: Host) -> None:
    behind.execute(
        text(
            "UPDATE cocoom_slack_notice n SET state = 'failed', finished_at = now() - make_interval(hours => 23) "
            "FROM cocoom_slack_lane l WHERE l.id = n.lane_id AND l.conversation IN ('C0NEWS', 'C1NEWS')"
        )
    )
    behind.execute(
        text(
            "UPDATE cocoom_slack_notice SET finished_at = now() - make_interval(hours => 25) "
            "WHERE tenant_id = 't-globex'"
        )
    )
    found = _look(behind)
    assert found[ACME.id].dead_last_day == 2
    assert GLOBEX.id not in found


def test_a_workspaces_pause_and_breaker_are_shown_and_its_budget_is_not(host: Host) -> None:
    until = datetime.now(UTC) + timedelta(minutes=10)
    for tenant, ready_at, failures, trouble in (
        ("t-acme", until, 5, "http_503"),
        ("t-globex", until, 0, None),
        ("t-quiet", until - timedelta(hours=1), 0, "ratelimited"),
    ):
        host.execute(
            text(
                "INSERT INTO cocoom_slack_workspace VALUES (:tenant, :ready_at, :failures, :trouble)"
            ).bindparams(tenant=tenant, ready_at=ready_at, failures=failures, trouble=trouble)
        )
    (found,) = _look(host).values()
    assert found.tenant_id == ACME.id
    assert found.pause is not None
    assert found.pause == Pause("http_503", 5, until, found.pause.seconds)
    assert 0 < found.pause.seconds <= 600


def test_held_is_held_with_nothing_waiting_too(host: Host) -> None:
    with host.session() as dbsession:
        mark_broken(dbsession, ACME.id, "token_revoked")
        dbsession.commit()
    (found,) = _look(host).values()
    assert found.held_since is not None


def test_strangers_are_each_tenants_own(host: Host) -> None:
    for user in ("yan", "zoe"):
        host.comment(make_user(user))
    host.comment(make_user("xia"), GLOBEX)
    host.drain()
    found = _look(host)
    assert {name: each.strangers for name, each in found.items()} == {ACME.id: 2, GLOBEX.id: 1}
    assert _look(host, ACME) == {ACME.id: found[ACME.id]}


class TestMetrics:
    def _samples(self, written: str) -> dict[tuple[str, ...], float]:
        return {
            (sample.name, sample.labels.pop("tenant"), *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(written)
            for sample in family.samples
        }

    def test_they_say_what_the_backlog_says(self) -> None:
        now = datetime(2026, 1, 2, tzinfo=UTC)
        pause = Pause("http_503", 5, now, 12.5)
        found = Backlog("t-acme", 3, 7200.5, 2, 1, strangers=4, held_since=now, pause=pause)
        found.troubles = [LaneInTrouble(f"C{n}", reason, 1, now) for n, reason in enumerate("aab")]
        found.unrouted = 4
        written = exposition([found, Backlog("t-gone", waiting=1)], {"t-acme": "acme"})
        samples = self._samples(written)
        for name, value in (
            (("cocoom_slack_notices_waiting", "acme"), 3),
            (("cocoom_slack_oldest_notice_age_seconds", "acme"), 7200.5),
            (("cocoom_slack_events_undecided", "acme"), 2),
            (("cocoom_slack_dead_letters_last_day", "acme"), 1),
            (("cocoom_slack_people_unknown", "acme"), 4),
            (("cocoom_slack_held_since_timestamp_seconds", "acme"), now.timestamp()),
            (("cocoom_slack_workspace_pause_seconds", "acme", "http_503"), 12.5),
            (("cocoom_slack_workspace_failures", "acme"), 5),
            (("cocoom_slack_lanes_in_trouble", "acme", "a"), 2),
            (("cocoom_slack_lanes_in_trouble", "acme", "b"), 1),
            (("cocoom_slack_events_unrouted_last_day", "acme"), 4),
            (("cocoom_slack_notices_waiting", "t-gone"), 1),
        ):
            assert samples.pop(name) == value
        # Of one about whom there is little to say, the rest is 0 and what does not exist is missing.
        assert set(samples.values()) == {0.0}
        assert {tenant for _, tenant in samples} == {"t-gone"}

    def test_without_a_backlog_every_metric_is_explained_all_the_same(self) -> None:
        written = exposition([], {})
        assert self._samples(written) == {}
        assert written.count("# HELP cocoom_slack_") == 10

    def test_one_scrape_knows_nothing_of_the_last(self) -> None:
        exposition([Backlog("t-acme", 3)], {})
        assert "t-acme" not in exposition([], {})

    def test_odd_names_are_escaped(self) -> None:
        written = exposition([Backlog("t", 1)], {"t": 'a"b\\c\nd'})
        assert ("cocoom_slack_notices_waiting", 'a"b\\c\nd') in self._samples(written)


def test_with_many_finished_notices_no_statement_reads_them(behind: Host) -> None:
    """The partial indexes hold what is counted and nothing else."""
    behind.execute(
        text(
            "INSERT INTO cocoom_slack_notice (tenant_id, event_pk, lane_id, locale, state, finished_at) "
            "SELECT 't-acme', e.id, l.id, 'en', 'sent', now() FROM generate_series(1, 50000), "
            "(SELECT id FROM cocoom_slack_event LIMIT 1) e, (SELECT id FROM cocoom_slack_lane LIMIT 1) l"
        )
    )
    behind.execute(text("ANALYZE cocoom_slack_notice"))
    with behind.engine.connect() as open_:
        for statement in (backlogs._WAITING, backlogs._DEAD):
            for tenant in (None, ACME.id):
                plan = "\n".join(open_.scalars(text(f"EXPLAIN {statement.text}"), {"tenant": tenant}))
                assert "Seq Scan on cocoom_slack_notice" not in plan
                assert "ix_cocoom_slack_notice_" in plan
        one = "\n".join(open_.scalars(text(f"EXPLAIN {backlogs._WAITING.text}"), {"tenant": ACME.id}))
    assert "Index Cond: (lane_id = ANY" in one
