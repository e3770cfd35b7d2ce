"""A message, and one that waits for its hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Message:
    """What a channel shows. ``ts`` is its id within the channel: a string, never a float (slack.md D1)."""

    ts: str
    text: str
    user: str
    app_id: str
    bot_id: str | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    reply_broadcast: bool = False
    metadata: dict[str, Any] | None = None
    username: str | None = None
    edited: dict[str, str] | None = None
    deleted: bool = False
    """A tombstone: the parent of a thread was deleted and its replies stay (slack.md D5)."""
    unfurl_links: bool = True
    unfurl_media: bool = True
    mrkdwn: bool = True

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class ScheduledMessage:
    """``Q…``. Slack is reported never to post one that carries metadata (slack.md D5)."""

    id: str
    post_at: int
    arguments: dict[str, Any]
    token: str
