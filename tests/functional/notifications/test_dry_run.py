"""A dry run by the tenant's clock, and through everything that a page cannot hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.notifications import dry_run
from cocoom_slack_plugin.notifications.dry_run import Result
from cocoom_slack_plugin.notifications.past_events import PAGE, pages
from cocoom_slack_plugin.notifications.route import Effect, Route
from cocoom_slack_plugin.notifications.schedule import Every, Schedule

from .host import ACME, BOB, GLOBEX, Host

NEWS = Route(channel="C0NEWS")


def _run(host: Host, route: Route, tenant: Tenant = ACME, days: int = 14, stored: Any = ()) -> Result:
    with host.session() as dbsession:
        return dry_run.run(dbsession, tenant, dry_run.rehearse(list(stored), route, 30.0), days)


def _share(host: Host, title: str, at: datetime, **fields: Any) -> None:
    host.share(title, **fields)
    host.execute(
        text(
            "UPDATE cocoom_slack_event SET recorded_at = :at WHERE id = (SELECT max(id) FROM cocoom_slack_event)"
        ).bindparams(at=at)
    )


def test_days_and_the_busiest_hour_are_by_the_tenants_clock(host: Host) -> None:
    yesterday = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for minutes in (-90, -25, -20, 10):
        _share(host, "x", yesterday + timedelta(minutes=minutes))
    # Where the clock shows 5:30 more all the year, midnight is 18:30.
    in_india = _run(host, NEWS, replace(ACME, timezone="Asia/Kolkata"))
    day = yesterday.date()
    assert in_india.per_day == {day: 4}
    assert in_india.busiest is not None
    assert (in_india.busiest[0].hour, in_india.busiest[1]) == (5, 3)
    in_utc = _run(host, NEWS)
    assert in_utc.per_day == {day - timedelta(days=1): 3, day: 1}
    assert in_utc.busiest is not None
    assert (in_utc.busiest[0].date(), in_utc.busiest[0].hour, in_utc.busiest[1]) == (
        day - timedelta(days=1),
        23,
        2,
    )


def test_each_slot_of_a_digest_is_a_message(host: Host) -> None:
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=4)
    for hours in (0, 1, 5, 25, 49):
        _share(host, "x", noon + timedelta(hours=hours))
    daily = _run(host, replace(NEWS, digest=Schedule(Every.DAILY, 18)))
    assert (daily.notices, daily.messages) == (5, 3)
    weekly = _run(host, replace(NEWS, digest=Schedule(Every.WEEKLY, 18, (noon.weekday() + 3) % 7)))
    assert (weekly.notices, weekly.messages) == (5, 1)


def test_an_import_is_one_message(host: Host) -> None:
    for _ in range(5):
        host.share("x")
    host.execute(text('UPDATE cocoom_slack_event SET payload = payload || \'{"batch": "import-1"}\''))
    found = _run(host, NEWS)
    assert (found.notices, found.messages) == (5, 1)


def test_what_was_recorded_before_the_days_asked_for_does_not_count(host: Host) -> None:
    now = datetime.now(UTC)
    _share(host, "old", now - timedelta(days=3))
    _share(host, "new", now - timedelta(hours=1))
    assert (_run(host, NEWS, days=1).notices, _run(host, NEWS, days=4).notices) == (1, 2)


def test_the_span_begins_with_the_oldest_record_where_that_is_younger(host: Host) -> None:
    at = datetime.now(UTC) - timedelta(days=3)
    _share(host, "old", at)
    assert _run(host, NEWS).since == at
    short = _run(host, NEWS, days=1)
    assert short.since == short.asked_since
    assert _run(host, NEWS, GLOBEX).since is None


def test_a_mute_everywhere_silences_people_as_the_rules_do(host: Host) -> None:
    host.comment(BOB)
    mute = Route(channel=None, effect=Effect.MUTE, kinds=frozenset({"comments"}))
    assert _run(host, mute).silenced == {"@bob": 1}
    assert _run(host, replace(mute, channel="C0NEWS")).silenced == {}


def test_a_stored_route_keeps_its_place(host: Host) -> None:
    """The older one of the same channel tells, so that a dry run says what the rules would do."""
    host.share("x")
    older = Route(channel="C0NEWS", locale="fr", threads=frozenset({"general"}), number=1)
    newer = replace(NEWS, number=2)
    found = _run(host, newer, stored=[older, newer])
    assert (found.notices, found.already) == (1, 1)
    assert found.rehearsal.within == [older, newer]


def test_a_tenants_events_come_in_pages_and_in_their_order(host: Host) -> None:
    host.share("first")
    host.execute(
        text(
            "INSERT INTO cocoom_slack_event (tenant_id, event_id, kind, payload) "
            "SELECT tenant_id, event_id || n, kind, payload FROM cocoom_slack_event, generate_series(1, :more) n"
        ).bindparams(more=PAGE + 9)
    )
    host.share("other", GLOBEX)
    with host.session() as dbsession:
        since = datetime.combine(date(2020, 1, 1), datetime.min.time(), UTC)
        sizes = [len(each) for each in pages(dbsession, ACME.id, ["share_published"], since)]
    assert sizes == [PAGE, 10]
