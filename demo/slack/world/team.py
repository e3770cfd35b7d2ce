"""A workspace, and the Grid organisation that may own it (slack.md A9, E)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from demo.slack.world.channel import Channel
from demo.slack.world.user import User


@dataclass(slots=True)
class Enterprise:
    """An Enterprise Grid organisation."""

    id: str
    name: str
    domain: str


@dataclass(slots=True)
class Team:
    """A workspace. A user id means nothing without it: people are its own (slack.md A8.3)."""

    id: str
    name: str
    domain: str
    enterprise_id: str | None = None
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    direct_messages: dict[tuple[str, str], str] = field(default_factory=dict)
    """(bot user id, user id) -> ``D…`` id."""
    views: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """(app id, user id) -> the published Home view."""
    channel_ids: dict[str, str] = field(default_factory=dict)
    """Channel name -> id, so that posting to ``#name`` costs one look-up."""

    @property
    def url(self) -> str:
        return f"https://{self.domain}.slack.com/"

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.name:
            self.channel_ids[channel.name] = channel.id
        return channel

    def channel_named(self, name: str) -> Channel | None:
        """Find by ``#name`` or ``name``; direct messages have no name."""
        return self.channels.get(self.channel_ids.get(name.removeprefix("#"), ""))

    def user_with_email(self, email: str) -> User | None:
        wanted = email.casefold()
        return next((u for u in self.users.values() if u.email and u.email.casefold() == wanted), None)

    def people(self) -> Iterator[User]:
        """Everybody but bots, in the order they joined."""
        return (user for user in self.users.values() if not user.is_bot)
