"""``conversations.list/info/join/open/members`` (slack.md E2)."""

from __future__ import annotations

from demo.slack.api.call import Call
from demo.slack.api.destination import visible_channel
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.api.objects import channel_object
from demo.slack.api.paging import page, with_cursor
from demo.slack.rate_limits import Tier
from demo.slack.world.channel import Channel
from demo.slack.world.team import Team

READ_SCOPES = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
_ANY_READ = tuple(READ_SCOPES.values())
MOST_PEOPLE = 8


def type_of(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


@method("conversations.list", Tier.TWO, *_ANY_READ)
def list_conversations(call: Call) -> Answer:
    team, types = call.team(), _types(call)
    everything = [item for item in team.channels.values() if item.visible_to(call.token.user_id)]
    shown, cursor = page(call, everything, f"channels of {team.id}")
    if call.flag("exclude_archived"):
        shown = [item for item in shown if not item.is_archived]
    user_id = call.token.user_id
    channels = [
        {**channel_object(item, team, user_id), "num_members": len(item.members)}
        for item in shown
        if type_of(item) in types
    ]
    return with_cursor({"ok": True, "channels": channels}, cursor)


def _types(call: Call) -> set[str]:
    types = {name.strip() for name in call.text("types", "public_channel").split(",") if name.strip()}
    if not types <= READ_SCOPES.keys():
        raise SlackError("invalid_types")
    for name in sorted(types):
        call.require_scope(READ_SCOPES[name])
    return types


@method("conversations.info", Tier.THREE, *_ANY_READ)
def info(call: Call) -> Answer:
    team, channel = readable_channel(call)
    shown = channel_object(channel, team, call.token.user_id)
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"ok": True, "channel": shown}


def readable_channel(call: Call, prefix: str = "read") -> tuple[Team, Channel]:
    """The channel asked for, if the token holds its type's scope: ``channels:read``, ``im:history``…"""
    team, channel = visible_channel(call, call.required("channel"))
    scope = READ_SCOPES[type_of(channel)].replace("read", prefix)
    call.require_scope(scope)
    return team, channel


@method("conversations.members", Tier.FOUR, *_ANY_READ)
def members(call: Call) -> Answer:
    _, channel = readable_channel(call)
    shown, cursor = page(call, sorted(channel.members), f"members of {channel.id}")
    return with_cursor({"ok": True, "members": shown}, cursor)


@method("conversations.join", Tier.THREE, "channels:join", takes_json=True)
def join(call: Call) -> Answer:
    team, channel = visible_channel(call, call.required("channel"))
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    already = call.token.user_id in channel.members
    channel.members.add(call.token.user_id)
    answer: Answer = {"ok": True, "channel": channel_object(channel, team, call.token.user_id)}
    if already:
        answer |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return answer


@method("conversations.open", Tier.THREE, "im:write", takes_json=True)
def open_conversation(call: Call) -> Answer:
    """Direct messages with one person; group messages (``mpim:write``) are not modelled."""
    if call.text("channel"):
        _, channel = visible_channel(call, call.text("channel"))
        return {"ok": True, "no_op": True, "already_open": True, "channel": {"id": channel.id}}
    team, user_id = call.team(), _person(call)
    already = (call.token.user_id, user_id) in team.direct_messages
    channel = call.slack.world.direct_message(team, call.token.user_id, user_id)
    shown = channel_object(channel, team, call.token.user_id)
    answer: Answer = {"ok": True, "channel": shown if call.flag("return_im") else {"id": channel.id}}
    return answer | ({"already_open": True, "no_op": True} if already else {})


def _person(call: Call) -> str:
    """The one user asked for; raises SlackError for nobody, a crowd, a stranger, a leaver or oneself."""
    asked = call.structure("users", "invalid_arguments") if call.text("users").startswith("[") else None
    users = asked or [name.strip() for name in call.text("users").split(",") if name.strip()]
    if not users:
        raise SlackError("not_enough_users")
    if len(users) > MOST_PEOPLE:
        raise SlackError("too_many_users")
    known = call.team().users
    if any(user_id not in known for user_id in users):
        raise SlackError("user_not_found")
    if any(known[user_id].deleted for user_id in users):
        raise SlackError("user_disabled")
    if len(users) > 1:
        call.require_scope("mpim:write")
    if len(users) > 1 or known[users[0]].is_bot:
        raise SlackError("invalid_user_combination")
    return str(users[0])
