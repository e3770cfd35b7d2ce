"""``chat.scheduleMessage``, ``chat.deleteScheduledMessage``, and posting when it is time (slack.md D5)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from demo.slack.api.call import Call
from demo.slack.api.content import read_content
from demo.slack.api.destination import Destination, posting_destination, visible_channel
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.api.posting import store
from demo.slack.rate_limits import Tier
from demo.slack.world.app import TokenState
from demo.slack.world.channel import Channel
from demo.slack.world.ids import new_id
from demo.slack.world.message import ScheduledMessage
from demo.slack.world.team import Team

if TYPE_CHECKING:
    from demo.slack.slack import Slack

FURTHEST = 120 * 86_400
WINDOW = 300
PER_WINDOW = 30
LONGEST = 40_000


@method("chat.scheduleMessage", Tier.THREE, "chat:write", takes_json=True)
def schedule(call: Call) -> Answer:
    team, channel = posting_destination(call)
    post_at = call.number("post_at", 0, "invalid_time")
    _check_hour(call, channel, post_at)
    if len(call.text("text")) > LONGEST:
        raise SlackError("msg_too_long")
    arguments = dict(call.arguments)
    content = read_content(call, team)
    scheduled = ScheduledMessage(new_id("Q"), post_at, arguments, call.token.value)
    channel.scheduled[scheduled.id] = scheduled
    shown = {"type": "delayed_message", "text": content.text, "user": call.token.user_id, "team": team.id}
    answer: Answer = {"ok": True, "channel": channel.id, "scheduled_message_id": scheduled.id}
    return answer | {"post_at": post_at, "message": shown | {"bot_id": call.token.bot_id}}


def _check_hour(call: Call, channel: Channel, post_at: int) -> None:
    now = call.slack.clock.now()
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + FURTHEST:
        raise SlackError("time_too_far")
    window = [item for item in channel.scheduled.values() if item.post_at // WINDOW == post_at // WINDOW]
    if len(window) >= PER_WINDOW:
        raise SlackError("restricted_too_many")


@method("chat.deleteScheduledMessage", Tier.THREE, "chat:write", takes_json=True)
def delete_scheduled(call: Call) -> Answer:
    _, channel = visible_channel(call, call.required("channel"))
    scheduled = channel.scheduled.get(call.required("scheduled_message_id"))
    if scheduled is None:
        raise SlackError("invalid_scheduled_message_id")
    if scheduled.token != call.token.value:
        raise SlackError("bad_token")
    del channel.scheduled[scheduled.id]
    return {"ok": True}


def post_due(slack: Slack) -> None:
    """Post what is due, through the same door as chat.postMessage but without its pace."""
    now = slack.clock.now()
    for team in slack.world.teams.values():
        for channel in list(team.channels.values()):
            for scheduled in [item for item in channel.scheduled.values() if item.post_at <= now]:
                del channel.scheduled[scheduled.id]
                _post(slack, team, channel, scheduled)


def _post(slack: Slack, team: Team, channel: Channel, scheduled: ScheduledMessage) -> None:
    """One with metadata is never posted, as users report of Slack; nor is one whose token died."""
    token = slack.world.tokens[scheduled.token]
    if scheduled.arguments.get("metadata") or token.state is not TokenState.ACTIVE or channel.is_archived:
        return
    call = Call(slack, scheduled.arguments, known_token=token)
    with suppress(SlackError):  # its thread may have gone meanwhile; Slack tells nobody either
        store(call, Destination(team, channel), read_content(call, team))
