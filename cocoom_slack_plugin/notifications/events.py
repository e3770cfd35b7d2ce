"""An event as it is kept: its kind, and its payload as JSON that can be read back into the contract's classes."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from cocoom_hooks import event_types
from cocoom_hooks.payloads import CommentEvent, Event, Post, PostEvent, Tenant, User
from cocoom_slack_plugin.errors import InvalidEvent

HOOK_PREFIX = "cocoom_"
CONNECTION_TESTED = "connection_tested"
NOTICES_SUMMARISED = "notices_summarised"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""NUL as JSON spells it. PostgreSQL refuses it, and would fail the host's own transaction with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionTested(Event):
    """Our own event: an administrator wants to see a message in this channel. It walks the path of every other."""

    channel: str


class Cause(enum.StrEnum):
    """Why notices are summarised."""

    DISCONNECTED = "disconnected"
    """They waited while the tenant was disconnected from Slack."""
    BATCH = "batch"
    """They are the parts of one import, too many to name each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesSummarised(Event):
    """Our own event: what waited for one conversation is told in one message.

    ``counts`` is how many notices of each kind; ``since`` and ``until`` are when the first and the last of their events
    were recorded; ``addressee`` is whose direct messages these are, None for a channel.
    """

    conversation: str
    locale: str
    counts: dict[str, int]
    since: datetime
    until: datetime
    addressee: User | None = None
    cause: Cause = Cause.DISCONNECTED


PAYLOADS: dict[str, type[Event]] = {
    **{hook.removeprefix(HOOK_PREFIX): payload for hook, payload in event_types().items()},
    CONNECTION_TESTED: ConnectionTested,
    NOTICES_SUMMARISED: NoticesSummarised,
}
_ADAPTERS: dict[type[Event], TypeAdapter[Any]] = {
    payload: TypeAdapter(payload) for payload in set(PAYLOADS.values())
}
_POST: TypeAdapter[Post] = TypeAdapter(Post)


def dump(kind: str, event: Event) -> str:
    """The payload as JSON. Raises InvalidEvent, naming the field, for one that could not be used later."""
    adapter = _ADAPTERS[PAYLOADS[kind]]
    try:
        kept = adapter.dump_json(event, warnings="error")
        # Reading it back proves every type down to the last field: a dataclass checks nothing by itself.
        adapter.validate_json(kept, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidEvent(kind, ".".join(map(str, first["loc"])), first["msg"]) from None
    except ValueError as error:
        raise InvalidEvent(
            kind, "payload", f"{type(error).__name__}: not of the type the contract names"
        ) from None
    if b"u0000" in kept and _NUL.search(kept):
        raise InvalidEvent(kind, "payload", "holds a NUL character")
    _verify(kind, event)
    return kept.decode()


def load(kind: str, payload: object) -> Event:
    """The event of a stored payload, as text or taken apart. Raises InvalidEvent for one that this version cannot read.

    As text it costs less, because nothing is made of it that is not needed.
    """
    try:
        adapter = _ADAPTERS[PAYLOADS[kind]]
        event: Event = (
            adapter.validate_json(payload) if isinstance(payload, str) else adapter.validate_python(payload)
        )
    except (KeyError, ValidationError) as error:
        raise InvalidEvent(kind, "payload", f"unreadable: {type(error).__name__}") from None
    return event


def load_post(payload: str) -> Post:
    """The post of a stored payload. Raises InvalidEvent for one that this version cannot read."""
    try:
        post: Post = _POST.validate_json(payload)
    except ValidationError as error:
        raise InvalidEvent("post", "payload", f"unreadable: {type(error).__name__}") from None
    return post


def _verify(kind: str, event: Event) -> None:
    for field in ("tenant.id", "tenant.url", "event_id"):
        if not _attribute(event, field):
            raise InvalidEvent(kind, field, "is empty")
    if event.occurred_at.tzinfo is None:
        raise InvalidEvent(kind, "occurred_at", "has no time zone")
    for field in _links(event):
        _verify_link(kind, field, str(_attribute(event, field)), event.tenant)


def _links(event: Event) -> tuple[str, ...]:
    if isinstance(event, CommentEvent):
        return ("post.url", "post.thread.url", "comment.url")
    return ("post.url", "post.thread.url") if isinstance(event, PostEvent) else ()


def _verify_link(kind: str, field: str, link: str, tenant: Tenant) -> None:
    """A link leads to the tenant's own address: what is told in its workspace must not lead elsewhere."""
    try:
        parts, home = urlsplit(link), urlsplit(tenant.url)
    except ValueError:
        raise InvalidEvent(kind, field, "is no address") from None
    if (parts.scheme, parts.netloc) != (home.scheme, home.netloc) or parts.scheme not in ("https", "http"):
        raise InvalidEvent(kind, field, f"must be an address of {tenant.url}")


def _attribute(event: Event, path: str) -> object:
    value: object = event
    for name in path.split("."):
        value = getattr(value, name)
    return value
