"""The elements of a line, in which what users wrote is a value and never markup.

In a ``rich_text`` block every text element is shown as it is: nothing in it is parsed for mentions, links, emoji or
styles (docs.slack.dev/reference/block-kit/blocks/rich-text-block). A mention would have to be an element of its own,
and no function here makes one. Elements are made here alone; those that hold text of users clean it and cut it, and
none is ever empty or longer than Slack takes.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from cocoom_slack_plugin.notifications.clean import ELLIPSIS, clean

LONGEST_ADDRESS = 3000
"""Characters of a link's address (slack.md D2)."""
WHEN = "{date_short_pretty} {time}"
"""How Slack shows an instant, in the language and time zone of whoever reads it (slack.md D8)."""

Template = NewType("Template", str)
"""A text of ours in one language, with the names of elements in braces. ``Wording`` alone makes one."""


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of a line: what Slack shows, and what is read out where Slack shows no blocks."""

    shown: Mapping[str, Any]
    spoken: str


Line = tuple[Element, ...]


def plain(text: str, limit: int) -> Element:
    """Text of a user."""
    return _text(clean(text, limit) or ELLIPSIS)


def bold(text: str, limit: int) -> Element:
    """Text of a user in bold."""
    return _bold(clean(text, limit) or ELLIPSIS)


def link(url: str, label: str, limit: int, *, strong: bool = False) -> Element:
    """A link under a user's text; that text alone, where Slack would take the address for none."""
    shown = clean(label, limit) or ELLIPSIS
    if not _is_address(url):
        return _bold(shown) if strong else _text(shown)
    element = {"type": "link", "url": url, "text": shown}
    return Element({**element, "style": {"bold": True}} if strong else element, shown)


def date(moment: datetime, spoken: str) -> Element:
    """An instant (timezone-aware); ``spoken`` is what is read where it cannot be shown in the reader's own way."""
    fields = {"type": "date", "timestamp": int(moment.timestamp()), "format": WHEN, "fallback": spoken}
    return Element(fields, spoken)


def optional(text: str | None, limit: int) -> Line:
    """A line of a user's text; an empty one where there is nothing to see."""
    shown = clean(text or "", limit)
    return (_text(shown),) if shown else ()


def compose(template: Template, **parts: Element) -> Line:
    """A translated sentence with elements in place of its ``{names}``.

    Raises KeyError for a name without a part, TypeError for a part that is no element.
    """
    for part in parts.values():
        if not isinstance(part, Element):
            raise TypeError(f"no element: {type(part).__name__}")
    return tuple(parts[piece] if isinstance(piece, str) else piece for piece in _pieces(template))


def joined(lines: Sequence[Line], between: Element) -> Line:
    """Lines one after the other, with an element between each two."""
    together = [element for line in lines for element in (between, *line)]
    return tuple(together[1:])


def strong(line: Line) -> Element:
    """A whole line in bold."""
    return _bold(spoken(line))


def spoken(line: Line) -> str:
    """A line as plain words."""
    return "".join(element.spoken for element in line)


def size(line: Line) -> int:
    """Characters of a line with its addresses, as Slack counts them at most."""
    return sum(len(str(value)) for element in line for value in element.shown.values())


def _text(text: str) -> Element:
    return Element({"type": "text", "text": text}, text)


def _bold(text: str) -> Element:
    return Element({"type": "text", "text": text, "style": {"bold": True}}, text)


def _is_address(url: str) -> bool:
    fits = url.startswith(("https://", "http://")) and len(url) <= LONGEST_ADDRESS
    return fits and url.isprintable() and " " not in url


SPACE, DOT, DOTS = _text(" "), _text(" · "), _text(ELLIPSIS)
"""What may stand between lines and behind them."""


@functools.lru_cache(maxsize=512)
def _pieces(template: Template) -> tuple[Element | str, ...]:
    """The template taken apart once: its own words as elements, and the names of the others."""
    pieces: list[Element | str] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        if literal:
            pieces.append(_text(literal))
        if name is not None:
            pieces.append(name)
    return tuple(pieces)
