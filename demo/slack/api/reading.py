"""``conversations.history`` and ``conversations.replies`` (slack.md D6, E2)."""

from __future__ import annotations

from typing import Any

from demo.slack.api.call import Call
from demo.slack.api.conversations import readable_channel
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.api.objects import message_object
from demo.slack.api.paging import page
from demo.slack.rate_limits import Tier
from demo.slack.world.channel import Channel
from demo.slack.world.history import as_microseconds
from demo.slack.world.message import Message
from demo.slack.world.team import Team

_SCOPES = ("channels:history", "groups:history", "im:history", "mpim:history")


@method("conversations.history", Tier.THREE, *_SCOPES)
def history(call: Call) -> Answer:
    """Newest first, without replies unless they were broadcast."""
    team, channel = _channel(call)
    shown = [item for item in channel.history if not item.is_reply or item.reply_broadcast]
    messages, cursor = page(call, _within(call, shown)[::-1], f"history of {channel.id}")
    return _answer(call, team, channel, messages, cursor)


@method("conversations.replies", Tier.THREE, *_SCOPES)
def replies(call: Call) -> Answer:
    """The parent first, then its replies, oldest first."""
    team, channel = _channel(call)
    parent = channel.history.get(call.required("ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    thread = [parent, *channel.history.replies(parent.ts)]
    messages, cursor = page(call, _within(call, thread), f"thread {parent.ts} of {channel.id}")
    return _answer(call, team, channel, messages, cursor)


def _channel(call: Call) -> tuple[Team, Channel]:
    team, channel = readable_channel(call, "history")
    if call.token.user_id not in channel.members:
        raise SlackError("not_in_channel")
    return team, channel


def _within(call: Call, messages: list[Message]) -> list[Message]:
    """Between ``oldest`` and ``latest``; the ends themselves only with ``inclusive``."""
    oldest = _moment(call, "oldest", 0)
    latest = _moment(call, "latest", 10**20)
    slack_at_ends = 0 if call.flag("inclusive") else 1
    return [
        item
        for item in messages
        if oldest + slack_at_ends <= as_microseconds(item.ts) <= latest - slack_at_ends
    ]


def _moment(call: Call, name: str, default: int) -> int:
    value = call.text(name)
    if not value:
        return default
    seconds, _, micros = value.partition(".")
    try:
        return int(seconds) * 1_000_000 + int(micros.ljust(6, "0")[:6])
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _answer(call: Call, team: Team, channel: Channel, messages: list[Message], cursor: str) -> Answer:
    """Metadata only with ``include_all_metadata`` (slack.md D6)."""
    metadata = call.flag("include_all_metadata")
    shown = []
    for message in messages:
        app = call.slack.world.apps[message.app_id]
        item = message_object(message, team, app, metadata=metadata)
        shown.append(item | _thread(channel.history.replies(message.ts)))
    answer: Answer = {"ok": True, "messages": shown, "has_more": bool(cursor), "pin_count": 0}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _thread(replies: list[Message]) -> dict[str, Any]:
    """What a parent tells of its thread; nothing when it has none."""
    if not replies:
        return {}
    writers = list(dict.fromkeys(reply.user for reply in replies))
    counts = {"reply_count": len(replies), "reply_users_count": len(writers), "reply_users": writers}
    return counts | {"latest_reply": replies[-1].ts, "is_locked": False, "subscribed": False}
