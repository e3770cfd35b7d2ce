"""conversations.list/info/join/open/members, history, replies, and paging through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

Refusal = Callable[..., dict[str, Any]]


def names(answer: Any) -> list[str]:
    return [channel["name"] for channel in answer["channels"]]


def test_the_list_shows_public_channels_and_the_bot_s_private_ones_on_request(acme: WebClient) -> None:
    assert names(acme.conversations_list()) == ["general", "news", "welcome", "old-project", "announcements"]
    both = acme.conversations_list(types="public_channel,private_channel", exclude_archived=True)
    assert names(both) == ["general", "news", "welcome", "editors", "announcements"]


def test_a_channel_has_the_fields_of_slack_s_object(acme: WebClient) -> None:
    channel = acme.conversations_info(channel="C0NEWS", include_num_members=True)["channel"]
    assert (channel["id"], channel["name"], channel["name_normalized"]) == ("C0NEWS", "news", "news")
    assert channel["is_channel"]
    assert channel["is_member"]
    assert not channel["is_private"]
    assert channel["num_members"] == 4
    assert channel["purpose"]["value"] == "What is new in our knowledge base"


def test_a_private_channel_without_the_bot_does_not_exist(acme: WebClient, refusal: Refusal) -> None:
    assert refusal(acme.conversations_info, channel="C0BOARD")["error"] == "channel_not_found"
    assert refusal(acme.conversations_members, channel="C0BOARD")["error"] == "channel_not_found"


def test_pages_are_cut_before_filters_so_they_may_be_short_or_empty(acme: WebClient) -> None:
    pages, cursor = [], ""
    while True:
        answer = acme.conversations_list(limit=1, cursor=cursor, exclude_archived=True)
        pages.append(names(answer))
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert pages == [["general"], ["news"], ["welcome"], [], [], ["announcements"]]


def test_a_cursor_expires_and_fits_only_its_own_list(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    cursor = acme.conversations_list(limit=1)["response_metadata"]["next_cursor"]
    assert acme.conversations_list(limit=1, cursor=cursor)["ok"]
    assert refusal(acme.users_list, limit=1, cursor=cursor)["error"] == "invalid_cursor"
    assert refusal(acme.conversations_list, cursor="%%%")["error"] == "invalid_cursor"
    it.control.advance_clock(601)
    assert refusal(acme.conversations_list, limit=1, cursor=cursor)["error"] == "invalid_cursor"


@pytest.mark.parametrize("limit", [-1, 1000, 5000])
def test_a_limit_out_of_range_is_refused(acme: WebClient, refusal: Refusal, limit: int) -> None:
    assert refusal(acme.conversations_list, limit=limit)["error"] == "invalid_limit"


def test_types_are_checked_and_each_needs_its_scope(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    assert refusal(acme.conversations_list, types="secret")["error"] == "invalid_types"
    answer = refusal(acme.conversations_list, types="public_channel,im")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "im:read")
    it.control.set_token_scopes("xoxb-demo-acme", ["groups:read"])
    assert refusal(acme.conversations_info, channel="C0NEWS")["needed"] == "channels:read"


def test_joining_is_for_public_channels(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    it.control.leave_channel("T0ACME", "news", "U0ACMEBOT")
    assert acme.conversations_join(channel="C0NEWS")["channel"]["is_member"]
    assert acme.conversations_join(channel="C0NEWS")["warning"] == "already_in_channel"
    private = refusal(acme.conversations_join, channel="C0EDITORS")
    assert private["error"] == "method_not_supported_for_channel_type"
    assert refusal(acme.conversations_join, channel="C0OLD")["error"] == "is_archived"


def test_members_are_paged(acme: WebClient) -> None:
    first = acme.conversations_members(channel="C0NEWS", limit=3)
    rest = acme.conversations_members(channel="C0NEWS", cursor=first["response_metadata"]["next_cursor"])
    assert {*first["members"], *rest["members"]} == {"U0ALICE", "U0BOB", "U0CHLOE", "U0ACMEBOT"}


def test_opening_a_direct_message_gives_a_reusable_id(acme: WebClient) -> None:
    first = acme.conversations_open(users="U0ALICE")
    again = acme.conversations_open(users=["U0ALICE"], return_im=True)
    assert again["already_open"]
    assert again["channel"]["id"] == first["channel"]["id"]
    assert again["channel"]["user"] == "U0ALICE"
    assert acme.conversations_open(channel=first["channel"]["id"])["no_op"]
    assert acme.chat_postMessage(channel="U0ALICE", text="x")["channel"] == first["channel"]["id"]


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "not_enough_users"),
        (",".join(f"U{n}" for n in range(9)), "too_many_users"),
        ("U9NOBODY", "user_not_found"),
        ("U0LEAVER", "user_disabled"),
        ("U0ACMEBOT", "invalid_user_combination"),
        ("U0ALICE,U0BOB", "missing_scope"),
    ],
)
def test_opening_is_refused(acme: WebClient, refusal: Refusal, users: str, error: str) -> None:
    assert refusal(acme.api_call, "conversations.open", params={"users": users})["error"] == error


def test_history_is_newest_first_and_can_be_cut(acme: WebClient) -> None:
    stamps = [acme.chat_postMessage(channel="#news", text=str(n))["ts"] for n in range(5)]

    def texts(**arguments: Any) -> list[str]:
        answer = acme.conversations_history(channel="C0NEWS", **arguments)
        return [message["text"] for message in answer["messages"]]

    assert texts() == ["4", "3", "2", "1", "0"]
    assert texts(oldest=stamps[1], latest=stamps[3]) == ["2"]
    assert texts(oldest=stamps[1], latest=stamps[3], inclusive=True) == ["3", "2", "1"]
    first = acme.conversations_history(channel="C0NEWS", limit=2)
    assert first["has_more"]
    assert texts(cursor=first["response_metadata"]["next_cursor"]) == ["2", "1", "0"]


def test_a_parent_knows_how_many_replies_it_has(acme: WebClient) -> None:
    ts = acme.chat_postMessage(channel="#news", text="parent")["ts"]
    reply = acme.chat_postMessage(channel="#news", text="reply", thread_ts=ts)["ts"]
    parent = acme.conversations_history(channel="C0NEWS")["messages"][0]
    assert (parent["reply_count"], parent["latest_reply"], parent["thread_ts"]) == (1, reply, ts)


def test_reading_is_refused(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    assert refusal(acme.conversations_history, channel="C0NEWS", oldest="now")["error"] == "invalid_ts_oldest"
    assert refusal(acme.conversations_history, channel="C0NEWS", latest="x")["error"] == "invalid_ts_latest"
    assert refusal(acme.conversations_replies, channel="C0NEWS", ts="1.2")["error"] == "thread_not_found"
    assert refusal(acme.conversations_history, channel="C0READONLY")["error"] == "not_in_channel"
    assert refusal(acme.conversations_history, channel="C0EDITORS")["needed"] == "groups:history"
