from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

Refusal = Callable[..., dict[str, Any]]
METADATA = {"event_type": "cocoom", "event_payload": {"event_key": "e1"}}


def test_an_update_changes_text_removes_blocks_and_keeps_metadata(it: SlackThread, acme: WebClient) -> None:
    ts = acme.chat_postMessage(
        channel="#news", text="before", blocks=[{"type": "divider"}], metadata=METADATA
    )["ts"]
    answer = acme.chat_update(channel="C0NEWS", ts=ts, text="after & on")
    assert (answer["ts"], answer["text"]) == (ts, "after &amp; on")
    message = it.control.messages("T0ACME", "news")[0]
    assert "blocks" not in message
    assert message["metadata"] == METADATA
    assert message["edited"]["user"] == "U0ACMEBOT"


def test_empty_metadata_clears_it(it: SlackThread, acme: WebClient) -> None:
    ts = acme.chat_postMessage(channel="#news", text="x", metadata=METADATA)["ts"]
    acme.chat_update(channel="C0NEWS", ts=ts, text="x", metadata={})
    assert "metadata" not in it.control.messages("T0ACME", "news")[0]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"text": ""}, "no_text"),
        ({"ts": "1.000001"}, "message_not_found"),
        ({"channel": "C9NOWHERE"}, "channel_not_found"),
        ({"channel": "U0ALICE"}, "channel_not_found"),
    ],
)
def test_an_update_is_refused(acme: WebClient, refusal: Refusal, change: dict[str, Any], error: str) -> None:
    ts = acme.chat_postMessage(channel="#news", text="x")["ts"]
    arguments = {"channel": "C0NEWS", "ts": ts, "text": "y"} | change
    assert refusal(acme.api_call, "chat.update", json=arguments)["error"] == error


def test_nothing_is_updated_in_an_archived_channel(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    ts = acme.chat_postMessage(channel="#news", text="x")["ts"]
    it.control.change_channel("T0ACME", "news", is_archived=True)
    assert refusal(acme.chat_update, channel="C0NEWS", ts=ts, text="y")["error"] == "is_inactive"


def test_a_direct_message_is_updated_by_the_id_of_its_conversation(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    posted = acme.chat_postMessage(channel="U0ALICE", text="before", metadata=METADATA)
    assert (
        refusal(acme.chat_update, channel="U0ALICE", ts=posted["ts"], text="x")["error"]
        == "channel_not_found"
    )
    acme.chat_update(channel=posted["channel"], ts=posted["ts"], text="after")
    message = it.control.messages("T0ACME", "U0ALICE")[0]
    assert (message["text"], message["metadata"]) == ("after", METADATA)
    acme.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert it.control.messages("T0ACME", "U0ALICE") == []


def test_a_workspace_may_close_the_time_for_edits(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    it.control.settings(edit_window=60)
    ts = acme.chat_postMessage(channel="#news", text="x")["ts"]
    assert acme.chat_update(channel="C0NEWS", ts=ts, text="y")["ok"]
    it.control.advance_clock(61)
    assert refusal(acme.chat_update, channel="C0NEWS", ts=ts, text="z")["error"] == "edit_window_closed"
    assert it.control.messages("T0ACME", "news")[0]["text"] == "y"
    it.control.settings(edit_window=None)
    assert acme.chat_update(channel="C0NEWS", ts=ts, text="z")["ok"]


@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message", "update_failed"])
def test_any_refusal_of_an_update_can_be_ordered_and_leaves_posting_alone(
    it: SlackThread, acme: WebClient, refusal: Refusal, code: str
) -> None:
    ts = acme.chat_postMessage(channel="#news", text="x")["ts"]
    it.control.fault("error", "chat.update", code=code, times=1)
    assert acme.chat_postMessage(channel="#news", text="y")["ok"]
    assert refusal(acme.chat_update, channel="C0NEWS", ts=ts, text="z")["error"] == code
    assert acme.chat_update(channel="C0NEWS", ts=ts, text="z")["ok"]


def test_another_app_s_message_is_not_ours_to_touch(
    it: SlackThread, acme: WebClient, client: Callable[..., WebClient], refusal: Refusal
) -> None:
    other = it.control.add_app("T0ACME", name="Other")
    token = it.control.install_app(other["id"], "T0ACME", ["chat:write", "chat:write.public"])
    ts = client(token).chat_postMessage(channel="#news", text="x")["ts"]
    assert refusal(acme.chat_update, channel="C0NEWS", ts=ts, text="y")["error"] == "cant_update_message"
    assert refusal(acme.chat_delete, channel="C0NEWS", ts=ts)["error"] == "cant_delete_message"


def test_a_deleted_message_is_gone(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    ts = acme.chat_postMessage(channel="#news", text="x")["ts"]
    acme.chat_delete(channel="C0NEWS", ts=ts)
    assert it.control.messages("T0ACME", "news") == []
    assert refusal(acme.chat_delete, channel="C0NEWS", ts=ts)["error"] == "message_not_found"


def test_a_deleted_parent_leaves_a_tombstone_for_its_thread(it: SlackThread, acme: WebClient) -> None:
    ts = acme.chat_postMessage(channel="#news", text="secret")["ts"]
    acme.chat_postMessage(channel="#news", text="reply", thread_ts=ts)
    acme.chat_delete(channel="C0NEWS", ts=ts)
    parent, reply = it.control.messages("T0ACME", "news")
    assert (parent["subtype"], parent["text"]) == ("tombstone", "This message was deleted.")
    assert reply["text"] == "reply"


def test_a_permalink_leads_to_the_message_and_into_its_thread(acme: WebClient, refusal: Refusal) -> None:
    ts = acme.chat_postMessage(channel="#news", text="x")["ts"]
    reply = acme.chat_postMessage(channel="#news", text="y", thread_ts=ts)["ts"]
    link = acme.chat_getPermalink(channel="C0NEWS", message_ts=ts)["permalink"]
    assert link == f"https://acme.slack.com/archives/C0NEWS/p{ts.replace('.', '')}"
    in_thread = acme.chat_getPermalink(channel="C0NEWS", message_ts=reply)["permalink"]
    assert in_thread.endswith(f"?thread_ts={ts}&cid=C0NEWS")
    assert refusal(acme.chat_getPermalink, channel="C0NEWS", message_ts="1.2")["error"] == "message_not_found"
