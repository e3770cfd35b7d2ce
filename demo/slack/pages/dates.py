"""Times as a reader sees them, in their zone and language, and Slack's date tokens (slack.md D8)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import UnknownLocaleError
from babel.dates import format_date, format_timedelta

_TOKEN = re.compile(r"\{(\w+)\}")
_PRETTY = {
    "en": {-1: "tomorrow", 0: "today", 1: "yesterday"},
    "fr": {-1: "demain", 0: "aujourd’hui", 1: "hier"},
}


def at(moment: float, tz: str) -> datetime:
    return datetime.fromtimestamp(moment, ZoneInfo(tz))


def clock_time(ts: str, tz: str) -> str:
    """``14:05`` from a message's ts."""
    return at(float(ts), tz).strftime("%H:%M")


def day(ts: str, tz: str) -> str:
    """``Monday, 23 November`` from a message's ts."""
    moment = at(float(ts), tz)
    return f"{moment:%A}, {moment.day} {moment:%B}"


def since(ts: str, tz: str) -> str:
    """``today at 14:05``, or ``23 November at 14:05``: when a thread last had a reply."""
    moment = at(float(ts), tz)
    pretty = _PRETTY["en"].get(_days_ago(moment)) or f"{moment.day} {moment:%B}"
    return f"{pretty} at {moment:%H:%M}"


def formatted_date(moment: str | int, form: str, tz: str, locale: str = "en-US") -> str:
    """``<!date^1392734382^{date} {time}|…>``; empty when the moment is no number or a token is unknown."""
    try:
        when = at(int(moment), tz)
        return _TOKEN.sub(lambda found: _token(found[1], when, locale.partition("-")[0]), form)
    except (KeyError, OSError, OverflowError, UnknownLocaleError, ValueError):
        return ""


def date_sequence(element: dict[str, Any]) -> str:
    """A date in rich text as the control sequence that means the same in mrkdwn."""
    form, fallback = _bare(element.get("format", "")), _bare(element.get("fallback", ""))
    link = f"^{_bare(element['url'])}" if element.get("url") else ""
    return f"<!date^{element.get('timestamp')}^{form}{link}|{fallback}>"


def _bare(text: object) -> str:
    """Without the signs that would end the sequence, or a part of it."""
    escaped = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.translate({ord("|"): "/", ord("^"): " ", ord("\n"): " "})


def _token(name: str, when: datetime, language: str) -> str:
    """Raises KeyError for a token Slack does not know."""
    if name.endswith("_pretty"):
        pretty = _PRETTY.get(language, {}).get(_days_ago(when))
        return pretty or _token(name.removesuffix("_pretty"), when, language)
    if name in _LENGTHS:
        return format_date(when, _LENGTHS[name], locale=language)
    if name == "ago":
        return format_timedelta(when - datetime.now(when.tzinfo), add_direction=True, locale=language)
    return f"{when:{_NUMBERS[name]}}"


_LENGTHS = {"date": "long", "date_short": "medium", "date_long": "full"}
_NUMBERS = {"date_num": "%Y-%m-%d", "time": "%H:%M", "time_secs": "%H:%M:%S"}


def _days_ago(moment: datetime) -> int:
    return (datetime.now(moment.tzinfo).date() - moment.date()).days
