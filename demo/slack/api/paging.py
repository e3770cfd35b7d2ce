"""Cursors: opaque, short-lived, and bound to the list they came from (slack.md E2)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError

T = TypeVar("T")


def page(
    call: Call, items: Sequence[T], of: str, default: int = 100, most: int = 1000
) -> tuple[list[T], str]:
    """One page and the next one's cursor, ``""`` at the end. Filters come after: a page may be empty."""
    limit = call.number("limit", default, "invalid_limit")
    if not 0 < limit < most:
        raise SlackError("invalid_limit")
    start = _position(call, of)
    end = start + limit
    return list(items[start:end]), _cursor(call, of, end) if end < len(items) else ""


def _cursor(call: Call, of: str, position: int) -> str:
    return base64.urlsafe_b64encode(f"{of}:{position}:{call.slack.clock.now():.0f}".encode()).decode()


def _position(call: Call, of: str) -> int:
    cursor = call.text("cursor")
    if not cursor:
        return 0
    try:
        kind, position, issued = base64.urlsafe_b64decode(cursor).decode().rsplit(":", 2)
        age = call.slack.clock.now() - float(issued)
        found = int(position)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise SlackError("invalid_cursor") from None
    if kind != of or age > call.slack.settings.cursor_lifetime:
        raise SlackError("invalid_cursor")
    return found


def with_cursor(answer: dict[str, object], cursor: str) -> dict[str, object]:
    return {**answer, "response_metadata": {"next_cursor": cursor}}
