"""``chat.postMessage`` (slack.md D1)."""

from __future__ import annotations

from typing import Any

from demo.slack.api.admission import RateLimitedError
from demo.slack.api.call import Call
from demo.slack.api.content import Content, read_content
from demo.slack.api.destination import Destination, posting_destination
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.api.objects import message_object
from demo.slack.rate_limits import Tier
from demo.slack.slack import LostThread
from demo.slack.world.message import Message


@method("chat.postMessage", Tier.POSTING, "chat:write", takes_json=True)
def post_message(call: Call) -> Answer:
    """Unknown arguments, such as ``client_msg_id``, are ignored: they deduplicate nothing (slack.md D6)."""
    destination = posting_destination(call)
    _check_pace(call, destination)
    _check_disguise(call)
    content = read_content(call, destination.team)
    message = store(call, destination, content)
    shown = message_object(message, destination.team, call.app)
    answer: dict[str, Any] = {
        "ok": True,
        "channel": destination.channel.id,
        "ts": message.ts,
        "message": shown,
    }
    return answer | _warnings(call)


def store(call: Call, destination: Destination, content: Content) -> Message:
    """Put the message into its conversation, and into the recorder's count of event keys."""
    token, history = call.token, destination.channel.history
    thread_ts = _thread(call, destination)
    message = Message(
        ts=history.next_ts(call.slack.clock.now()),
        text=content.text,
        user=token.user_id,
        app_id=token.app_id,
        bot_id=token.bot_id,
        blocks=content.blocks,
        attachments=content.attachments,
        thread_ts=thread_ts,
        reply_broadcast=bool(thread_ts) and call.flag("reply_broadcast"),
        metadata=content.metadata or None,
        username=call.text("username") or None,
        unfurl_links=call.flag("unfurl_links", default=True),
        unfurl_media=call.flag("unfurl_media", default=True),
        mrkdwn=call.flag("mrkdwn", default=True),
    )
    history.add(message, call.slack.settings.messages_kept)
    call.slack.recorder.stored(message.metadata, destination.channel.id)
    return message


def _check_pace(call: Call, destination: Destination) -> None:
    limits = call.slack.rate_limits
    wait = limits.wait_for_post(destination.channel.id, destination.team.id, call.token.app_id)
    if wait:
        raise RateLimitedError(wait)


def _check_disguise(call: Call) -> None:
    """Another name or picture needs its own scope; ``as_user`` is for classic apps only."""
    if call.flag("as_user"):
        raise SlackError("as_user_not_supported")
    if any(call.text(name) for name in ("username", "icon_emoji", "icon_url")):
        call.require_scope("chat:write.customize")


def _thread(call: Call, destination: Destination) -> str | None:
    """The parent's ts; None for a message of the channel."""
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    parent = destination.channel.history.get(thread_ts)
    if parent is None or parent.is_reply or parent.deleted:
        _check_lost_thread(call)
        return None
    parent.thread_ts = parent.ts
    return thread_ts


def _check_lost_thread(call: Call) -> None:
    """Under a reply, a tombstone or nothing there is no thread (slack.md D5)."""
    answer = call.slack.settings.lost_thread
    if answer is not LostThread.TOP_LEVEL:
        raise SlackError(answer.value)


def _warnings(call: Call) -> dict[str, Any]:
    if not call.warnings:
        return {}
    return {"warning": ",".join(call.warnings), "response_metadata": {"warnings": call.warnings}}
