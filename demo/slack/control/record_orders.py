"""Orders that read: recorded requests, counters, messages."""

from __future__ import annotations

from typing import Any

from demo.slack.api.objects import message_object
from demo.slack.control.order import order
from demo.slack.recorder import RecordedRequest
from demo.slack.slack import Slack
from demo.slack.world.channel import Channel
from demo.slack.world.message import Message
from demo.slack.world.team import Team


@order
def requests(slack: Slack, method: str = "", team: str = "") -> list[dict[str, Any]]:
    """The recorded requests, oldest first."""
    return [
        _request(item)
        for item in slack.recorder.requests
        if method in ("", item.method) and team in ("", item.team_id)
    ]


def _request(item: RecordedRequest) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "at": item.at,
        "method": item.method,
        "verb": item.verb,
        "arguments": item.arguments,
    }
    shown |= {"headers": {name.lower(): value for name, value in item.headers.items()}}
    shown |= {"token": item.token, "token_kind": item.token_kind, "app": item.app_id, "team": item.team_id}
    return shown | {"status": item.status, "answer": item.answer}


@order
def counts(slack: Slack) -> dict[str, Any]:
    """Exact since the last ``clear_record``, however small the ring: calls, answers, posts."""
    recorder = slack.recorder
    answers: dict[str, dict[str, int]] = {}
    for (method, answer), count in recorder.answers.items():
        answers.setdefault(method, {})[answer] = count
    posts = {"event_keys": len(recorder.posted), "stored": sum(recorder.posted.values())}
    return {"calls": dict(recorder.calls), "answers": answers, **posts}


@order
def posted(slack: Slack) -> dict[str, int]:
    """Event key -> how many stored messages carried it."""
    return dict(slack.recorder.posted)


@order
def duplicates(slack: Slack) -> dict[str, int]:
    return slack.recorder.duplicates


@order
def clear_record(slack: Slack) -> None:
    slack.recorder.clear()


@order
def set_recorder(slack: Slack, kept: int | None = None, event_key_field: str | None = None) -> None:
    """Size of the ring; name of the metadata field that holds the event key."""
    if kept is not None:
        slack.recorder.resize(kept)
    if event_key_field is not None:
        slack.recorder.event_key_field = event_key_field


@order
def messages(
    slack: Slack, team: str, channel: str, app: str = "", deleted: bool = False
) -> list[dict[str, Any]]:
    """All of a conversation, replies included, oldest first. ``U…`` means the person's direct messages.

    ``deleted`` asks for what was deleted instead, as it last was.
    """
    owner = slack.world.team(team)
    found = (
        [slack.world.channel(team, channel)] if channel not in owner.users else _direct(slack, team, channel)
    )
    shown = [
        _message(slack, owner, conversation, message)
        for conversation in found
        for message in (conversation.history.gone if deleted else conversation.history)
    ]
    return [item for item in shown if app in ("", item["app_id"])]


def _message(slack: Slack, team: Team, channel: Channel, message: Message) -> dict[str, Any]:
    """Slack's own object, and what a test asks beyond it."""
    item = message_object(message, team, slack.world.apps[message.app_id])
    replies = [reply.ts for reply in channel.history.replies(message.ts)]
    place = {"channel": channel.id, "is_reply": message.is_reply, "replies": replies}
    return item | place | {"reply_broadcast": message.reply_broadcast, "deleted": message.deleted}


def _direct(slack: Slack, team: str, user: str) -> list[Channel]:
    owner = slack.world.team(team)
    return [owner.channels[direct] for (_, other), direct in owner.direct_messages.items() if other == user]


@order
def clear_messages(slack: Slack, team: str = "") -> None:
    for owner in slack.world.teams.values():
        for channel in owner.channels.values():
            if team in ("", owner.id):
                channel.history.clear()


@order
def home_view(slack: Slack, app: str, team: str, user: str) -> dict[str, Any] | None:
    """What was last published to the person's Home tab."""
    return slack.world.team(team).views.get((slack.world.app_called(app).id, user))
