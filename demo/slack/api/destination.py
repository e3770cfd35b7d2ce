"""Where a message may go: from the ``channel`` argument to a conversation (slack.md D1, D4 class 4)."""

from __future__ import annotations

from typing import NamedTuple

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.world.channel import Channel, Posting
from demo.slack.world.team import Team


class Destination(NamedTuple):
    team: Team
    channel: Channel


def visible_channel(call: Call, channel_id: str) -> Destination:
    """By id. A private conversation the caller is not in does not exist for it."""
    for team in call.slack.world.teams_of(call.token):
        channel = team.channels.get(channel_id)
        if channel is not None and channel.visible_to(call.token.user_id):
            return Destination(team, channel)
    raise SlackError("channel_not_found")


def posting_destination(call: Call) -> Destination:
    """By ``C…``, ``D…``, ``U…`` or name, checked for the right to write there."""
    wanted = call.required("channel")
    if wanted[0] in "UW":
        found = _direct_message(call, wanted)
        if found is not None:
            return found
    destination = _by_id_or_name(call, wanted)
    if destination.channel.is_im:
        _check_direct_message(call, destination)
    else:
        _check_channel(call, destination.channel)
    return destination


def _by_id_or_name(call: Call, wanted: str) -> Destination:
    try:
        return visible_channel(call, wanted)
    except SlackError:
        if call.token.is_org_wide:
            _refuse_org_wide(call, wanted)
        team = call.team()
        channel = team.channel_named(wanted)
        if channel is None or not channel.visible_to(call.token.user_id):
            raise
        return Destination(team, channel)


def _refuse_org_wide(call: Call, wanted: str) -> None:
    """Names mean nothing across workspaces; a workspace not yet added has its own answer (slack.md B2)."""
    world = call.slack.world
    org = [team for team in world.teams.values() if team.enterprise_id == call.token.enterprise_id]
    if any(wanted in team.channels for team in org if team.id not in call.token.granted_team_ids):
        raise SlackError("team_access_not_granted")
    if wanted[0] not in "CGD" or not wanted.isupper():
        raise SlackError("team_not_found")


def _direct_message(call: Call, user_id: str) -> Destination | None:
    for team in call.slack.world.teams_of(call.token):
        user = team.users.get(user_id)
        if user is not None:
            channel = call.slack.world.direct_message(team, call.token.user_id, user_id)
            destination = Destination(team, channel)
            _check_direct_message(call, destination)
            return destination
    if user_id.isupper() and user_id.isalnum():
        raise SlackError("user_not_found")
    return None


def _check_direct_message(call: Call, destination: Destination) -> None:
    user = destination.team.users[destination.channel.user]
    if user.deleted:
        raise SlackError("user_disabled")
    if not call.app.messages_tab_enabled:
        raise SlackError("messages_tab_disabled")


def _check_channel(call: Call, channel: Channel) -> None:
    if channel.is_archived:
        raise SlackError("is_archived")
    may_write = call.token.user_id in channel.members or "chat:write.public" in call.token.scopes
    if not may_write:
        raise SlackError("not_in_channel")
    in_thread = bool(call.text("thread_ts"))
    if channel.posting is Posting.READ_ONLY:
        raise SlackError("restricted_action_read_only_channel")
    if channel.posting is Posting.THREAD_ONLY and not in_thread:
        raise SlackError("restricted_action_thread_only_channel")
    if channel.posting is Posting.NON_THREADABLE and in_thread:
        raise SlackError("restricted_action_non_threadable_channel")
