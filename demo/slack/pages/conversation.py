"""A conversation as a page shows it: days, messages, threads under their parents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from typing import Any

from markupsafe import Markup, escape

from demo.slack.pages.dates import clock_time, day, since
from demo.slack.pages.mrkdwn import Names, plain, rendered
from demo.slack.world.channel import Channel
from demo.slack.world.message import Message
from demo.slack.world.team import Team
from demo.slack.world.user import User
from demo.slack.world.world import World

_EXTRACT = 80
"""Characters of the parent beside a broadcast reply."""


@dataclass(frozen=True)
class ShownMessage:
    ts: str
    sender: str
    hue: int
    """0..7: the colour of the sender's tile."""
    time: str
    text: Markup
    fallback: Markup
    """What a notification and a screen reader say."""
    blocks: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    edited: bool
    deleted: bool
    replies: list[ShownMessage] = field(default_factory=list)
    last_reply: str = ""
    """When, in words."""
    broadcast: bool = False
    parent: ShownMessage | None = None
    """Of a broadcast reply."""

    @property
    def initial(self) -> str:
        return self.sender[:1].upper()

    @property
    def extract(self) -> Markup:
        """The beginning of the notification text, on one line, without links."""
        text = " ".join(self.fallback.striptags().split())
        return escape(text if len(text) <= _EXTRACT else f"{text[:_EXTRACT].rstrip()}…")


@dataclass(frozen=True)
class Day:
    name: str
    messages: list[ShownMessage]


def names_in(team: Team, reader: User | None = None) -> Names:
    """As this person reads them; in a channel, as the first of the workspace."""
    reader = reader or next(team.people(), None)
    return Names(
        user=lambda user_id: team.users[user_id].real_name if user_id in team.users else None,
        channel=lambda channel_id: team.channels[channel_id].name if channel_id in team.channels else None,
        tz=reader.tz if reader else "UTC",
        locale=reader.locale if reader else "en-US",
    )


def days(
    world: World, team: Team, channel: Channel, newest: int = 100, reader: User | None = None
) -> list[Day]:
    """The newest messages, oldest first, day by day."""
    names = names_in(team, reader)
    top = [item for item in channel.history if not item.is_reply or item.reply_broadcast][-newest:]
    grouped = groupby(top, key=lambda item: day(item.ts, names.tz))
    return [Day(name, list(_shown(world, channel, messages, names))) for name, messages in grouped]


def beside(
    world: World, team: Team, left: Channel, right: Channel, newest: int = 100
) -> list[tuple[ShownMessage | None, ShownMessage | None]]:
    """The newest messages of two channels, the oldest of each first, pair by pair."""
    one, other = (_newest(world, team, channel, newest) for channel in (left, right))
    return list(zip_longest(one, other))


def _newest(world: World, team: Team, channel: Channel, newest: int) -> list[ShownMessage]:
    top = [item for item in channel.history if not item.is_reply][-newest:]
    return list(_shown(world, channel, iter(top), names_in(team)))


def _shown(
    world: World, channel: Channel, messages: Iterator[Message], names: Names
) -> Iterator[ShownMessage]:
    for message in messages:
        replies = [_message(world, reply, names) for reply in channel.history.replies(message.ts)]
        parent = channel.history.get(message.thread_ts or "") if message.is_reply else None
        shown = _message(world, parent, names) if parent else None
        yield _message(world, message, names, replies, shown)


def _message(
    world: World,
    message: Message,
    names: Names,
    replies: list[ShownMessage] | None = None,
    parent: ShownMessage | None = None,
) -> ShownMessage:
    sender = message.username or world.apps[message.app_id].name
    return ShownMessage(
        ts=message.ts,
        sender=sender,
        hue=sum(map(ord, sender)) % 8,
        time=clock_time(message.ts, names.tz),
        text=rendered(message.text, names) if message.mrkdwn else plain(message.text),
        fallback=rendered(message.text, names),
        blocks=message.blocks,
        attachments=message.attachments,
        edited=message.edited is not None,
        deleted=message.deleted,
        replies=replies or [],
        last_reply=since(replies[-1].ts, names.tz) if replies else "",
        parent=parent,
        broadcast=message.is_reply and message.reply_broadcast,
    )
