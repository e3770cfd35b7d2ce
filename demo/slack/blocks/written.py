"""What Slack makes of written text before storing it: entities, links, names (slack.md D8)."""

from __future__ import annotations

import re

from demo.slack.world.team import Team

_NEEDS_WORK = re.compile(r"[&<>@#]|://")
_CONTROL = re.compile(
    r"(<(?:@[UW][A-Z0-9]+(?:\|[^<>\n]*)?|#[CG][A-Z0-9]+(?:\|[^<>\n]*)?|"
    r"!(?:here|channel|everyone|subteam\^|date\^)[^<>\n]*|(?:https?://|mailto:|tel:)[^<>\n]+)>)"
)
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_URL = re.compile(r"(?<![\w/])https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"*_~`]")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CROWD = re.compile(r"(?<![\w<!])@(here|channel|everyone)\b")
_CHANNEL = re.compile(r"(?<![\w&#])#([\w-]+)")


def escaped(text: str) -> str:
    """Plain text as Slack returns it: three entities; those already there are left alone."""
    if not _NEEDS_WORK.search(text):
        return text
    return _BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def parsed(text: str, team: Team, *, links: bool, names: bool) -> str:
    """Mrkdwn as Slack stores it: control sequences kept, the rest escaped, and parsed as far as asked."""
    if not _NEEDS_WORK.search(text):
        return text
    parts = _CONTROL.split(text)
    return "".join(
        part if index % 2 else _parse_plain(escaped(part), team, links=links, names=names)
        for index, part in enumerate(parts)
    )


def _parse_plain(text: str, team: Team, *, links: bool, names: bool) -> str:
    if links:
        text = _URL.sub(lambda found: f"<{found[0]}>", text)
        text = _outside_links(_EMAIL, r"<mailto:\g<0>|\g<0>>", text)
    if names:
        text = _outside_links(_CROWD, r"<!\1>", text)
        text = _CHANNEL.sub(lambda found: _channel_link(found, team), text)
    return text


def _outside_links(pattern: re.Pattern[str], replacement: str, text: str) -> str:
    parts = re.split(r"(<[^<>]*>)", text)
    return "".join(part if index % 2 else pattern.sub(replacement, part) for index, part in enumerate(parts))


def _channel_link(found: re.Match[str], team: Team) -> str:
    channel_id = team.channel_ids.get(found[1])
    return f"<#{channel_id}|{found[1]}>" if channel_id else found[0]
