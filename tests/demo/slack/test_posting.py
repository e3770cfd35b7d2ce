from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

Refusal = Callable[..., dict[str, Any]]
KEY = {"event_type": "cocoom", "event_payload": {"event_key": "e1"}}


def test_the_answer_has_slack_s_shape(acme: WebClient) -> None:
    answer = acme.chat_postMessage(channel="#news", text="Hello")
    assert answer["channel"] == "C0NEWS"
    message = answer["message"]
    assert message["ts"] == answer["ts"]
    assert isinstance(answer["ts"], str)
    assert (message["type"], message["text"], message["team"]) == ("message", "Hello", "T0ACME")
    assert (message["user"], message["bot_id"], message["app_id"]) == ("U0ACMEBOT", "B0ACME", "A0ACME")
    assert message["bot_profile"]["name"] == "Cocoom"


def test_timestamps_are_unique_and_rise(acme: WebClient) -> None:
    stamps = [acme.chat_postMessage(channel="#news", text=str(n))["ts"] for n in range(20)]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("channel", ["C0NEWS", "#news", "news"])
def test_a_channel_is_found_by_id_or_name(acme: WebClient, channel: str) -> None:
    assert acme.chat_postMessage(channel=channel, text="x")["channel"] == "C0NEWS"


def test_a_person_s_id_leads_to_the_direct_message(it: SlackThread, acme: WebClient) -> None:
    first = acme.chat_postMessage(channel="U0ALICE", text="one")["channel"]
    assert first.startswith("D")
    assert acme.chat_postMessage(channel=first, text="two")["channel"] == first
    assert [m["text"] for m in it.control.messages("T0ACME", "U0ALICE")] == ["one", "two"]


def test_unknown_arguments_are_ignored_and_deduplicate_nothing(it: SlackThread, acme: WebClient) -> None:
    for _ in range(2):
        acme.chat_postMessage(channel="#news", text="x", client_msg_id="same", metadata=KEY)
    assert it.control.duplicates() == {"e1": 2}


def test_a_public_channel_without_membership_needs_the_public_scope(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    it.control.leave_channel("T0ACME", "news", "U0ACMEBOT")
    assert acme.chat_postMessage(channel="#news", text="x")["ok"]
    it.control.set_token_scopes("xoxb-demo-acme", ["chat:write"])
    assert refusal(acme.chat_postMessage, channel="#news", text="x")["error"] == "not_in_channel"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C9NOWHERE", "channel_not_found"),
        ("#nowhere", "channel_not_found"),
        ("C0BOARD", "channel_not_found"),
        ("#board", "channel_not_found"),
        ("C1NEWS", "channel_not_found"),
        ("C0OLD", "is_archived"),
        ("C0READONLY", "restricted_action_read_only_channel"),
        ("U9NOBODY", "user_not_found"),
        ("U0LEAVER", "user_disabled"),
    ],
)
def test_a_place_that_takes_no_message_says_why(
    acme: WebClient, refusal: Refusal, channel: str, error: str
) -> None:
    assert refusal(acme.chat_postMessage, channel=channel, text="x")["error"] == error


def test_a_private_channel_takes_messages_from_its_members(acme: WebClient) -> None:
    assert acme.chat_postMessage(channel="#editors", text="x")["channel"] == "C0EDITORS"


def test_direct_messages_need_the_messages_tab(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    it.control.change_app("A0ACME", messages_tab_enabled=False)
    assert refusal(acme.chat_postMessage, channel="U0BOB", text="x")["error"] == "messages_tab_disabled"


def test_some_channels_take_threads_only_and_some_take_none(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    ts = acme.chat_postMessage(channel="#news", text="parent")["ts"]
    it.control.change_channel("T0ACME", "news", posting="thread_only")
    answer = refusal(acme.chat_postMessage, channel="#news", text="x")
    assert answer["error"] == "restricted_action_thread_only_channel"
    assert acme.chat_postMessage(channel="#news", text="x", thread_ts=ts)["ok"]
    it.control.change_channel("T0ACME", "news", posting="non_threadable")
    answer = refusal(acme.chat_postMessage, channel="#news", text="x", thread_ts=ts)
    assert answer["error"] == "restricted_action_non_threadable_channel"


def test_a_reply_stands_in_its_thread_and_in_the_channel_only_if_asked(
    it: SlackThread, acme: WebClient
) -> None:
    ts = acme.chat_postMessage(channel="#news", text="parent")["ts"]
    reply = acme.chat_postMessage(channel="#news", text="reply", thread_ts=ts)["message"]
    assert (reply["thread_ts"], reply["parent_user_id"]) == (ts, "U0ACMEBOT")
    acme.chat_postMessage(channel="#news", text="loud", thread_ts=ts, reply_broadcast=True)
    history = acme.conversations_history(channel="C0NEWS")["messages"]
    assert [message["text"] for message in history] == ["loud", "parent"]
    thread = acme.conversations_replies(channel="C0NEWS", ts=ts)["messages"]
    assert [message["text"] for message in thread] == ["parent", "reply", "loud"]


def test_nothing_replies_to_a_reply_to_a_tombstone_or_to_nothing(acme: WebClient, refusal: Refusal) -> None:
    parent = acme.chat_postMessage(channel="#news", text="parent")["ts"]
    reply = acme.chat_postMessage(channel="#news", text="reply", thread_ts=parent)["ts"]
    acme.chat_delete(channel="C0NEWS", ts=parent)
    for thread_ts in (reply, parent, "1.000001"):
        answer = refusal(acme.chat_postMessage, channel="#news", text="x", thread_ts=thread_ts)
        assert answer["error"] == "cannot_reply_to_message"


def test_another_name_needs_its_own_scope(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    answer = refusal(acme.chat_postMessage, channel="#news", text="x", username="Santa")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write.customize")
    it.control.set_token_scopes("xoxb-demo-acme", ["chat:write", "chat:write.customize"])
    message = acme.chat_postMessage(channel="#news", text="x", username="Santa")["message"]
    assert (message["subtype"], message["username"]) == ("bot_message", "Santa")


def test_posting_as_a_user_is_refused(acme: WebClient, refusal: Refusal) -> None:
    answer = refusal(acme.chat_postMessage, channel="#news", text="x", as_user=True)
    assert answer["error"] == "as_user_not_supported"


def test_a_refused_message_is_not_stored(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    refusal(acme.chat_postMessage, channel="#news", text="x", metadata={"event_type": "a"})
    assert it.control.messages("T0ACME", "news") == []
