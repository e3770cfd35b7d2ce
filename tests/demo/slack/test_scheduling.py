from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

Refusal = Callable[..., dict[str, Any]]
LATER = 3600


def schedule(client: WebClient, after: float = LATER, **more: Any) -> str:
    answer = client.chat_scheduleMessage(
        channel="C0NEWS", text="later", post_at=int(time.time() + after), **more
    )
    assert answer["scheduled_message_id"].startswith("Q")
    return str(answer["scheduled_message_id"])


def test_a_scheduled_message_is_posted_when_its_hour_comes(it: SlackThread, acme: WebClient) -> None:
    schedule(acme)
    assert it.control.messages("T0ACME", "news") == []
    it.control.advance_clock(LATER + 1)
    assert [message["text"] for message in it.control.messages("T0ACME", "news")] == ["later"]


def test_the_hour_comes_by_itself(it: SlackThread, acme: WebClient) -> None:
    schedule(acme, after=1.6)
    assert it.control.wait_for("T0ACME", "news", timeout=5)


def test_one_with_metadata_is_never_posted(it: SlackThread, acme: WebClient) -> None:
    schedule(acme, metadata={"event_type": "a", "event_payload": {"event_key": "e"}})
    it.control.advance_clock(LATER + 1)
    assert it.control.messages("T0ACME", "news") == []
    assert it.control.posted() == {}


def test_one_whose_thread_is_gone_is_dropped(it: SlackThread, acme: WebClient) -> None:
    ts = acme.chat_postMessage(channel="C0NEWS", text="parent")["ts"]
    schedule(acme, thread_ts=ts)
    acme.chat_delete(channel="C0NEWS", ts=ts)
    it.control.advance_clock(LATER + 1)
    assert it.control.messages("T0ACME", "news") == []


def test_a_deleted_one_is_not_posted_and_cannot_be_deleted_twice(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    scheduled = schedule(acme)
    acme.chat_deleteScheduledMessage(channel="C0NEWS", scheduled_message_id=scheduled)
    answer = refusal(acme.chat_deleteScheduledMessage, channel="C0NEWS", scheduled_message_id=scheduled)
    assert answer["error"] == "invalid_scheduled_message_id"
    it.control.advance_clock(LATER + 1)
    assert it.control.messages("T0ACME", "news") == []


def test_another_app_s_token_cannot_delete_it(
    it: SlackThread, acme: WebClient, client: Callable[..., WebClient], refusal: Refusal
) -> None:
    scheduled = schedule(acme)
    other = it.control.add_app("T0ACME", name="Other")
    token = it.control.install_app(other["id"], "T0ACME", ["chat:write"])
    answer = refusal(
        client(token).chat_deleteScheduledMessage, channel="C0NEWS", scheduled_message_id=scheduled
    )
    assert answer["error"] == "bad_token"


@pytest.mark.parametrize(
    ("after", "change", "error"),
    [
        (-10, {}, "time_in_past"),
        (121 * 86_400, {}, "time_too_far"),
        (LATER, {"post_at": "soon"}, "invalid_time"),
        (LATER, {"text": "x" * 40_001}, "msg_too_long"),
        (LATER, {"channel": "C0OLD"}, "is_archived"),
        (LATER, {"channel": "C0BOARD"}, "channel_not_found"),
        (LATER, {"text": ""}, "no_text"),
    ],
)
def test_scheduling_is_refused(
    acme: WebClient, refusal: Refusal, after: float, change: dict[str, Any], error: str
) -> None:
    arguments = {"channel": "C0NEWS", "text": "x", "post_at": int(time.time() + after)} | change
    assert refusal(acme.api_call, "chat.scheduleMessage", json=arguments)["error"] == error


def test_thirty_messages_fit_into_five_minutes(acme: WebClient, refusal: Refusal) -> None:
    post_at = (int(time.time()) // 300 + 10) * 300
    for _ in range(30):
        acme.chat_scheduleMessage(channel="C0NEWS", text="x", post_at=post_at)
    answer = refusal(acme.chat_scheduleMessage, channel="C0NEWS", text="x", post_at=post_at + 299)
    assert answer["error"] == "restricted_too_many"
