"""The breaker of a workspace in trouble: single probes, attempts not used up, a reason to read, and others go on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select, text

from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.notifications import breaker, tables
from cocoom_slack_plugin.notifications.breaker import OPENS_AT
from cocoom_slack_plugin.notifications.drain import Drain
from cocoom_slack_plugin.slack import SlackGateway
from demo.slack.control import Control
from demo.slack.slack import Slack
from demo.slack.thread import SlackThread
from demo.slack.world.channel import Channel

from .host import ACME, GLOBEX, NOWHERE, VAULT, Host, make_settings, titles

POST = "chat.postMessage"
LANES = OPENS_AT + 15


@pytest.fixture
def wide(host: Host, slack_thread: SlackThread) -> Host:
    """Each of Acme's events goes to more channels than it takes to open the breaker; Globex has one."""
    channels = [f"C0WIDE{number}" for number in range(LANES)]

    def make(slack: Slack) -> None:
        for channel in channels:
            slack.world.teams["T0ACME"].add_channel(Channel(channel, "T0ACME", channel.lower()))

    slack_thread.run(make)
    rows = [
        {"tenant_id": ACME.id, "effect": "tell", "kinds": ["publications", "shares"], "channel": channel}
        for channel in channels
    ]
    host.execute(insert(tables.route).values(rows))
    host.route(GLOBEX, "C1NEWS")
    return host


def _workspace(host: Host) -> Any:
    """Acme's: failures in a row, why, and the seconds until it may post."""
    left = text("extract(epoch FROM ready_at - clock_timestamp())::float8 AS pause")
    query = select(tables.workspace.c.failures, tables.workspace.c.trouble, left)
    with host.engine.connect() as open_:
        return open_.execute(query.where(tables.workspace.c.tenant_id == ACME.id)).one()


def _attempts(host: Host) -> list[int]:
    return sorted(row.attempts for row in host.lanes if row.tenant_id == ACME.id)


def _pause_is_over(host: Host) -> None:
    """The workspace's alone: its lanes go on waiting for their own."""
    host.execute(text("UPDATE cocoom_slack_workspace SET ready_at = now()"))


TROUBLES = [
    ("server_error", {"status": 503}, "http_503"),
    ("server_error", {"status": 500}, "http_500"),
    ("error", {"code": "service_unavailable"}, "service_unavailable"),
    ("reset", {}, "no_answer"),
]


@pytest.mark.parametrize(("kind", "fields", "code"), TROUBLES, ids=[code for *_, code in TROUBLES])
def test_slack_in_trouble_opens_the_breaker_of_that_workspace_alone(
    wide: Host, slack: Control, kind: str, fields: dict[str, Any], code: str
) -> None:
    slack.fault(kind, POST, team="T0ACME", **fields)
    wide.share("News")
    wide.share("Nouvelles", GLOBEX)
    wide.but(lanes_in_flight=1).drain()
    calls = len(slack.requests(POST, team="T0ACME"))
    # One more may be under way when the last of these failures is written down.
    assert OPENS_AT <= calls <= OPENS_AT + 1
    assert _attempts(wide) == [0] * (LANES - calls) + [1] * calls
    found = _workspace(wide)
    assert (found.failures, found.trouble) == (OPENS_AT, code), "what was under way makes it no worse"
    assert 0 < found.pause <= breaker.pause(OPENS_AT)
    assert titles(slack.messages("T0GLOBEX", "news")) == ["Nouvelles"]
    assert wide.health() == ("ok", None)

    # Open: however many lanes wait and may be under way, one call at a time asks whether Slack is back.
    for probes in (1, 2, 3):
        _pause_is_over(wide)
        assert wide.drain() is False
        assert len(slack.requests(POST, team="T0ACME")) == calls + probes
        assert _workspace(wide).failures == OPENS_AT + probes
        assert _workspace(wide).pause > breaker.pause(OPENS_AT + probes) - 5
    assert sum(_attempts(wide)) == calls + 3
    wide.share("Encore", GLOBEX)
    wide.drain()
    assert titles(slack.messages("T0GLOBEX", "news")) == ["Nouvelles", "Encore"]


def test_a_slack_that_cannot_be_reached_opens_it_too(wide: Host, slack: Control) -> None:
    away = Host(wide.engine, make_settings("http://127.0.0.1:1", NOWHERE, lanes_in_flight=1))
    away.share("News")
    away.drain()
    assert _workspace(wide).failures == OPENS_AT
    assert _workspace(wide).trouble == "unreachable"
    assert OPENS_AT <= sum(_attempts(wide)) <= OPENS_AT + 1
    assert wide.messages == []


def test_lanes_under_way_at_once_are_few_by_the_share_and_then_it_is_one(wide: Host, slack: Control) -> None:
    slack.fault("server_error", POST, team="T0ACME", status=503)
    slack.settings(latency_ms=100)
    wide.share("News")
    wide.but(tenant_share=4).drain()
    before = len(slack.requests(POST))
    # Of the second four, each may have taken up another one before the first failures were written down.
    assert OPENS_AT <= before <= 3 * 4
    _pause_is_over(wide)
    wide.drain()
    assert len(slack.requests(POST)) == before + 1


def test_a_new_lane_waits_for_the_probe_of_an_open_breaker(wide: Host, slack: Control) -> None:
    slack.fault("server_error", POST, team="T0ACME", status=503)
    wide.share("News")
    wide.but(lanes_in_flight=1).drain()
    wide.execute(text("UPDATE cocoom_slack_workspace SET ready_at = now() + interval '1 minute'"))
    before = len(slack.requests(POST))
    wide.route(ACME, "C0NEWS", "other")
    wide.share("other", thread="other")
    assert wide.drain() is False
    assert len(slack.requests(POST)) == before
    assert wide.lane("C0NEWS").attempts == 0


def test_the_first_success_closes_it_and_hurries_what_waits(wide: Host, slack: Control) -> None:
    slack.fault("server_error", POST, team="T0ACME", status=503)
    wide.share("News")
    wide.but(lanes_in_flight=1).drain()
    wide.execute(
        text(
            "UPDATE cocoom_slack_lane SET due_at = now() + interval '1 hour', ready_at = now() + interval '1 hour' "
            "WHERE attempts > 0"
        )
    )
    slack.clear_faults()
    slack.clear_record()
    slack.settings(latency_ms=300)
    _pause_is_over(wide)
    wide.but(slack_timeout=30).drain()
    assert wide.states == [("sent", None)] * LANES
    assert (_workspace(wide).failures, _workspace(wide).trouble) == (0, None)
    assert _attempts(wide) == [0] * LANES
    at = [each["at"] for each in slack.requests(POST)]
    assert at[1] - at[0] >= 0.28, "the others went before the probe was answered"
    assert len(at) == LANES


def test_failures_that_are_not_in_a_row_do_not_open_it(wide: Host, slack: Control) -> None:
    one_by_one = wide.but(lanes_in_flight=1)
    for title in ("first", "second"):
        slack.fault("server_error", POST, team="T0ACME", status=503, times=OPENS_AT - 1)
        wide.share(title)
        one_by_one.drain()
        found = _workspace(wide)
        assert (found.failures, found.trouble) == (0, None)
        assert found.pause <= 0
    wide.hurry()
    one_by_one.drain()
    assert wide.states == [("sent", None)] * (2 * LANES)


def test_a_few_failures_are_written_down_and_pause_nobody_else(wide: Host, slack: Control) -> None:
    slack.fault("server_error", POST, channel="C0WIDE9", status=503, times=1)
    slack.fault("error", POST, channel="C0WIDE0", code="is_archived")
    wide.share("News")
    wide.but(lanes_in_flight=1).drain()
    assert [state for state, _ in wide.states].count("sent") == LANES - 2
    assert _attempts(wide) == [0] * (LANES - 1) + [1]


def test_a_limit_does_not_count_as_a_failure(wide: Host, slack: Control) -> None:
    slack.fault("rate_limited", POST, team="T0ACME", retry_after="100")
    wide.share("News")
    for _ in range(OPENS_AT + 2):
        wide.but(lanes_in_flight=1).drain()
        found = _workspace(wide)
        assert (found.failures, found.trouble) == (0, "ratelimited")
        assert 90 < found.pause <= 100
        wide.hurry()
    slack.clear_faults()
    wide.drain()
    assert wide.states == [("sent", None)] * LANES
    assert _workspace(wide).trouble is None


@pytest.mark.parametrize("code", ["is_archived", "not_in_channel", "msg_too_long", "new_error_2027"])
def test_troubles_of_channels_and_messages_do_not_count(wide: Host, slack: Control, code: str) -> None:
    slack.fault("error", POST, team="T0ACME", code=code)
    wide.share("News")
    wide.but(lanes_in_flight=1).drain()
    assert len(slack.requests(POST)) == LANES
    assert (_workspace(wide).failures, _workspace(wide).trouble) == (0, None)


# --- credentials ---


def _reconnect(host: Host, slack: Control) -> None:
    token = slack.install_app(
        "A0ACME", "T0ACME", ["chat:write", "chat:write.public"], token="xoxb-demo-again"
    )
    with host.session() as dbsession:
        sealed = VAULT.seal(SecretStr(token), ACME.id, SecretKind.BOT_TOKEN)
        connections.save(
            dbsession, ACME.id, {"team_id": "T0ACME", "sealed_bot_token": sealed, "held_at": None}
        )
        dbsession.commit()


def test_a_dead_token_is_used_no_more_than_what_was_under_way_and_the_new_one_goes_on(
    wide: Host, slack: Control
) -> None:
    """F25; in one worker that lives through all of it."""
    slack.uninstall_app("A0ACME", "T0ACME")
    slack.settings(latency_ms=100)
    few = wide.but(tenant_share=4)
    for number in range(3):
        few.share(str(number))
    few.share("Nouvelles", GLOBEX)

    async def live() -> None:
        async with SlackGateway(few.settings) as gateway:
            drain = Drain(few.runtime, gateway, few.stop)
            await drain.run(30.0)
            assert len(slack.requests(POST, team="T0ACME")) <= 4
            assert few.health() == ("broken", "account_inactive")
            assert _attempts(few) == [0] * LANES
            await drain.run(30.0)
            assert len(slack.requests(POST, team="T0ACME")) <= 4
            _reconnect(few, slack)
            await drain.run(30.0)

    asyncio.run(live())
    assert few.states == [("sent", None)] * (3 * LANES + 1)
    assert len(few.services.told) == 1
    for number in range(LANES):
        assert titles(slack.messages("T0ACME", f"C0WIDE{number}")) == ["0", "1", "2"]
    assert titles(slack.messages("T0GLOBEX", "news")) == ["Nouvelles"]


def test_a_dead_token_does_not_count_for_the_breaker(wide: Host, slack: Control) -> None:
    slack.uninstall_app("A0ACME", "T0ACME")
    wide.share("News")
    wide.drain()
    assert _workspace(wide).failures == 0
