"""A conversation that is behind gets digests: few messages, everything named once and in order, nothing lost."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import update

from cocoom_slack_plugin.notifications import tables
from cocoom_slack_plugin.notifications.render import event_ids
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.switches import Switches
from demo.slack.blocks.validation import check_blocks
from demo.slack.control import Control

from .host import ACME, BOB, CHLOE, GLOBEX, Host, commented, shared

POST = "chat.postMessage"
MOST = 20  # the default of digest_size


@pytest.fixture
def paced(host: Host) -> Host:
    """With the settings that operators get, of pace and of digests."""
    host.route(ACME, "C0NEWS")
    names = ("channel_interval", "channel_burst", "workspace_per_minute", "digest_size")
    return host.but(**{name: type(host.settings).model_fields[name].default for name in names})


@pytest.fixture
def behind(host: Host) -> Host:
    """A lane that may post one message at a time, at once, and so condenses whatever waits."""
    host.route(ACME, "C0NEWS")
    return host.but(channel_burst=1, digest_size=MOST)


def _told(host: Host, count: int, **fields: Any) -> list[str]:
    """Tell so many events, named by their place, and return their ids."""
    keys = [f"e{number:02}" for number in range(count)]
    for key in keys:
        host.share(f"Title {key}", event_id=key, **fields)
    return keys


def _keys(messages: list[dict[str, Any]]) -> list[str]:
    """The ids of the events of which these messages tell, in order."""
    return [key for message in messages for key in event_ids(message.get("metadata", {}))]


def _lines(message: dict[str, Any]) -> list[str]:
    """What a reader sees of a digest: its title, and each bullet."""
    (block,) = message["blocks"]
    title, bullets = block["elements"]
    sections = [title, *bullets["elements"]]
    return ["".join(part["text"] for part in section["elements"]) for section in sections]


def _take_blocks(message: dict[str, Any]) -> None:
    """Slack stored these blocks; they hold for its documented limits too."""
    check_blocks(json.loads(json.dumps(message["blocks"])))


def _decide(host: Host) -> None:
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()


def _is_waiting(host: Host) -> bool:
    undecided = any(row.decided_at is None for row in host.events)
    return undecided or any(state == "waiting" for state, _ in host.states)


def _drained(host: Host) -> None:
    """Drain until nothing waits, as the sweeper has it."""
    until = time.monotonic() + 60
    while _is_waiting(host):
        assert time.monotonic() < until
        host.drain()


def _points_to_its_message(host: Host, messages: list[dict[str, Any]]) -> None:
    """Each notice's row names the message that tells of its event."""
    ts_of = {key: each["ts"] for each in messages for key in event_ids(each["metadata"])}
    event_of = {row.id: row.event_id for row in host.events}
    message_of = {row.id: row for row in host.messages}
    for row in host.rows(tables.notice):
        message = message_of[row.message_id]
        assert (message.outcome, message.ts) == ("sent", ts_of[event_of[row.event_pk]])


# --- a flood ---


def test_sixty_events_at_once_are_readable_in_order_in_few_messages_and_no_limit_is_met(
    paced: Host, slack: Control
) -> None:
    slack.limits(enabled=True, tiers_enabled=True)
    keys = _told(paced, 60)
    told_at = paced.events[-1].recorded_at.timestamp()
    _drained(paced)
    messages = slack.messages("T0ACME", "news")
    assert _keys(messages) == keys
    assert paced.states == [("sent", None)] * 60
    _points_to_its_message(paced, messages)
    assert len(messages) <= 6
    assert len(paced.messages) == len(slack.requests(POST)) == len(messages)
    assert slack.counts()["answers"][POST] == {"ok": len(messages)}
    # By the pace the last may go about a second after the first three.
    assert float(messages[-1]["ts"]) - told_at < 10
    for message in messages:
        _take_blocks(message)


def test_what_happens_while_a_lane_waits_for_its_turn_is_condensed(paced: Host, slack: Control) -> None:
    """Events that come one by one: the first are told at once and alone, then a few together each second."""
    slack.limits(enabled=True, tiers_enabled=True)
    worker = threading.Thread(target=paced.drain)
    paced.share("Title first", event_id="first")
    worker.start()
    slack.wait_for("T0ACME", "news", bool, timeout=60)
    keys = ["first"]
    for number in range(40):
        keys.append(f"k{number:02}")
        paced.share(f"Title {number}", event_id=keys[-1])
    worker.join(timeout=60)
    _drained(paced)
    messages = slack.messages("T0ACME", "news")
    assert _keys(messages) == keys
    assert len(messages) < 20
    assert event_ids(messages[0]["metadata"]) == ["first"]
    assert slack.counts()["answers"][POST] == {"ok": len(messages)}
    _points_to_its_message(paced, messages)


def test_as_long_as_the_pace_allows_it_each_event_has_its_own_message(paced: Host, slack: Control) -> None:
    keys = _told(paced, 3)
    _drained(paced)
    messages = slack.messages("T0ACME", "news")
    assert [event_ids(each["metadata"]) for each in messages] == [[key] for key in keys]


def test_a_digest_says_how_many_from_where_and_names_each(behind: Host, slack: Control) -> None:
    _told(behind, 3)
    behind.drain()
    (message,) = slack.messages("T0ACME", "news")
    assert _lines(message) == [
        "3 notifications from Acme",
        *(f"Bob shared “Title e0{number}” in #general" for number in range(3)),
    ]
    assert message["text"].splitlines() == [
        _lines(message)[0],
        *(f"• {line}" for line in _lines(message)[1:]),
    ]
    assert slack.posted() == {"e00": 1, "e01": 1, "e02": 1}
    (row,) = behind.messages
    assert (row.channel, row.ts, row.outcome) == ("C0NEWS", message["ts"], "sent")


def test_no_digest_is_larger_than_the_settings_say(behind: Host, slack: Control) -> None:
    keys = _told(behind, 10)
    behind.but(digest_size=4).drain()
    messages = slack.messages("T0ACME", "news")
    assert [len(event_ids(each["metadata"])) for each in messages] == [4, 4, 2]
    assert _keys(messages) == keys


def test_a_digest_size_of_one_never_condenses(behind: Host, slack: Control) -> None:
    keys = _told(behind, 8)
    behind.but(digest_size=1).drain()
    messages = slack.messages("T0ACME", "news")
    assert [event_ids(each["metadata"]) for each in messages] == [[key] for key in keys]


def test_long_titles_and_names_make_more_messages_that_slack_takes(behind: Host, slack: Control) -> None:
    keys = [f"e{number:02}" for number in range(30)]
    for key in keys:
        behind.share(
            f"{key} " + "<&> " * 200, event_id=key, thread="t" * 300, url=f"{ACME.url}/posts/{'p' * 900}"
        )
    behind.but(digest_size=40).drain()
    messages = slack.messages("T0ACME", "news")
    assert behind.states == [("sent", None)] * 30
    assert [row.trouble for row in behind.messages] == [None] * len(messages)
    assert _keys(messages) == keys
    assert 1 < len(messages) < 30
    for message in messages:
        _take_blocks(message)
        assert len(message["text"]) < 4000


def test_lanes_in_two_workspaces_condense_each_for_itself(behind: Host, slack: Control) -> None:
    behind.route(GLOBEX, "C1NEWS")
    for number in range(5):
        behind.share(f"a{number}", event_id=f"a{number}")
        behind.share(f"g{number}", GLOBEX, event_id=f"g{number}")
    behind.drain()
    (news,) = slack.messages("T0ACME", "news")
    (nouvelles,) = slack.messages("T0GLOBEX", "news")
    assert _keys([news]) == [f"a{number}" for number in range(5)]
    assert _keys([nouvelles]) == [f"g{number}" for number in range(5)]
    assert _lines(nouvelles)[0] == "Globex\u00a0: 5 notifications"


def test_one_lane_in_two_languages(behind: Host, slack: Control) -> None:
    _told(behind, 3)
    _decide(behind)
    _, second, _ = (row.id for row in behind.rows(tables.notice))
    behind.execute(update(tables.notice).where(tables.notice.c.id == second).values(locale="fr"))
    behind.drain()
    (message,) = slack.messages("T0ACME", "news")
    assert _lines(message) == [
        "3 notifications from Acme",
        "Bob shared “Title e00” in #general",
        "Bob a partagé «\u00a0Title e01\u00a0» dans #general",
        "Bob shared “Title e02” in #general",
    ]


def test_direct_messages_are_condensed_too(behind: Host, slack: Control) -> None:
    for _ in range(4):
        behind.comment(BOB)
    told = commented(BOB)
    behind.tell("comment_added", told)
    behind.drain()
    (message,) = slack.messages("T0ACME", "U0BOB")
    assert _lines(message) == [
        "5 notifications from Acme",
        *["Chloe commented on your post “News”"] * 5,
    ]
    assert event_ids(message["metadata"])[-1] == told.event_id
    assert slack.counts()["calls"] == {"users.lookupByEmail": 1, POST: 1}
    assert behind.states == [("sent", None)] * 5
    (row,) = behind.messages
    assert row.channel.startswith("D")


# --- what is left out ---


def test_what_cannot_be_read_or_was_switched_off_is_left_out_and_the_others_are_told(
    behind: Host, slack: Control
) -> None:
    keys = _told(behind, 6)
    _decide(behind)
    rows = behind.events
    spoilt = [rows[0].id, rows[3].id]
    behind.execute(update(tables.event).where(tables.event.c.id.in_(spoilt)).values(payload={"post": 7}))
    gone = json.loads(json.dumps(rows[5].payload)) | {"tenant": {**rows[5].payload["tenant"], "id": "t-gone"}}
    behind.execute(update(tables.event).where(tables.event.c.id == rows[5].id).values(payload=gone))
    behind.but(tenants=Switches.parse("t-acme notifications")).drain()
    assert behind.states == [
        ("dropped", "unreadable"),
        ("sent", None),
        ("sent", None),
        ("dropped", "unreadable"),
        ("sent", None),
        ("dropped", "switched_off"),
    ]
    (message,) = slack.messages("T0ACME", "news")
    assert event_ids(message["metadata"]) == [keys[1], keys[2], keys[4]]
    assert _lines(message)[0] == "3 notifications from Acme"


def test_a_lane_of_which_nothing_is_left_asks_slack_nothing(behind: Host, slack: Control) -> None:
    _told(behind, 5)
    behind.but(tenants=Switches.parse("t-globex notifications")).drain()
    assert behind.states == [("dropped", "switched_off")] * 5
    assert slack.requests() == []
    assert behind.lane("C0NEWS").due_at is None


# --- what Slack does not take ---


@pytest.mark.parametrize("code", ["msg_too_long", "invalid_arguments", "new_error_2027"])
def test_a_digest_that_slack_refuses_is_taken_apart_and_nothing_fails_without_need(
    behind: Host, slack: Control, code: str
) -> None:
    slack.fault("error", POST, code=code, times=1)
    keys = _told(behind, 5)
    behind.drain()
    messages = slack.messages("T0ACME", "news")
    assert behind.states == [("sent", None)] * 5
    assert [event_ids(each["metadata"]) for each in messages] == [keys[:1], keys[1:]]
    assert slack.duplicates() == {}
    _points_to_its_message(behind, messages)


@pytest.mark.parametrize("code", ["msg_too_long", "new_error_2027"])
def test_of_a_digest_that_slack_refuses_only_the_poisoned_notice_fails(
    behind: Host, slack: Control, code: str
) -> None:
    slack.fault("error", POST, code=code, times=2)  # the digest, and its first notice alone
    keys = _told(behind, 5)
    behind.drain()
    (message,) = slack.messages("T0ACME", "news")
    assert behind.states == [("failed", code)] + [("sent", None)] * 4
    assert event_ids(message["metadata"]) == keys[1:]
    assert [(row.outcome, row.trouble) for row in behind.messages] == [("failed", code), ("sent", None)]
    assert len(slack.requests(POST)) == 3


def test_a_poisoned_notice_in_the_middle_fails_alone_and_in_its_turn(behind: Host, slack: Control) -> None:
    keys = _told(behind, 3)
    slack.fault("error", POST, code="msg_too_long", times=1)  # e00 e01 e02
    slack.settings(latency_ms=200)
    worker = threading.Thread(target=behind.drain)
    worker.start()
    slack.wait_for("T0ACME", "news", bool, timeout=60)  # e00, alone
    slack.fault("error", POST, code="msg_too_long", times=2)  # e01 e02, then e01 alone
    worker.join(timeout=60)
    assert behind.states == [("sent", None), ("failed", "msg_too_long"), ("sent", None)]
    assert _keys(slack.messages("T0ACME", "news")) == [keys[0], keys[2]]


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "metadata_too_large"])
def test_a_digest_whose_form_slack_does_not_take_is_told_in_words(
    behind: Host, slack: Control, code: str
) -> None:
    slack.fault("error", POST, code=code, times=1)
    _told(behind, 4)
    behind.drain()
    (message,) = slack.messages("T0ACME", "news")
    assert "blocks" not in message
    assert message["text"].splitlines() == [
        "4 notifications from Acme",
        *(f"• Bob shared “Title e0{number}” in #general" for number in range(4)),
    ]
    assert behind.states == [("sent", None)] * 4
    assert [(row.outcome, row.trouble) for row in behind.messages] == [("sent", code)]
    assert {row.message_id for row in behind.rows(tables.notice)} == {behind.messages[0].id}


def test_a_digest_of_which_slack_takes_neither_form_nor_words_is_taken_apart(
    behind: Host, slack: Control
) -> None:
    slack.fault("error", POST, code="invalid_blocks", times=2)
    keys = _told(behind, 4)
    behind.drain()
    messages = slack.messages("T0ACME", "news")
    assert [event_ids(each["metadata"]) for each in messages] == [keys[:1], keys[1:]]
    assert behind.states == [("sent", None)] * 4


def test_odd_and_long_event_ids_that_slack_does_not_take_are_told_in_words_and_lose_nothing(
    behind: Host, slack: Control
) -> None:
    """The stand-in takes 8,000 bytes of metadata; these are more when they are spelt out."""
    for number in range(MOST):
        behind.share(f"Title {number}", event_id=f"é {number} " + "é" * 100)
    behind.drain()
    (message,) = slack.messages("T0ACME", "news")
    assert [(row.outcome, row.trouble) for row in behind.messages] == [("sent", "metadata_too_large")]
    assert behind.states == [("sent", None)] * MOST
    assert all(f"“Title {number}”" in message["text"] for number in range(MOST))


# --- trouble on the way ---


def test_a_limit_that_meets_a_digest_loses_nothing(behind: Host, slack: Control) -> None:
    slack.fault("rate_limited", POST, retry_after="1", times=2)
    keys = _told(behind, 25)
    behind.drain()
    messages = slack.messages("T0ACME", "news")
    assert _keys(messages) == keys
    assert behind.states == [("sent", None)] * 25
    assert [row.outcome for row in behind.messages] == ["sent"] * len(messages)
    assert Counter(each["answer"] for each in slack.requests(POST)) == {
        "fault:rate_limited": 2,
        "ok": len(messages),
    }
    assert behind.lane("C0NEWS").attempts == 0


@pytest.mark.parametrize(
    ("kind", "copies"), [("server_error", 1), ("reset", 1), ("reset_after", 2), ("truncated_after", 2)]
)
def test_a_fault_that_meets_a_digest_loses_nothing_and_keeps_the_order(
    behind: Host, slack: Control, kind: str, copies: int
) -> None:
    slack.fault(kind, POST, times=1)
    keys = _told(behind, 5)
    behind.drain()
    assert behind.states == [("waiting", None)] * 5
    behind.share("later", event_id="later")
    behind.hurry()
    behind.drain()
    messages = slack.messages("T0ACME", "news")
    assert _keys(messages) == keys * (copies - 1) + [*keys, "later"]
    assert behind.states == [("sent", None)] * 6
    # Whoever looks for the message of a notice finds the one that Slack is known to have.
    known = {row.id: row for row in behind.messages}
    assert {known[row.message_id].outcome for row in behind.rows(tables.notice)} == {"sent"}


def test_a_channel_that_takes_no_messages_keeps_the_whole_digest(behind: Host, slack: Control) -> None:
    slack.change_channel("T0ACME", "C0NEWS", is_archived=True)
    keys = _told(behind, 5)
    behind.drain()
    assert len(slack.requests(POST)) == 1
    assert behind.states == [("waiting", None)] * 5
    slack.change_channel("T0ACME", "C0NEWS", is_archived=False)
    behind.hurry()
    behind.drain()
    assert _keys(slack.messages("T0ACME", "news")) == keys


def test_people_whom_slack_does_not_know_are_told_nothing_together(behind: Host, slack: Control) -> None:
    stranger = type(CHLOE)(id="nobody", email="nobody@elsewhere.example", display_name="Nobody")
    for _ in range(4):
        behind.comment(stranger)
    behind.drain()
    assert behind.states == [("dropped", "person_unknown")] * 4
    assert slack.counts()["calls"] == {"users.lookupByEmail": 1}


def test_an_act_that_is_told_twice_is_in_a_digest_once(behind: Host, slack: Control) -> None:
    for _ in range(3):
        behind.tell("share_published", shared("once", event_id="once"))
        behind.share("other", event_id="other")
    behind.drain()
    assert _keys(slack.messages("T0ACME", "news")) == ["once", "other"]
