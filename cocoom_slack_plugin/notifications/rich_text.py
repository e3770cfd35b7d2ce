"""Slack's blocks, made of lines of elements (docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cocoom_slack_plugin.notifications.elements import Line, spoken


@dataclass(frozen=True, slots=True)
class Quote:
    """A line that somebody else said."""

    line: Line


def rich_text(*lines: Line | Quote, bullets: Sequence[Line] = ()) -> dict[str, Any]:
    """A block in which each line stands by itself, and under them a list."""
    elements = [_row(line) for line in lines if line]
    if bullets:
        items = [_section(line) for line in bullets]
        elements.append({"type": "rich_text_list", "style": "bullet", "elements": items})
    return {"type": "rich_text", "elements": elements}


def context(line: Line) -> dict[str, Any]:
    """A block with a line in small grey letters, in which not even an emoji is parsed."""
    text = {"type": "plain_text", "text": spoken(line), "emoji": False}
    return {"type": "context", "elements": [text]}


def escaped(sentence: str) -> str:
    """A sentence for the ``text`` argument, posted with parse=none: Slack's three characters escaped (slack.md D8)."""
    return sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _row(line: Line | Quote) -> dict[str, Any]:
    if isinstance(line, Quote):
        return {**_section(line.line), "type": "rich_text_quote"}
    return _section(line)


def _section(line: Line) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [dict(element.shown) for element in line]}
