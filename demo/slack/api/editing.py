"""``chat.update``, ``chat.delete``, ``chat.getPermalink`` (slack.md D5)."""

from __future__ import annotations

from urllib.parse import urlencode

from demo.slack.api.call import Call
from demo.slack.api.content import read_attachments, read_blocks, read_metadata, read_text
from demo.slack.api.destination import Destination, visible_channel
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.api.objects import message_object
from demo.slack.rate_limits import Tier
from demo.slack.world.message import Message

LONGEST_UPDATE = 4_000


@method("chat.update", Tier.THREE, "chat:write", takes_json=True)
def update(call: Call) -> Answer:
    destination, message = _own_message(call, "ts", "cant_update_message")
    _check_time(call, destination, message)
    if call.flag("reply_broadcast"):
        _broadcast(call, message)
    else:
        _rewrite(call, destination, message)
    message.edited = {"user": call.token.user_id, "ts": f"{call.slack.clock.now():.6f}"}
    shown = message_object(message, destination.team, call.app)
    answer: Answer = {"ok": True, "channel": destination.channel.id, "ts": message.ts}
    return answer | {"text": message.text, "message": shown}


def _check_time(call: Call, destination: Destination, message: Message) -> None:
    """An archived conversation is history, and so is what the workspace's edit window has left behind."""
    if destination.channel.is_archived:
        raise SlackError("is_inactive")
    window = call.slack.settings.edit_window
    if window is not None and call.slack.clock.now() - float(message.ts) > window:
        raise SlackError("edit_window_closed")


def _broadcast(call: Call, message: Message) -> None:
    """Show an existing reply in the channel, too; its content cannot change in the same call."""
    if not message.is_reply:
        raise SlackError("cant_broadcast_message")
    if any(call.arguments.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_dual_broadcast_content_update")
    message.reply_broadcast = True


def _rewrite(call: Call, destination: Destination, message: Message) -> None:
    """Text without blocks removes the old blocks; metadata stays unless ``{}`` is sent."""
    text, blocks = call.text("text"), read_blocks(call, destination.team)
    if len(text) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    attachments = read_attachments(call, destination.team)
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    metadata = read_metadata(call)
    message.text = read_text(call, text, destination.team, blocks)
    message.blocks, message.attachments = blocks, attachments
    if metadata is not None:
        message.metadata = metadata or None


@method("chat.delete", Tier.THREE, "chat:write", takes_json=True)
def delete(call: Call) -> Answer:
    destination, message = _own_message(call, "ts", "cant_delete_message")
    destination.channel.history.delete(message)
    return {"ok": True, "channel": destination.channel.id, "ts": message.ts}


@method("chat.getPermalink", Tier.SPECIAL)
def get_permalink(call: Call) -> Answer:
    team, channel = visible_channel(call, call.required("channel"))
    ts = call.required("message_ts")
    message = channel.history.get(ts)
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    link = f"{team.url}archives/{channel.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += "?" + urlencode({"thread_ts": message.thread_ts, "cid": channel.id})
    return {"ok": True, "channel": channel.id, "permalink": link}


def _own_message(call: Call, argument: str, refusal: str) -> tuple[Destination, Message]:
    """Only the app's own messages can be touched; a ``U…`` id is no channel here."""
    destination = visible_channel(call, call.required("channel"))
    message = destination.channel.history.get(call.required(argument))
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    if message.user != call.token.user_id:
        raise SlackError(refusal)
    return destination, message
