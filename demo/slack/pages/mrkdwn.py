"""Slack's mrkdwn as safe HTML (slack.md D8).

Whatever the text says, only this module's own tags come out. Text is unescaped from Slack's three entities,
escaped for HTML, and only then styled; what must not be styled or escaped again (links, mentions, code) is
set aside meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from demo.slack.pages.dates import formatted_date
from demo.slack.pages.emoji import with_emoji

_OPEN, _CLOSE = "\ue000", "\ue001"
_SET_ASIDE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_CONTROL = re.compile(r"<([^<>\n]+)>")
_LINK_SCHEMES = ("http://", "https://", "mailto:")


def _style(mark: str) -> re.Pattern[str]:
    """``*word*`` with no word touching it from outside, and no space inside the marks."""
    sign = re.escape(mark)
    return re.compile(rf"(?<![\w{sign}]){sign}(?![\s{sign}])([^{sign}\n]+?)(?<!\s){sign}(?![\w{sign}])")


_STYLES = ((_style("*"), "strong"), (_style("_"), "em"), (_style("~"), "s"))


@dataclass
class Names:
    """How ids are shown to the reader of a page."""

    user: Callable[[str], str | None] = lambda user_id: None
    channel: Callable[[str], str | None] = lambda channel_id: None
    tz: str = "UTC"
    locale: str = "en-US"


@dataclass
class _Pieces:
    """Finished HTML, each piece standing behind a number in the text."""

    done: list[Markup] = field(default_factory=list)

    def set_aside(self, html: Markup) -> str:
        self.done.append(html)
        return f"{_OPEN}{len(self.done) - 1}{_CLOSE}"

    def put_back(self, text: str) -> str:
        """Pieces may hold pieces (a link inside code does not exist, but a label may be anything)."""
        return _SET_ASIDE.sub(lambda found: self.put_back(self.done[int(found[1])]), text)


def unescaped(text: str) -> str:
    """Slack's three entities back to characters, each once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def plain(text: str, emoji: bool = True) -> Markup:
    """A plain_text object: no styling, no mentions; emoji names become emoji unless it says no."""
    shown = str(escape(unescaped(text)))
    return Markup((with_emoji(shown) if emoji else shown).replace("\n", "<br>"))


def rendered(text: str, names: Names) -> Markup:
    """Mrkdwn to HTML."""
    pieces = _Pieces()
    text = text.replace(_OPEN, "").replace(_CLOSE, "")
    text = _FENCE.sub(lambda found: pieces.set_aside(_code("pre", found[1])), text)
    text = _CODE.sub(lambda found: pieces.set_aside(_code("code", found[1])), text)
    text = _CONTROL.sub(lambda found: pieces.set_aside(_control(found[1], names)), text)
    text = with_emoji(str(escape(unescaped(text))))
    for pattern, tag in _STYLES:
        text = pattern.sub(rf"<{tag}>\1</{tag}>", text)
    return Markup(pieces.put_back(_lines(text)))


def _code(tag: str, text: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), unescaped(text))


def _lines(text: str) -> str:
    """Line breaks, and quotes: a line that starts with ``>``."""
    html, quote = [], "&gt;"
    for line in text.split("\n"):
        if line.startswith(quote):
            html.append(f"<blockquote>{line.removeprefix(quote).strip()}</blockquote>")
        else:
            html.append(line + "<br>")
    return "".join(html).removesuffix("<br>")


def _control(inside: str, names: Names) -> Markup:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        shown = names.user(target[1:]) or label or target[1:]
        return Markup('<span class="mention">@{}</span>').format(unescaped(shown))
    if target.startswith("#"):
        shown = names.channel(target[1:]) or label or target[1:]
        return Markup('<span class="mention">#{}</span>').format(unescaped(shown))
    if target.startswith("!"):
        return _special(inside[1:], names)
    return _link(target, label)


def _special(inside: str, names: Names) -> Markup:
    """``<!here>``, ``<!subteam^S…|@group>``, ``<!date^…^…|fallback>``."""
    command, _, fallback = inside.partition("|")
    if command.startswith("date^"):
        moment, form, link = [*command.removeprefix("date^").split("^"), "", ""][:3]
        shown = formatted_date(moment, form, names.tz, names.locale) or fallback
        return _link(link, shown) if link else Markup("<time>{}</time>").format(unescaped(shown))
    if command.startswith("subteam^"):
        return Markup('<span class="mention">{}</span>').format(unescaped(fallback or "@group"))
    return Markup('<span class="mention crowd">@{}</span>').format(unescaped(fallback or command))


def _link(target: str, label: str) -> Markup:
    """Web and mail addresses only; anything else stays text."""
    address, shown = unescaped(target), unescaped(label) or unescaped(target).removeprefix("mailto:")
    if not address.lower().startswith(_LINK_SCHEMES) or _OPEN in address:
        return Markup("{}").format(shown)
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(address, shown)
