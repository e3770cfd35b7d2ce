"""What doubt comes to, for every combination of policy, of what was found, and of whether we may look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from cocoom_hooks.payloads import TenantEvent
from cocoom_slack_plugin.errors import SlackRateLimited, SlackRefused, SlackUnavailable, SlackUncertain
from cocoom_slack_plugin.notifications.claims import Claim, Fate
from cocoom_slack_plugin.notifications.digest import Told
from cocoom_slack_plugin.notifications.doubts import (
    BEFORE_SECONDS,
    already_posted,
    doubted,
    fates_of,
    settle,
)
from cocoom_slack_plugin.notifications.render import metadata
from cocoom_slack_plugin.notifications.verdict import RETRY_SECONDS, Reach, Verdict, judge, sent
from cocoom_slack_plugin.slack import Posted, Shown
from cocoom_slack_plugin.testing import envelope, make_tenant

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
THERE = Posted("C0NEWS", "7.000001")
LOST = judge(SlackUncertain("no_answer", "lost"), 0)
LOST_FOR_GOOD = judge(SlackUncertain("no_answer", "lost"), len(RETRY_SECONDS))


def _told(number: int, on_doubt: str = "resend") -> Told:
    event = TenantEvent(**{**envelope(make_tenant()), "event_id": f"e{number}"})
    return Told(notice_id=number, kind="tenant_removed", event=event, locale="en", on_doubt=on_doubt)


def _shown(*numbers: int) -> Mapping[str, Posted]:
    return {f"e{number}": replace(THERE, ts=f"{number}.000001") for number in numbers}


# --- settle: before another attempt ---


@pytest.mark.parametrize(
    ("policies", "shown", "fates"),
    [
        # Nobody could look: the policy decides.
        (["resend"], None, None),
        (["give_up"], None, {1: "unknown"}),
        (["resend", "give_up"], None, {2: "unknown"}),
        (["give_up", "give_up"], None, {1: "unknown", 2: "unknown"}),
        # Somebody looked, and nothing was there: it is posted, whatever the policy.
        (["resend"], [], None),
        (["give_up"], [], None),
        (["resend", "give_up"], [9], None),
        # What was found is sent, whatever the policy, and the rest waits.
        (["resend"], [1], {1: "sent"}),
        (["give_up"], [1], {1: "sent"}),
        (["resend", "give_up", "resend"], [1, 2], {1: "sent", 2: "sent"}),
        (["give_up", "resend"], [2], {2: "sent"}),
    ],
)
def test_a_doubt_from_before_is_settled(
    policies: list[str], shown: list[int] | None, fates: dict[int, str] | None
) -> None:
    told = [_told(number, policy) for number, policy in enumerate(policies, 1)]
    settled = settle(told, len(told), None if shown is None else _shown(*shown))
    if fates is None:
        assert settled is None
        return
    assert settled is not None
    verdict, found = settled
    assert {each.notice_id: each.state for each in found} == fates
    assert verdict.state == ("unknown" if shown is None else "sent")
    # Slack was not asked to post: neither the pace nor the attempts nor the breaker count this.
    assert (verdict.called, verdict.counts, verdict.pause, verdict.reach) == (False, False, 0.0, Reach.LANE)


def test_what_was_found_points_to_the_message_that_slack_shows() -> None:
    settled = settle([_told(1), _told(2), _told(3)], None, _shown(1, 2))
    assert settled is not None
    verdict, fates = settled
    assert verdict == replace(sent(replace(THERE, ts="2.000001")), called=False)
    assert fates == [Fate(1, "sent", None, carried=True), Fate(2, "sent", None, carried=True)]


def test_what_is_given_up_says_why_and_points_to_no_new_message() -> None:
    settled = settle([_told(1, "give_up")], 1, None)
    assert settled == (Verdict(state="unknown"), [Fate(1, "unknown", "answer_lost", carried=False)])


@pytest.mark.parametrize("upto", [None, 0])
def test_what_was_never_announced_cannot_have_been_in_the_message(upto: int | None) -> None:
    assert settle([_told(1, "give_up")], upto, None) is None


def test_only_what_the_message_in_doubt_reached_to_is_given_up() -> None:
    settled = settle([_told(number, "give_up") for number in (1, 2, 3)], 2, None)
    assert settled is not None
    assert [each.notice_id for each in settled[1]] == [1, 2]


# --- doubted: after an attempt whose answer was lost ---


def test_who_may_be_doubled_waits_for_the_next_attempt() -> None:
    verdict, fates = doubted(LOST, [_told(1), _told(2)])
    assert verdict == LOST
    assert verdict.in_doubt
    assert fates == [Fate(1, None, None, carried=True), Fate(2, None, None, carried=True)]


def test_who_must_not_be_doubled_is_given_up_at_once_and_nobody_goes_on_doubting() -> None:
    verdict, fates = doubted(LOST, [_told(1, "give_up"), _told(2, "give_up")])
    assert fates == [Fate(each, "unknown", "no_answer", carried=True) for each in (1, 2)]
    assert (verdict.state, verdict.message, verdict.code) == ("unknown", "unknown", "no_answer")
    assert (verdict.counts, verdict.pause) == (False, RETRY_SECONDS[0])
    assert (verdict.reach, verdict.called) == (Reach.SLACK, True)


def test_in_one_message_each_notice_keeps_its_own_policy() -> None:
    verdict, fates = doubted(LOST, [_told(1, "give_up"), _told(2), _told(3, "give_up")])
    assert verdict == LOST
    assert [(each.state, each.reason) for each in fates] == [
        ("unknown", "no_answer"),
        (None, None),
        ("unknown", "no_answer"),
    ]
    assert all(each.carried for each in fates)


@pytest.mark.parametrize("policies", [["resend"], ["give_up"], ["resend", "give_up"]])
def test_after_the_last_attempt_everybody_is_unknown(policies: list[str]) -> None:
    told = [_told(number, policy) for number, policy in enumerate(policies)]
    verdict, fates = doubted(LOST_FOR_GOOD, told)
    assert verdict == LOST_FOR_GOOD
    assert {(each.state, each.reason, each.carried) for each in fates} == {("unknown", "no_answer", True)}


def test_notices_of_one_message_share_its_fate() -> None:
    told = [_told(1), _told(2)]
    failed = Verdict(state="failed", message="failed", code="msg_too_long", called=True)
    assert fates_of(told, sent(THERE, "invalid_blocks")) == [
        Fate(each, "sent", None, carried=True) for each in (1, 2)
    ]
    assert fates_of(told, failed) == [Fate(each, "failed", "msg_too_long", carried=True) for each in (1, 2)]
    assert fates_of(told, Verdict(code="ratelimited", pause=5.0)) == [
        Fate(each, None, "ratelimited", carried=False) for each in (1, 2)
    ]


# --- looking ---


class Slack:
    """A gateway of which the history alone is asked."""

    def __init__(self, answer: list[Shown] | Exception, *, complete: bool = True) -> None:
        self.answer = answer
        self.complete = complete
        self.asked: list[tuple[str, float]] = []

    async def history(
        self, token: SecretStr, channel: str, since: float, parent_ts: str | None = None
    ) -> tuple[list[Shown], bool]:
        self.asked.append((channel, since))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer, self.complete


def _look(
    slack: Slack, place: str | None, *scopes: str, doubted_at: datetime | None = NOW
) -> Mapping[str, Posted] | None:
    claim = Claim(1, "t", "C0NEWS", 1, 1, 0.0, doubted_at)
    connection: Any = SimpleNamespace(scopes=["chat:write", *scopes])
    gateway: Any = slack
    return asyncio.run(already_posted(gateway, SecretStr("x"), connection, claim, place))


@pytest.mark.parametrize(
    ("place", "scope", "may"),
    [
        ("C0NEWS", "channels:history", True),
        ("C0SECRET", "groups:history", True),
        ("C0NEWS", "im:history", False),
        ("C0NEWS", "mpim:history", False),
        ("G0OLD", "groups:history", True),
        ("G0OLD", "channels:history", False),
        ("D0BOB", "im:history", True),
        ("D0BOB", "channels:history", False),
        ("U0BOB", "im:history", False),
        ("W0BOB", "im:history", False),
        ("", "channels:history", False),
        (None, "channels:history", False),
        ("C0NEWS", "channels:read", False),
    ],
)
def test_we_look_where_the_scope_of_the_conversations_kind_is_there(
    place: str | None, scope: str, may: bool
) -> None:
    slack = Slack([Shown(THERE, metadata(["e1"]))])
    assert _look(slack, place, scope) == ({"e1": THERE} if may else None)
    assert [asked for asked, _ in slack.asked] == ([place] if may else [])


def test_without_a_doubt_nobody_looks() -> None:
    slack = Slack([])
    assert _look(slack, "C0NEWS", "channels:history", doubted_at=None) is None
    assert slack.asked == []


def test_the_look_goes_back_further_than_any_lease() -> None:
    slack = Slack([])
    assert _look(slack, "C0NEWS", "channels:history") == {}
    assert slack.asked == [("C0NEWS", NOW.timestamp() - BEFORE_SECONDS)]
    assert BEFORE_SECONDS >= 300


def test_a_part_of_the_history_proves_what_is_in_it_and_nothing_else() -> None:
    shown = [Shown(THERE, metadata(["e1"]))]
    assert _look(Slack(shown, complete=False), "C0NEWS", "channels:history") == {"e1": THERE}
    assert _look(Slack([], complete=False), "C0NEWS", "channels:history") is None


def test_digests_and_messages_of_others_are_told_apart() -> None:
    other = {"event_type": "somebody_elses", "event_payload": {"event_key": "e3"}}
    shown = [Shown(THERE, metadata(["e1", "e 2"])), Shown(THERE, other), Shown(THERE, {})]
    assert _look(Slack(shown), "C0NEWS", "channels:history") == {"e1": THERE, "e 2": THERE}


@pytest.mark.parametrize(
    "answer",
    [SlackRateLimited(30.0), SlackRefused("missing_scope"), SlackRefused("not_in_channel")],
    ids=["rate limited", "missing scope", "not in channel"],
)
def test_where_slack_does_not_let_us_look_the_policy_decides(answer: Exception) -> None:
    assert _look(Slack(answer), "C0NEWS", "channels:history") is None


@pytest.mark.parametrize(
    "answer",
    [SlackUnavailable("http_503", "away"), SlackUncertain("no_answer", "lost")],
    ids=["unavailable", "uncertain"],
)
def test_a_slack_that_does_not_answer_is_asked_again_later(answer: Exception) -> None:
    with pytest.raises(type(answer)):
        _look(Slack(answer), "C0NEWS", "channels:history")
