"""Paces and shares: bursts, a workspace's budget whoever spends it, and no tenant that keeps the others waiting."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import func, insert, text

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.notifications import tables
from cocoom_slack_plugin.notifications.undecided import decide_batch
from demo.slack.control import Control
from demo.slack.slack import Slack
from demo.slack.thread import SlackThread
from demo.slack.world.channel import Channel

from .host import ACME, GLOBEX, TEAMS, Host, in_threads, titles

POST = "chat.postMessage"
LEEWAY = 1.0
"""Seconds by which messages may come closer to each other on their way than they were claimed."""


def _route_to_new_channels(host: Host, thread: SlackThread, count: int, tenant: Tenant = ACME) -> list[str]:
    """Make channels in Slack; one event of this tenant then goes to every one of them."""
    team = TEAMS[tenant.subdomain]
    channels = [f"C{tenant.subdomain.upper()}{number:03}" for number in range(count)]

    def make(slack: Slack) -> None:
        for channel in channels:
            slack.world.teams[team].add_channel(Channel(channel, team, channel.lower()))

    thread.run(make)
    rows = [
        {"tenant_id": tenant.id, "effect": "tell", "kinds": ["publications", "shares"], "channel": channel}
        for channel in channels
    ]
    host.execute(insert(tables.route).values(rows))
    return channels


def _rested(host: Host, seconds: float, tenant: Tenant = ACME) -> None:
    """A workspace into which nothing was posted for so long."""
    ready_at = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    host.execute(insert(tables.workspace).values(tenant_id=tenant.id, ready_at=ready_at))


def _decide(host: Host) -> None:
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()


def _times(slack: Control, team: str, channels: Sequence[str]) -> list[float]:
    return sorted(float(each["ts"]) for channel in channels for each in slack.messages(team, channel))


def _most_above(times: Sequence[float], interval: float, burst: int) -> float:
    """By how many messages the fullest window exceeds its allowance."""
    return max(
        (last - first + 1) - burst - (times[last] - times[first]) / interval
        for first, last in itertools.combinations_with_replacement(range(len(times)), 2)
    )


def _is_waiting(host: Host) -> bool:
    undecided = any(row.decided_at is None for row in host.events)
    return undecided or any(state == "waiting" for state, _ in host.states)


def _drained(host: Host) -> None:
    until = time.monotonic() + 60
    while _is_waiting(host):
        assert time.monotonic() < until
        host.drain()


def _wait(happened: Any) -> None:
    until = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.01)


# --- the pace of a conversation ---


def test_a_burst_after_a_rest_and_then_one_message_each_interval(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    paced = host.but(channel_interval=1.5, channel_burst=3)
    for number in range(5):
        paced.share(str(number))
    paced.drain()
    times = _times(slack, "T0ACME", ["C0NEWS"])
    assert titles(slack.messages("T0ACME", "news")) == ["0", "1", "2", "3", "4"]
    # The first three wait for no interval; the next two for one each.
    assert times[2] - times[0] < 2 * 1.5
    assert _most_above(times, 1.5, 3) <= 0.05 / 1.5


def test_after_half_a_rest_there_is_half_a_burst(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    paced = host.but(channel_interval=20, channel_burst=5)
    paced.share("first")
    paced.drain()
    host.execute(text("UPDATE cocoom_slack_lane SET ready_at = now() - interval '50 seconds'"))
    for number in range(5):
        paced.share(str(number))
    paced.drain()
    assert titles(slack.messages("T0ACME", "news")) == ["first", "0", "1", "2"]
    assert [state for state, _ in host.states].count("waiting") == 2


def test_the_pace_of_one_conversation_does_not_hold_up_another(host: Host, slack: Control) -> None:
    for channel in ("C0NEWS", "C0GENERAL"):
        host.route(ACME, channel, None if channel == "C0NEWS" else "other")
    paced = host.but(channel_interval=50, channel_burst=1)
    for number in range(3):
        paced.share(str(number))
    paced.share("elsewhere", thread="other")
    paced.drain()
    assert titles(slack.messages("T0ACME", "news")) == ["0"]
    assert titles(slack.messages("T0ACME", "general")) == ["elsewhere"]


# --- the budget of a workspace ---


def test_a_workspace_never_gets_more_than_its_budget_and_another_does_not_notice(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    """120 a minute: one each half second, ten of them at once after a rest."""
    channels = _route_to_new_channels(host, slack_thread, 20)
    host.route(GLOBEX, "C1NEWS")
    _rested(host, 3600)
    limited = host.but(workspace_per_minute=120, tenant_share=1000)
    limited.share("News")
    limited.share("Nouvelles", GLOBEX)
    _drained(limited)
    times = _times(slack, "T0ACME", channels)
    assert len(times) == 20
    assert _most_above(times, 0.5, 10) <= LEEWAY / 0.5
    (elsewhere,) = _times(slack, "T0GLOBEX", ["C1NEWS"])
    assert elsewhere < times[10], "it went with the first ones, which no budget holds up"


def test_a_budget_that_is_spent_leaves_the_work_to_a_later_job(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    _route_to_new_channels(host, slack_thread, 5)
    _rested(host, 3600)
    limited = host.but(workspace_per_minute=2)
    limited.share("News")
    assert limited.drain() is False
    assert len(slack.requests(POST)) == 1
    assert [state for state, _ in host.states].count("waiting") == 4
    assert {row.attempts for row in host.lanes} == {0}


def test_two_workers_spend_one_budget(host: Host, slack: Control, slack_thread: SlackThread) -> None:
    """240 a minute and nothing saved up: one each quarter of a second, whoever posts it."""
    channels = _route_to_new_channels(host, slack_thread, 16)
    _rested(host, 0)
    limited = host.but(workspace_per_minute=240)
    limited.share("News")
    _decide(limited)
    in_threads(lambda: _drained(limited), lambda: _drained(limited.but()))
    times = _times(slack, "T0ACME", channels)
    assert len(times) == 16
    # At the very end one may come early, when both claimed at the same instant.
    assert times[-1] - times[0] >= 14 * 0.25 - 0.5


def test_without_a_budget_everything_goes_at_once(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    channels = _route_to_new_channels(host, slack_thread, 30)
    _rested(host, 0)
    host.share("News")
    assert host.but(workspace_per_minute=0).drain() is False
    assert len(_times(slack, "T0ACME", channels)) == 30


def test_a_lane_that_is_new_waits_for_the_pause_of_its_workspace(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    slack.fault("rate_limited", POST, team="T0ACME", retry_after="100", times=1)
    host.share("first")
    host.drain()
    host.route(ACME, "C0GENERAL", "other")
    host.share("second", thread="other")
    host.share("Nouvelles", GLOBEX)
    assert host.drain() is False
    assert len(slack.requests(POST, team="T0ACME")) == 1
    assert titles(slack.messages("T0GLOBEX", "news")) == ["Nouvelles"]
    assert host.lane("C0GENERAL").fence == 0
    host.hurry()
    host.drain()
    assert titles(slack.messages("T0ACME", "general")) == ["second"]


# --- fairness ---


def test_a_noisy_tenant_does_not_keep_a_quiet_one_waiting(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    """300 lanes are due before; the quiet one goes with the next round all the same."""
    share = 2
    _route_to_new_channels(host, slack_thread, 300)
    host.route(GLOBEX, "C1NEWS")
    slack.settings(latency_ms=150)
    small = host.but(lanes_in_flight=3, tenant_share=share)
    small.share("News")
    worker = threading.Thread(target=small.drain)
    worker.start()
    _wait(lambda: len(slack.requests(POST)) >= 6)
    small.share("Nouvelles", GLOBEX)
    before = len(slack.requests(POST))
    _wait(lambda: slack.requests(POST, team="T0GLOBEX"))
    small.stop.set()
    worker.join(timeout=60)
    order = [each["team"] for each in slack.requests(POST)]
    # One round may have begun before the event was there, one while it was decided.
    assert order.index("T0GLOBEX") <= before + 3 * share
    assert titles(slack.messages("T0GLOBEX", "news")) == ["Nouvelles"]


def test_no_tenant_has_more_under_way_than_its_share(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    _route_to_new_channels(host, slack_thread, 20)
    slack.settings(latency_ms=300)
    small = host.but(lanes_in_flight=50, tenant_share=4)
    small.share("News")
    small.drain()
    at = [each["at"] for each in slack.requests(POST)]
    assert len(at) == 20
    # The fifth after any message has waited for an answer, which takes Slack 300 ms.
    assert all(later - earlier >= 0.28 for earlier, later in zip(at, at[4:], strict=False))


def test_the_longest_due_come_first_across_tenants(host: Host, slack: Control) -> None:
    wanted = [
        ("t-acme", "C0NEWS"),
        ("t-globex", "C1NEWS"),
        ("t-acme", "C0GENERAL"),
        ("t-globex", "C1GENERAL"),
    ]
    for tenant, channel in ((ACME, "C0GENERAL"), (ACME, "C0NEWS"), (GLOBEX, "C1GENERAL"), (GLOBEX, "C1NEWS")):
        host.route(tenant, channel)
    host.share("News")
    host.share("Nouvelles", GLOBEX)
    _decide(host)
    for hours, (_, channel) in enumerate(reversed(wanted), 1):
        due = (
            "UPDATE cocoom_slack_lane SET due_at = now() - make_interval(hours => :h) WHERE conversation = :c"
        )
        host.execute(text(due).bindparams(h=hours, c=channel))
    host.but(lanes_in_flight=1).drain()
    assert [each["arguments"]["channel"] for each in slack.requests(POST)] == [
        channel for _, channel in wanted
    ]


@pytest.mark.parametrize("lanes_in_flight", [1, 3])
def test_every_tenant_gets_on_however_small_a_worker_is(
    host: Host, slack: Control, slack_thread: SlackThread, lanes_in_flight: int
) -> None:
    _route_to_new_channels(host, slack_thread, 15)
    _route_to_new_channels(host, slack_thread, 15, GLOBEX)
    small = host.but(lanes_in_flight=lanes_in_flight, tenant_share=1)
    small.share("News")
    small.share("Nouvelles", GLOBEX)
    small.drain()
    assert host.states == [("sent", None)] * 30


# --- in steady state ---


def test_our_own_pace_never_meets_slacks_limits(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    """200 notices into 10 channels, trickling in, at ten times the real rates: no 429."""
    slack.limits(enabled=True, posts_per_second=10.0, burst=3, team_per_minute=300)
    channels = _route_to_new_channels(host, slack_thread, 10)
    paced = host.but(channel_interval=0.1, channel_burst=3, workspace_per_minute=240, digest_size=20)
    worker = threading.Thread(target=lambda: _drained(paced))
    paced.share("00")
    worker.start()
    for number in range(1, 20):
        paced.share(f"{number:02}")
    worker.join(timeout=60)
    _drained(paced)
    assert host.states == [("sent", None)] * 200
    assert set(slack.posted().values()) == {10}
    assert set(slack.counts()["answers"][POST]) == {"ok"}
    for channel in channels:
        told = "".join(each["text"] for each in slack.messages("T0ACME", channel))
        assert re.findall("“(.*?)”", told) == [f"{number:02}" for number in range(20)]


def test_two_workers_never_meet_slacks_limits_either(host: Host, slack: Control) -> None:
    slack.limits(enabled=True, posts_per_second=5.0, burst=3)
    host.route(ACME, "C0NEWS")
    paced = host.but(channel_interval=0.2, channel_burst=3)
    for number in range(12):
        paced.share(f"{number:02}")
    in_threads(lambda: _drained(paced), lambda: _drained(paced.but()))
    assert titles(slack.messages("T0ACME", "news")) == [f"{number:02}" for number in range(12)]
    assert slack.counts()["answers"][POST] == {"ok": 12}
