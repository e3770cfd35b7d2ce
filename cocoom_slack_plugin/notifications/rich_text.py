"""Building Slack's rich_text blocks, in which what users wrote is a value and never markup.

In a ``rich_text`` block every text element is shown as it is: nothing in it is parsed for mentions, links, emoji or
styles (docs.slack.dev/reference/block-kit/blocks/rich-text-block). A mention would have to be an element of its own,
and no function here makes one.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Sequence
from typing import Any

Element = dict[str, Any]

ELLIPSIS = "…"
_ZERO_WIDTH_JOINER = "\u200d"  # holds composed emoji together


def clean(text: str, limit: int) -> str:
    """User text as one line of at most ``limit`` characters, cut at a word, without control or direction characters."""
    shown = text[: limit * 4]
    if not shown.isprintable():  # which most texts are, and the rest is slow
        shown = "".join(" " if char.isspace() else char for char in shown if _is_shown(char))
    line = " ".join(shown.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > limit // 2 else cut).rstrip() + ELLIPSIS


def _is_shown(char: str) -> bool:
    # Every category that starts with C: controls, direction overrides, lone surrogates, private use, unassigned.
    return char.isspace() or char == _ZERO_WIDTH_JOINER or not unicodedata.category(char).startswith("C")


def plain(text: str) -> Element:
    """Text as it is."""
    return {"type": "text", "text": text}


def bold(text: str) -> Element:
    """Text in bold."""
    return {"type": "text", "text": text, "style": {"bold": True}}


def link(url: str, label: str, *, strong: bool = False) -> Element:
    """A link under a label."""
    element = {"type": "link", "url": url, "text": label}
    return {**element, "style": {"bold": True}} if strong else element


def compose(template: str, **parts: Element) -> list[Element]:
    """A translated sentence with elements in place of its ``{names}``. Raises KeyError for a name without a part."""
    elements: list[Element] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        if literal:
            elements.append(plain(literal))
        if name is not None:
            elements.append(parts[name])
    return elements


def rich_text(*lines: Sequence[Element]) -> dict[str, Any]:
    """A block in which each line is a section of its own."""
    sections = [{"type": "rich_text_section", "elements": list(line)} for line in lines if line]
    return {"type": "rich_text", "elements": sections}


def bullets(lines: Sequence[Sequence[Element]]) -> dict[str, Any]:
    """A bullet list, as an element of a ``rich_text`` block."""
    sections = [{"type": "rich_text_section", "elements": list(line)} for line in lines]
    return {"type": "rich_text_list", "style": "bullet", "elements": sections}


def escaped(sentence: str) -> str:
    """A sentence for the ``text`` argument, posted with parse=none: Slack's three characters escaped (slack.md D8)."""
    return sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
