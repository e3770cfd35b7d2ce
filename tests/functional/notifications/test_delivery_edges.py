"""The edges of delivery: what is asked before a post, what a doubt reaches to, and claims made at the same moment."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, insert, text, update

from cocoom_slack_plugin.notifications import lanes, tables
from cocoom_slack_plugin.notifications.breaker import FIRST_PAUSE, OPENS_AT
from cocoom_slack_plugin.notifications.digest import Told, compose_message
from cocoom_slack_plugin.notifications.events import load
from cocoom_slack_plugin.notifications.pace import Pace
from cocoom_slack_plugin.notifications.render import event_ids
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.notifications.waiting import waiting
from cocoom_slack_plugin.slack import SlackGateway
from demo.slack.control import Control
from demo.slack.slack import Slack
from demo.slack.thread import SlackThread
from demo.slack.world.channel import Channel
from demo.slack.world.message import Message

from .host import ACME, BOB, BOT_SCOPES, GLOBEX, Host, titles

POST, LOOK_UP, HISTORY = "chat.postMessage", "users.lookupByEmail", "conversations.history"


def _decide(host: Host, on_doubt: str = "resend") -> None:
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()
    host.execute(update(tables.notice).values(on_doubt=on_doubt))


def _keys(slack: Control, channel: str = "C0NEWS") -> list[str]:
    return [key for each in slack.messages("T0ACME", channel) for key in event_ids(each.get("metadata", {}))]


def _wide(host: Host, thread: SlackThread, count: int) -> None:
    """Each event of Acme goes to so many channels."""
    channels = [f"C0WIDE{number:03}" for number in range(count)]

    def make(slack: Slack) -> None:
        for channel in channels:
            slack.world.teams["T0ACME"].add_channel(Channel(channel, "T0ACME", channel.lower()))

    thread.run(make)
    rows = [
        {"tenant_id": ACME.id, "effect": "tell", "kinds": ["publications", "shares"], "channel": channel}
        for channel in channels
    ]
    host.execute(insert(tables.route).values(rows))


# --- looking up a person, or into the history: nothing was posted, and it is not judged as a post ---


def test_a_person_who_cannot_be_looked_up_for_good_does_not_keep_asking_slack(
    host: Host, slack: Control
) -> None:
    """It is asked once, and the notice fails with the reason."""
    slack.fault("error", LOOK_UP, code="new_error_2027")
    host.comment(BOB)
    host.drain(budget=2.0)
    assert len(slack.requests(LOOK_UP)) <= 2


@pytest.mark.parametrize("kind", ["server_error", "reset", "html"])
def test_a_look_up_that_fails_leaves_no_message_and_no_doubt(host: Host, slack: Control, kind: str) -> None:
    slack.fault(kind, LOOK_UP, times=1)
    host.comment(BOB)
    host.drain()
    assert host.messages == [], "no message left us"
    assert host.lane("@bob").doubted_at is None


def test_a_look_up_that_fails_does_not_give_up_a_notice_that_was_never_posted(
    host: Host, slack: Control
) -> None:
    slack.fault("server_error", LOOK_UP, times=1)
    host.comment(BOB)
    _decide(host, "give_up")
    host.drain()
    host.hurry()
    host.drain()
    assert host.states == [("sent", None)]


def test_a_history_that_fails_is_no_attempt_to_post(host: Host, slack: Control) -> None:
    """A failed look leaves no message behind."""
    host.route(ACME, "C0NEWS")
    host.set_connection(ACME, scopes=[*BOT_SCOPES, "channels:history"])
    slack.fault("reset_after", POST, times=1)
    slack.fault("server_error", HISTORY, times=2)
    host.share("News")
    for _ in range(4):
        host.drain()
        host.hurry()
    assert host.states == [("sent", None)]
    assert host.outcomes == ["unknown", "sent"]


# --- doubt reaches no further than the message ---


def _lose_a_worker_that_posted_the_first(host: Host) -> None:
    with host.session() as dbsession:
        (claim,) = lanes.claim(dbsession, 1, host.settings)
        ((first, *_),) = waiting(dbsession, [claim], host.settings.digest_size)
        lanes.announce(dbsession, claim, first.notice_id)
        dbsession.commit()
    event = load(first.kind, first.payload)
    told = Told(notice_id=first.notice_id, kind=first.kind, event=event, locale=first.locale)

    async def post() -> None:
        async with SlackGateway(host.settings) as gateway:
            await gateway.post(SecretStr("xoxb-demo-acme"), claim.conversation, compose_message([told]))

    asyncio.run(post())


def test_a_lost_worker_does_not_give_up_what_waited_behind_its_message(host: Host, slack: Control) -> None:
    """By default three may go alone; the lost one posted the first."""
    host.route(ACME, "C0NEWS")
    default = host.but(digest_size=20, channel_interval=1.0, channel_burst=3)
    for key in ("e1", "e2", "e3"):
        default.share(key, event_id=key)
    _decide(default, "give_up")
    _lose_a_worker_that_posted_the_first(default)
    host.execute(text("UPDATE cocoom_slack_lane SET lease_until = clock_timestamp()"))
    default.drain()
    assert _keys(slack) == ["e1", "e2", "e3"]
    assert [state for state, _ in host.states] == ["unknown", "sent", "sent"]


def test_a_lost_worker_does_not_give_up_what_was_shared_after_it_was_lost(host: Host, slack: Control) -> None:
    """The doubt is dated to the end of the lease, which is later than the loss; what was announced counts."""
    host.route(ACME, "C0NEWS")
    default = host.but(digest_size=20, channel_interval=1.0, channel_burst=3)
    default.share("e1", event_id="e1")
    _decide(default, "give_up")
    _lose_a_worker_that_posted_the_first(default)
    default.share("e2", event_id="e2")
    _decide(default, "give_up")
    host.execute(text("UPDATE cocoom_slack_lane SET lease_until = clock_timestamp()"))
    default.drain()
    assert _keys(slack) == ["e1", "e2"]
    assert [state for state, _ in host.states] == ["unknown", "sent"]


def test_a_lost_answer_does_not_give_up_what_was_not_in_the_message(host: Host, slack: Control) -> None:
    """The first may be doubled and waits; the one behind it, which may not, was never posted and is sent."""
    host.route(ACME, "C0NEWS")
    default = host.but(digest_size=20, channel_interval=1.0, channel_burst=3)
    slack.fault("reset_after", POST, times=1)
    default.share("e1", event_id="e1")
    default.share("e2", event_id="e2")
    _decide(default)
    last = max(row.id for row in host.rows(tables.notice))
    host.execute(update(tables.notice).where(tables.notice.c.id == last).values(on_doubt="give_up"))
    default.drain()
    assert host.states == [("waiting", None)] * 2
    default.hurry()
    default.drain()
    assert _keys(slack) == ["e1", "e1", "e2"]
    assert host.states == [("sent", None)] * 2


def test_a_busy_history_of_more_than_one_page_is_not_taken_for_proof_of_absence(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    """Behind 200 newer messages (15 for some apps) there are more pages."""
    host.route(ACME, "C0NEWS")
    host.set_connection(ACME, scopes=[*BOT_SCOPES, "channels:history"])
    slack.fault("reset_after", POST, times=1)
    host.share("e1", event_id="e1")
    host.drain()

    def chatter(world: Slack) -> None:
        history = world.world.teams["T0ACME"].channels["C0NEWS"].history
        for _ in range(201):
            said = Message(history.next_ts(world.clock.now()), "hello", "U0ALICE", "A0ACME")
            history.add(said, 2_000)

    slack_thread.run(chatter)
    host.hurry()
    host.drain()
    assert host.states == [("sent", None)]
    assert slack.posted() == {"e1": 1}


# --- a digest in words alone ---


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
def test_a_digest_in_words_alone_names_every_notice_that_it_counts_as_sent(
    host: Host, slack: Control, code: str
) -> None:
    """There is room for less in words; what they leave out waits for the next message."""
    host.route(ACME, "C0NEWS")
    condensing = host.but(digest_size=20, channel_burst=1)
    for number in range(20):
        condensing.share(f"{number:02} " + "long " * 60)
    slack.fault("error", POST, code=code, times=1)
    condensing.drain()
    assert host.states == [("sent", None)] * 20
    told = "".join(each["text"] for each in slack.messages("T0ACME", "news"))
    assert re.findall("“([0-9]{2}) ", told) == [f"{number:02}" for number in range(20)]


# --- budgets and breakers ---


def test_a_breaker_that_opens_on_calls_made_at_once_begins_with_its_first_pause(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    """Sixteen calls that fail within the same second are no sixteen probes in a row."""
    _wide(host, slack_thread, 16)
    slack.fault("server_error", POST, team="T0ACME", status=503, times=16)
    slack.settings(latency_ms=200)
    host.share("News")
    host.drain()
    assert len(slack.requests(POST)) >= OPENS_AT
    with host.engine.connect() as open_:
        left = text("SELECT extract(epoch FROM ready_at - clock_timestamp()) FROM cocoom_slack_workspace")
        assert float(open_.scalar(left) or 0) <= 2 * FIRST_PAUSE


def _claim(host: Host) -> int:
    with host.session() as dbsession:
        claimed = len(lanes.claim(dbsession, 100, host.settings))
        dbsession.commit()
        return claimed


def test_the_very_first_claim_of_a_workspace_keeps_to_its_burst(host: Host) -> None:
    for number in range(20):
        host.route(ACME, f"C0CHANNEL{number}")
    limited = host.but(workspace_per_minute=60)
    limited.share("News")
    _decide(limited)
    assert _claim(limited) <= Pace.of_workspace(limited.settings).burst


def _claim_twice_at_once(host: Host) -> int:
    """How many lanes two workers claim together, the second while the first one's transaction is still open."""
    with host.session() as first:
        claimed = len(lanes.claim(first, 100, host.settings))
        claimed += _claim(host)
        first.commit()
    return claimed


def test_two_claims_at_once_keep_to_one_burst(host: Host) -> None:
    """Nobody looks at a budget that somebody else is spending."""
    for number in range(20):
        host.route(ACME, f"C0CHANNEL{number}")
    limited = host.but(workspace_per_minute=60)
    limited.share("News")
    _decide(limited)
    host.execute(update(tables.workspace).values(ready_at=func.now() - text("interval '1 hour'")))
    assert _claim_twice_at_once(limited) == Pace.of_workspace(limited.settings).burst


def test_while_the_breaker_is_open_two_claims_at_once_make_one_probe(host: Host) -> None:
    for number in range(20):
        host.route(ACME, f"C0CHANNEL{number}")
    host.share("News")
    _decide(host)
    row = {"ready_at": func.now(), "failures": OPENS_AT, "trouble": "http_503"}
    host.execute(update(tables.workspace).values(**row))
    assert _claim_twice_at_once(host) == 1


# --- fairness ---


def test_a_small_worker_serves_a_quiet_tenant_beside_a_noisy_one(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    """Even with no more lanes in flight than a tenant's share."""
    _wide(host, slack_thread, 60)
    host.route(GLOBEX, "C1NEWS")
    slack.settings(latency_ms=100)
    small = host.but(lanes_in_flight=4)
    small.share("News")
    worker = threading.Thread(target=small.drain)
    worker.start()
    until = time.monotonic() + 30
    while len(slack.requests(POST)) < 4:
        assert time.monotonic() < until
        time.sleep(0.01)
    small.share("Nouvelles", GLOBEX)
    before = len(slack.requests(POST))
    worker.join(timeout=60)
    order: list[Any] = [each["team"] for each in slack.requests(POST)]
    assert titles(slack.messages("T0GLOBEX", "news")) == ["Nouvelles"]
    assert order.index("T0GLOBEX") <= before + 3 * 4
