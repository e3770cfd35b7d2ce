"""An answer or a worker is lost: with the history scope exactly one message, without it what the policy says."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text, update

from cocoom_slack_plugin.notifications import lanes, tables
from cocoom_slack_plugin.notifications.digest import Told, compose_message
from cocoom_slack_plugin.notifications.events import load
from cocoom_slack_plugin.notifications.render import event_ids
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.notifications.waiting import waiting
from cocoom_slack_plugin.slack import Message, SlackGateway
from demo.slack.control import Control
from demo.slack.faults import FaultKind
from demo.slack.seed import BOT_SCOPES as TOKEN_SCOPES

from .host import ACME, BOB, BOT_SCOPES, Host, commented

POST, HISTORY = "chat.postMessage", "conversations.history"
PATIENCE = 60.0
ROOT = Path(__file__).parents[3]

LOST_ANSWERS = [
    ("reset_after", {}),
    ("hang_after", {"seconds": 60}),
    ("truncated_after", {}),
    ("error_after", {"code": "internal_error"}),
]
lost_answers = pytest.mark.parametrize(
    ("kind", "fields"), LOST_ANSWERS, ids=[kind for kind, _ in LOST_ANSWERS]
)


@pytest.fixture
def routed(host: Host) -> Host:
    """Without any history scope."""
    host.route(ACME, "C0NEWS")
    return host


@pytest.fixture
def looking(routed: Host) -> Host:
    """The same, with the scopes to look into channels and direct messages."""
    routed.set_connection(ACME, scopes=[*BOT_SCOPES, "channels:history", "im:history"])
    return routed


def _share(host: Host, *keys: str) -> None:
    for key in keys:
        host.share(key, event_id=key)


def _give_up(host: Host) -> None:
    """Decide, and have everything that waits rather be lost than doubled."""
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()
    host.execute(update(tables.notice).values(on_doubt="give_up"))


def _keys(slack: Control, channel: str = "C0NEWS") -> list[str]:
    """The ids of the events of which the channel was told, in order."""
    return [key for each in slack.messages("T0ACME", channel) for key in event_ids(each.get("metadata", {}))]


def _nobody_doubts(host: Host) -> None:
    assert [row.doubted_at for row in host.lanes] == [None] * len(host.lanes)


def _points_to_its_message(host: Host, slack: Control, channel: str = "C0NEWS") -> None:
    """Every notice's row names a message that Slack shows and that tells of its event."""
    shown = {each["ts"]: event_ids(each["metadata"]) for each in slack.messages("T0ACME", channel)}
    event_of = {row.id: row.event_id for row in host.events}
    message_of = {row.id: row for row in host.messages}
    for row in host.rows(tables.notice):
        assert event_of[row.event_pk] in shown[message_of[row.message_id].ts]


def _expire(host: Host) -> None:
    """Now: a lease never ends before the claim that it belongs to."""
    host.execute(text("UPDATE cocoom_slack_lane SET lease_until = clock_timestamp()"))


def _lose_a_worker(host: Host, *, after_posting: bool = True, most: int = 1) -> None:
    """One claims a lane, posts its next message (or not), and is never heard of again; its lease runs out."""
    with host.session() as dbsession:
        decide_batch(dbsession)
        claims = lanes.claim(dbsession, 1, host.settings)
        ((first, *more),) = waiting(dbsession, claims, most)
        last = (first, *more)[-1]
        if last.on_doubt == "give_up":
            lanes.announce(dbsession, claims[0], last.notice_id)
        dbsession.commit()
    told = [
        Told(
            notice_id=each.notice_id, kind=each.kind, event=load(each.kind, each.payload), locale=each.locale
        )
        for each in (first, *more)
    ]
    if after_posting:
        _post(host, first.claim.conversation, compose_message(told))
    _expire(host)


def _post(host: Host, conversation: str, message: Message) -> None:
    async def post() -> None:
        async with SlackGateway(host.settings) as gateway:
            await gateway.post(SecretStr("xoxb-demo-acme"), conversation, message)

    asyncio.run(post())


# --- a lost answer, and we may look ---


@lost_answers
def test_a_message_that_arrived_is_found_and_not_sent_again(
    looking: Host, slack: Control, kind: str, fields: dict[str, Any]
) -> None:
    slack.fault(kind, POST, times=1, **fields)
    _share(looking, "e1", "e2")
    looking.drain()
    assert looking.outcomes == ["unknown"]
    assert looking.lane("C0NEWS").doubted_at is not None
    assert looking.states == [("waiting", None)] * 2
    looking.hurry()
    looking.drain()
    assert _keys(slack) == ["e1", "e2"]
    assert looking.states == [("sent", None)] * 2
    assert looking.outcomes == ["unknown", "sent", "sent"]
    assert len(slack.requests(POST)) == 2
    assert len(slack.requests(HISTORY)) == 1
    assert (looking.lane("C0NEWS").attempts, looking.lane("C0NEWS").trouble) == (0, None)
    _nobody_doubts(looking)
    _points_to_its_message(looking, slack)


@pytest.mark.parametrize("kind", ["reset", "server_error", "html"])
@pytest.mark.parametrize("policy", ["resend", "give_up"])
def test_a_message_that_did_not_arrive_is_sent_after_looking_whatever_the_policy(
    looking: Host, slack: Control, kind: str, policy: str
) -> None:
    slack.fault(kind, POST, times=1)
    _share(looking, "e1", "e2")
    if policy == "give_up":
        # What was to be given up at once does not come to be looked for: its doubt is that of a lost worker.
        _give_up(looking)
        slack.clear_faults()
        _lose_a_worker(looking, after_posting=False)
    else:
        looking.drain()
        looking.hurry()
    looking.drain()
    assert _keys(slack) == ["e1", "e2"]
    assert looking.states == [("sent", None)] * 2
    assert len(slack.requests(HISTORY)) == 1
    _nobody_doubts(looking)


@lost_answers
def test_of_a_digest_that_arrived_every_notice_is_found(
    looking: Host, slack: Control, kind: str, fields: dict[str, Any]
) -> None:
    condensing = looking.but(digest_size=20, channel_burst=1)
    slack.fault(kind, POST, times=1, **fields)
    keys = ["a", "b c", "d/é", "%25"]
    _share(condensing, *keys)
    condensing.drain()
    _share(condensing, "later")
    condensing.hurry()
    condensing.drain()
    assert _keys(slack) == [*keys, "later"]
    assert len(slack.messages("T0ACME", "news")) == 2
    assert condensing.states == [("sent", None)] * 5
    _nobody_doubts(condensing)
    _points_to_its_message(condensing, slack)


def test_several_lost_answers_in_a_row_lead_to_one_message_each(looking: Host, slack: Control) -> None:
    slack.fault("reset_after", POST, times=3)
    _share(looking, "e1", "e2", "e3")
    until = time.monotonic() + PATIENCE
    while {state for state, _ in looking.states} != {"sent"}:
        assert time.monotonic() < until
        looking.drain()
        looking.hurry()
    assert _keys(slack) == ["e1", "e2", "e3"]
    assert slack.duplicates() == {}


def test_a_slack_that_cannot_be_asked_just_now_is_asked_again_before_anything_is_sent(
    looking: Host, slack: Control
) -> None:
    slack.fault("reset_after", POST, times=1)
    slack.fault("server_error", HISTORY, times=2, status=503)
    _share(looking, "e1")
    for _ in range(3):
        looking.drain()
        assert looking.states == [("waiting", None)]
        assert looking.lane("C0NEWS").doubted_at is not None
        looking.hurry()
    looking.drain()
    assert looking.states == [("sent", None)]
    assert _keys(slack) == ["e1"]


# --- direct messages ---


def test_a_direct_message_is_looked_for_where_the_last_one_went(looking: Host, slack: Control) -> None:
    looking.comment(BOB)
    looking.drain()
    slack.fault("reset_after", POST, times=1)
    told = commented(BOB)
    looking.tell("comment_added", told)
    looking.drain()
    looking.hurry()
    looking.drain()
    assert looking.states == [("sent", None)] * 2
    assert len(slack.messages("T0ACME", "U0BOB")) == 2
    assert slack.duplicates() == {}
    (asked,) = slack.requests(HISTORY)
    assert asked["arguments"]["channel"].startswith("D")
    _nobody_doubts(looking)


def test_the_first_direct_message_to_somebody_cannot_be_looked_for(looking: Host, slack: Control) -> None:
    """Where it went is what the lost answer would have said."""
    slack.fault("reset_after", POST, times=1)
    looking.comment(BOB)
    looking.drain()
    looking.hurry()
    looking.drain()
    assert len(slack.messages("T0ACME", "U0BOB")) == 2
    assert slack.requests(HISTORY) == []
    assert looking.states == [("sent", None)]
    _nobody_doubts(looking)


# --- looking is not possible: the policy decides ---


def _limited(host: Host, slack: Control) -> None:
    slack.fault(FaultKind.RATE_LIMITED, HISTORY, retry_after="100")


def _not_granted(host: Host, slack: Control) -> None:
    slack.set_token_scopes("xoxb-demo-acme", TOKEN_SCOPES - {"channels:history"})


def _not_a_member(host: Host, slack: Control) -> None:
    slack.leave_channel("T0ACME", "C0NEWS", "U0ACMEBOT")


def _not_asked_for(host: Host, slack: Control) -> None:
    host.set_connection(ACME, scopes=BOT_SCOPES)


IMPOSSIBLE = [_limited, _not_granted, _not_a_member, _not_asked_for]
impossible = pytest.mark.parametrize("spoil", IMPOSSIBLE, ids=lambda spoil: str(spoil.__name__))


@impossible
def test_where_we_cannot_look_a_lost_answer_may_double_the_message_and_stops_nothing(
    looking: Host, slack: Control, spoil: Callable[[Host, Control], None]
) -> None:
    spoil(looking, slack)
    slack.fault("reset_after", POST, times=1)
    _share(looking, "e1", "e2")
    looking.drain()
    looking.hurry()
    assert looking.drain() is False
    assert _keys(slack) == ["e1", "e1", "e2"]
    assert looking.states == [("sent", None)] * 2
    assert looking.health() == ("ok", None)
    assert len(slack.requests(HISTORY)) == (0 if spoil is _not_asked_for else 1)
    _nobody_doubts(looking)


@impossible
def test_where_we_cannot_look_after_a_lost_worker_what_may_not_be_doubled_is_given_up(
    looking: Host, slack: Control, spoil: Callable[[Host, Control], None]
) -> None:
    spoil(looking, slack)
    _share(looking, "e1")
    _give_up(looking)
    _lose_a_worker(looking)
    _share(looking, "e2")
    looking.drain()
    assert _keys(slack) == ["e1", "e2"]
    assert looking.states == [("unknown", "answer_lost"), ("sent", None)]
    assert looking.health() == ("ok", None)
    _nobody_doubts(looking)


# --- giving up ---


@lost_answers
@pytest.mark.parametrize("may_look", [False, True])
def test_what_may_not_be_doubled_is_unknown_after_a_lost_answer_and_never_sent_again(
    routed: Host, slack: Control, kind: str, fields: dict[str, Any], may_look: bool
) -> None:
    if may_look:
        routed.set_connection(ACME, scopes=[*BOT_SCOPES, "channels:history"])
    slack.fault(kind, POST, times=1, **fields)
    _share(routed, "e1", "e2")
    _give_up(routed)
    routed.drain()
    (first, reason), second = routed.states
    assert (first, second) == ("unknown", ("waiting", None))
    assert reason in ("no_answer", "unreadable_answer", "internal_error")
    _nobody_doubts(routed)
    assert routed.lane("C0NEWS").attempts == 0
    routed.hurry()
    routed.drain()
    assert routed.states == [("unknown", reason), ("sent", None)]
    assert _keys(slack) == ["e1", "e2"]
    assert routed.outcomes == ["unknown", "sent"]
    assert slack.requests(HISTORY) == []


def test_of_a_digest_whose_answer_was_lost_each_notice_keeps_its_own_policy(
    routed: Host, slack: Control
) -> None:
    condensing = routed.but(digest_size=20, channel_burst=1)
    slack.fault("reset_after", POST, times=1)
    _share(condensing, "e1", "e2", "e3")
    _give_up(condensing)
    _, second, _ = (row.id for row in condensing.rows(tables.notice))
    condensing.execute(update(tables.notice).where(tables.notice.c.id == second).values(on_doubt="resend"))
    condensing.drain()
    assert condensing.states == [("unknown", "no_answer"), ("waiting", None), ("unknown", "no_answer")]
    condensing.hurry()
    condensing.drain()
    assert _keys(slack) == ["e1", "e2", "e3", "e2"]
    assert condensing.states[1] == ("sent", None)
    _nobody_doubts(condensing)


def test_what_certainly_did_not_arrive_is_not_given_up(routed: Host, slack: Control) -> None:
    slack.fault("server_error", POST, status=503, times=1)
    slack.fault("rate_limited", POST, retry_after="1", times=1)
    _share(routed, "e1", "e2")
    _give_up(routed)
    routed.drain()
    routed.hurry()
    routed.drain()
    assert routed.states == [("sent", None)] * 2
    assert _keys(slack) == ["e1", "e2"]
    assert routed.outcomes == ["sent", "sent"]


# --- a lost worker ---


@pytest.mark.parametrize("policy", ["resend", "give_up"])
def test_what_a_lost_worker_had_sent_is_found(looking: Host, slack: Control, policy: str) -> None:
    _share(looking, "e1", "e2")
    if policy == "give_up":
        _give_up(looking)
    _lose_a_worker(looking)
    looking.drain()
    assert _keys(slack) == ["e1", "e2"]
    assert looking.states == [("sent", None)] * 2
    assert looking.outcomes == ["sent", "sent"]
    _nobody_doubts(looking)
    _points_to_its_message(looking, slack)


def test_of_what_a_lost_worker_had_sent_in_a_digest_nothing_is_sent_again(
    looking: Host, slack: Control
) -> None:
    condensing = looking.but(digest_size=20, channel_burst=1)
    _share(condensing, "e1", "e2", "e3")
    _lose_a_worker(condensing, most=20)
    _share(condensing, "e4", "e5")
    condensing.drain()
    assert [event_ids(each["metadata"]) for each in slack.messages("T0ACME", "news")] == [
        ["e1", "e2", "e3"],
        ["e4", "e5"],
    ]
    _points_to_its_message(condensing, slack)


@pytest.mark.parametrize("policy", ["resend", "give_up"])
def test_what_a_lost_worker_had_not_sent_is_sent_after_looking(
    looking: Host, slack: Control, policy: str
) -> None:
    _share(looking, "e1", "e2")
    if policy == "give_up":
        _give_up(looking)
    _lose_a_worker(looking, after_posting=False)
    looking.drain()
    assert _keys(slack) == ["e1", "e2"]
    assert looking.states == [("sent", None)] * 2
    assert len(slack.requests(HISTORY)) == 1


def test_without_looking_a_lost_worker_may_double_one_message_and_no_more(
    routed: Host, slack: Control
) -> None:
    _share(routed, "e1", "e2")
    _lose_a_worker(routed)
    routed.drain()
    assert _keys(slack) == ["e1", "e1", "e2"]
    assert routed.states == [("sent", None)] * 2
    _nobody_doubts(routed)


def test_workers_that_are_lost_one_after_the_other_leave_one_message(looking: Host, slack: Control) -> None:
    """The doubt begins with the first: what it sent is looked for as far back."""
    _share(looking, "e1")
    _lose_a_worker(looking)
    began = looking.lane("C0NEWS").lease_until
    _lose_a_worker(looking, after_posting=False)
    assert looking.lane("C0NEWS").doubted_at == began
    looking.drain()
    assert _keys(slack) == ["e1"]
    assert looking.states == [("sent", None)]


LOST = """
import sys
from tests.functional.notifications.host import Host, make_engine, make_settings
Host(make_engine(sys.argv[1]), make_settings(sys.argv[2], lease=2, slack_timeout=60)).drain()
"""


@contextmanager
def _process(host: Host) -> Iterator[subprocess.Popen[bytes]]:
    """Another worker, as a process of its own."""
    url = host.engine.url.render_as_string(hide_password=False)
    path = os.pathsep.join([str(ROOT), str(ROOT / "hooks")])
    command = [sys.executable, "-c", LOST, url, host.settings.slack_url]
    started = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path})
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@pytest.mark.parametrize(
    ("policy", "may_look", "keys", "states"),
    [
        ("resend", True, ["e1", "e2"], [("sent", None)] * 2),
        ("give_up", False, ["e1", "e2"], [("unknown", "answer_lost"), ("sent", None)]),
    ],
)
def test_a_process_that_is_killed_between_slacks_answer_and_the_record(
    routed: Host, slack: Control, policy: str, may_look: bool, keys: list[str], states: list[tuple[str, Any]]
) -> None:
    """F07, with a real signal."""
    if may_look:
        routed.set_connection(ACME, scopes=[*BOT_SCOPES, "channels:history"])
    slack.fault("hang_after", POST, times=1, seconds=120)
    _share(routed, "e1")
    if policy == "give_up":
        _give_up(routed)
    with _process(routed) as worker:
        slack.wait_for("T0ACME", "C0NEWS", bool, timeout=PATIENCE)
        worker.send_signal(signal.SIGKILL)
    fence = routed.lane("C0NEWS").fence
    until = time.monotonic() + PATIENCE
    while not routed.but(lease=2).drain() and routed.states == [("waiting", None)]:
        assert time.monotonic() < until
    assert routed.lane("C0NEWS").fence > fence
    _share(routed, "e2")
    routed.drain()
    assert _keys(slack) == keys
    assert routed.states == states
    _nobody_doubts(routed)
