"""Replies: under what they stand, what becomes of them, and what a test is told about it (slack.md D5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.control.client import ControlError
from demo.slack.thread import SlackThread

Refusal = Callable[..., dict[str, Any]]
METADATA = {"event_type": "cocoom", "event_payload": {"event_key": "e1"}}


@pytest.fixture
def say(acme: WebClient) -> Callable[..., str]:
    """Post to #news; the message's ts."""

    def say(text: str, **arguments: Any) -> str:
        return str(acme.chat_postMessage(channel="C0NEWS", text=text, **arguments)["ts"])

    return say


@pytest.fixture
def lost(acme: WebClient, say: Callable[..., str]) -> Callable[[str], str]:
    """A ts that holds no thread: of a reply, of a tombstone, of a message that is gone, of nothing."""

    def make(kind: str) -> str:
        parent = say("parent")
        if kind == "never existed":
            return "1.000001"
        reply = "" if kind == "gone" else say("reply", thread_ts=parent)
        if kind == "a reply":
            return reply
        acme.chat_delete(channel="C0NEWS", ts=parent)
        return parent

    return make


@pytest.mark.parametrize("kind", ["a reply", "a tombstone", "gone", "never existed"])
@pytest.mark.parametrize("answer", ["cannot_reply_to_message", "message_not_found", "top_level"])
def test_what_a_reply_without_a_thread_meets_can_be_chosen(
    it: SlackThread,
    acme: WebClient,
    lost: Callable[[str], str],
    refusal: Refusal,
    kind: str,
    answer: str,
) -> None:
    thread_ts = lost(kind)
    before = len(it.control.messages("T0ACME", "news"))
    it.control.settings(lost_thread=answer)
    arguments = {"channel": "C0NEWS", "text": "x", "thread_ts": thread_ts, "reply_broadcast": True}
    if answer != "top_level":
        assert refusal(acme.chat_postMessage, **arguments)["error"] == answer
        assert len(it.control.messages("T0ACME", "news")) == before
        return
    posted = acme.chat_postMessage(**arguments)["message"]
    assert "thread_ts" not in posted
    message = it.control.messages("T0ACME", "news")[-1]
    assert (message["text"], message["is_reply"], message["reply_broadcast"]) == ("x", False, False)


def test_an_answer_that_slack_has_not_is_refused(it: SlackThread) -> None:
    with pytest.raises(ControlError, match="shrug"):
        it.control.settings(lost_thread="shrug")


def test_the_control_client_tells_a_thread(it: SlackThread, acme: WebClient, say: Callable[..., str]) -> None:
    blocks = [{"type": "divider"}]
    parent = say("parent", metadata=METADATA, blocks=blocks)
    quiet, loud = say("quiet", thread_ts=parent), say("loud", thread_ts=parent, reply_broadcast=True)
    say("elsewhere")
    acme.chat_update(channel="C0NEWS", ts=quiet, text="quieter")
    thread = it.control.thread("T0ACME", "news", parent)
    assert [message["ts"] for message in thread] == [parent, quiet, loud]
    assert [message["is_reply"] for message in thread] == [False, True, True]
    assert thread[0]["replies"] == [quiet, loud]
    assert (thread[0]["metadata"], thread[0]["blocks"][0]["type"]) == (METADATA, "divider")
    assert thread[1]["edited"]["user"] == "U0ACMEBOT"
    assert [message["reply_broadcast"] for message in thread] == [False, False, True]
    assert {message["channel"] for message in thread} == {"C0NEWS"}


def test_what_was_deleted_can_be_asked_for(it: SlackThread, acme: WebClient, say: Callable[..., str]) -> None:
    alone, parent = say("alone", metadata=METADATA), say("secret")
    say("reply", thread_ts=parent)
    for ts in (alone, parent):
        acme.chat_delete(channel="C0NEWS", ts=ts)
    assert [(message["ts"], message["deleted"]) for message in it.control.messages("T0ACME", "news")[:1]] == [
        (parent, True)
    ]
    gone = it.control.messages("T0ACME", "news", deleted=True)
    assert [(message["text"], message["deleted"]) for message in gone] == [("alone", True), ("secret", True)]
    assert gone[0]["metadata"] == METADATA
    it.control.clear_messages()
    assert it.control.messages("T0ACME", "news", deleted=True) == []


def test_a_tombstone_goes_with_its_last_reply(
    it: SlackThread, acme: WebClient, say: Callable[..., str], refusal: Refusal
) -> None:
    parent = say("parent")
    reply = say("reply", thread_ts=parent)
    acme.chat_delete(channel="C0NEWS", ts=parent)
    assert refusal(acme.chat_delete, channel="C0NEWS", ts=parent)["error"] == "message_not_found"
    assert refusal(acme.chat_update, channel="C0NEWS", ts=parent, text="x")["error"] == "message_not_found"
    acme.chat_delete(channel="C0NEWS", ts=reply)
    assert it.control.messages("T0ACME", "news") == []
    assert refusal(acme.conversations_replies, channel="C0NEWS", ts=parent)["error"] == "thread_not_found"


def test_a_parent_without_its_replies_is_an_ordinary_message(
    it: SlackThread, acme: WebClient, say: Callable[..., str]
) -> None:
    parent = say("parent")
    acme.chat_delete(channel="C0NEWS", ts=say("reply", thread_ts=parent))
    assert "thread_ts" not in it.control.messages("T0ACME", "news")[0]
    assert "reply_count" not in acme.conversations_history(channel="C0NEWS")["messages"][0]


def test_a_thread_is_read_with_its_counts(acme: WebClient, say: Callable[..., str]) -> None:
    parent = say("parent")
    replies = [say(str(number), thread_ts=parent) for number in range(3)]
    first, *others = acme.conversations_replies(channel="C0NEWS", ts=parent)["messages"]
    assert (first["reply_count"], first["latest_reply"]) == (3, replies[-1])
    assert (first["reply_users"], first["reply_users_count"]) == (["U0ACMEBOT"], 1)
    assert [message["ts"] for message in others] == replies


def test_a_broadcast_reply_says_so(acme: WebClient, say: Callable[..., str]) -> None:
    parent = say("parent")
    say("quiet", thread_ts=parent)
    say("loud", thread_ts=parent, reply_broadcast=True)
    shown = acme.conversations_history(channel="C0NEWS")["messages"]
    assert [(message["text"], message.get("subtype")) for message in shown] == [
        ("loud", "thread_broadcast"),
        ("parent", None),
    ]


def test_a_reply_can_be_broadcast_later_but_not_changed_in_the_same_call(
    it: SlackThread, acme: WebClient, say: Callable[..., str], refusal: Refusal
) -> None:
    parent = say("parent")
    reply = say("reply", thread_ts=parent)
    both = refusal(acme.chat_update, channel="C0NEWS", ts=reply, text="x", reply_broadcast=True)
    assert both["error"] == "no_dual_broadcast_content_update"
    arguments = {"channel": "C0NEWS", "reply_broadcast": True}
    none = refusal(acme.api_call, "chat.update", json={**arguments, "ts": parent})
    assert none["error"] == "cant_broadcast_message"
    assert acme.api_call("chat.update", json={**arguments, "ts": reply})["text"] == "reply"
    assert it.control.thread("T0ACME", "news", parent)[1]["reply_broadcast"]


def test_threads_in_direct_messages(it: SlackThread, acme: WebClient) -> None:
    posted = acme.chat_postMessage(channel="U0ALICE", text="parent")
    for channel in ("U0ALICE", posted["channel"]):
        acme.chat_postMessage(channel=channel, text="reply", thread_ts=posted["ts"])
    assert len(it.control.thread("T0ACME", "U0ALICE", posted["ts"])) == 3
