"""When something is told: digests, windows, quiet hours and imports (features.md rows 42, 51, 70 and 71)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from cocoom_slack_plugin.notifications.kinds import PUBLICATIONS, SHARES
from cocoom_slack_plugin.notifications.schedule import Every, Schedule
from cocoom_slack_plugin.notifications.tables import notice, preference
from demo.slack.control import Control

from .acts import ADMINISTRATOR, Publication
from .host import ACME, BOB, Host, shared
from .test_following import known, let_the_time_come, shown

POSTS = {PUBLICATIONS, SHARES}
HOUR = timedelta(hours=1)


@pytest.fixture
def host(host: Host) -> Host:
    return host.but(digest_size=20)


def waiting_until(host: Host) -> list[datetime]:
    return [row.not_before for row in host.rows(notice) if row.state == "waiting"]


class TestDigests:
    def test_a_routes_digest_is_told_at_its_time_in_one_message(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", kinds=POSTS, digest=Schedule(Every.DAILY, 17), timezone="Europe/Paris")
        for number in range(3):
            host.share(f"Link {number}")
        host.drain()
        assert shown(slack) == []
        (slot,) = set(waiting_until(host))
        assert (slot - datetime.now(UTC)) <= timedelta(days=1)
        let_the_time_come(host)
        host.drain()
        (digest,) = shown(slack)
        assert [f"Link {number}" in digest for number in range(3)] == [True] * 3

    def test_what_is_told_at_once_does_not_wait_for_the_digest(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", "general", digest=Schedule(Every.WEEKLY))
        host.route(ACME, "C0NEWS", "urgent")
        host.share("calm")
        host.drain()
        host.share("urgent", thread="urgent")
        host.drain()
        assert [("urgent" in each, "calm" in each) for each in shown(slack)] == [(True, False)]
        let_the_time_come(host)
        host.drain()
        assert "calm" in shown(slack)[1]

    def test_one_alone_is_told_in_full(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", kinds=POSTS, digest=Schedule(Every.HOURLY))
        host.share("alone")
        host.drain()
        let_the_time_come(host)
        host.drain()
        assert shown(slack) == ["Bob shared “alone” in #general"]

    def test_what_is_deleted_meanwhile_is_not_in_it(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", kinds=POSTS, digest=Schedule(Every.DAILY))
        posts = [Publication(host, f"Title {number}", f"p{number}") for number in range(3)]
        for each in posts:
            each.publish()
        host.drain()
        posts[1].delete()
        posts[2].edit("Title 2, corrected")
        host.drain()
        let_the_time_come(host)
        host.drain()
        (digest,) = shown(slack)
        assert "Title 0" in digest
        assert "Title 1" not in digest
        assert "Title 2, corrected" in digest

    def test_a_lane_that_only_waits_for_its_time_costs_no_claims(self, host: Host) -> None:
        host.route(ACME, "C0NEWS", kinds=POSTS, digest=Schedule(Every.DAILY))
        host.share("later")
        assert host.drain() is False, "nothing is due soon"
        fence = host.lane("C0NEWS").fence
        host.drain()
        assert host.lane("C0NEWS").fence == fence
        assert host.lane("C0NEWS").due_at == waiting_until(host)[0]


class TestWindows:
    def test_one_persons_posts_within_the_window_are_one_message(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", kinds=POSTS, window=600)
        host.share("one")
        host.drain()
        host.share("two")
        host.drain()
        assert shown(slack) == []
        assert len(set(waiting_until(host))) == 1, "the second joins the first"
        let_the_time_come(host)
        host.drain()
        (together,) = shown(slack)
        assert "one" in together
        assert "two" in together

    def test_an_administrators_edits_are_told_once_with_their_number(
        self, host: Host, slack: Control
    ) -> None:
        patient = host.but(gather_seconds=300.0)
        known(host)
        made = Publication(host)
        for number in range(7):
            made.edit(f"Draft {number}", ADMINISTRATOR)
            patient.drain()
        assert shown(slack, "U0BOB") == []
        let_the_time_come(host)
        patient.drain()
        (said,) = shown(slack, "U0BOB")
        assert "Draft 6" in said
        assert "7 times" in said


class TestPeople:
    def _prefer(self, host: Host, **values: Any) -> None:
        known(host)
        host.execute(insert(preference).values(tenant_id=ACME.id, user_id=BOB.id, **values))

    def test_what_somebody_does_not_want_is_dropped_with_the_reason(self, host: Host) -> None:
        self._prefer(host, off=["comments"])
        Publication(host).comment()
        host.drain()
        assert host.states == [("dropped", "not_wanted")]

    def test_in_quiet_hours_it_is_held_and_then_told_in_one_message(self, host: Host, slack: Control) -> None:
        now = datetime.now(UTC)
        minute = now.hour * 60 + now.minute
        quiet = {"quiet_from": (minute - 60) % 1440, "quiet_to": (minute + 120) % 1440, "timezone": "UTC"}
        self._prefer(host, **quiet)
        made = Publication(host)
        for number in range(3):
            made.comment(comment_id=f"c{number}")
        host.drain()
        assert shown(slack, "U0BOB") == []
        (end,) = set(waiting_until(host))
        assert timedelta(minutes=118) < end - now <= timedelta(minutes=120)
        let_the_time_come(host)
        host.drain()
        assert len(shown(slack, "U0BOB")) == 1

    def test_somebodys_own_digest(self, host: Host, slack: Control) -> None:
        self._prefer(host, digest="daily", digest_hour=8)
        made = Publication(host)
        made.comment(comment_id="c1")
        made.edit("Better news", ADMINISTRATOR)
        host.drain()
        assert shown(slack, "U0BOB") == []
        let_the_time_come(host)
        host.drain()
        (digest,) = shown(slack, "U0BOB")
        assert "commented" in digest
        assert "edited" in digest


class TestImports:
    @pytest.fixture
    def host(self, host: Host) -> Host:
        return host.but(gather_seconds=60.0)

    def _import(self, host: Host, count: int) -> None:
        for number in range(count):
            event = shared(f"Old {number}")
            host.tell("share_published", type(event)(**{**fields(event), "batch": "import-1"}))

    def test_a_small_one_is_one_message_that_names_each(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", kinds=POSTS)
        self._import(host, 5)
        host.drain()
        assert shown(slack) == [], "the rest of it is waited for"
        let_the_time_come(host)
        host.drain()
        (said,) = shown(slack)
        assert all(f"Old {number}" in said for number in range(5))

    def test_a_big_one_is_one_summary(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", kinds=POSTS)
        self._import(host, 120)
        host.drain()
        let_the_time_come(host)
        host.drain()
        (said,) = shown(slack)
        assert "120" in said
        assert "disconnected" not in said
        assert host.states.count(("dropped", "summarised")) == 120

    def test_what_happens_beside_it_is_told_as_ever(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", kinds=POSTS)
        self._import(host, 30)
        host.share("Breaking")
        host.drain()
        assert shown(slack) == ["Bob shared “Breaking” in #general"]


def fields(event: Any) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__dataclass_fields__}
