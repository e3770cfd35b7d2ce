"""Times as a reader sees them, and Slack's date tokens (slack.md D8)."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

_TOKEN = re.compile(r"\{(\w+)\}")


def at(moment: float, tz: str) -> datetime:
    return datetime.fromtimestamp(moment, ZoneInfo(tz))


def clock_time(ts: str, tz: str) -> str:
    """``14:05`` from a message's ts."""
    return at(float(ts), tz).strftime("%H:%M")


def day(ts: str, tz: str) -> str:
    """``Monday, 23 November`` from a message's ts."""
    moment = at(float(ts), tz)
    return f"{moment:%A}, {moment.day} {moment:%B}"


def formatted_date(moment: str, form: str, tz: str) -> str:
    """``<!date^1392734382^{date} {time}|…>``; empty when the moment is no number or a token is unknown."""
    try:
        when = at(int(moment), tz)
        return _TOKEN.sub(lambda found: _token(found[1], when), form)
    except (KeyError, OSError, OverflowError, ValueError):
        return ""


def _token(name: str, when: datetime) -> str:
    """Raises KeyError for a token Slack does not know."""
    ago = datetime.now(when.tzinfo) - when
    tokens = {
        "date_num": f"{when:%Y-%m-%d}",
        "date": f"{when:%B} {when.day}, {when.year}",
        "date_short": f"{when:%b} {when.day}, {when.year}",
        "date_long": f"{when:%A}, {when:%B} {when.day}, {when.year}",
        "time": f"{when:%H:%M}",
        "time_secs": f"{when:%H:%M:%S}",
        "ago": f"{int(ago.total_seconds() // 60)} minutes ago",
    }
    if name.endswith("_pretty"):
        today = {0: "today", 1: "yesterday"}.get((datetime.now(when.tzinfo).date() - when.date()).days)
        return today or tokens[name.removesuffix("_pretty")]
    return tokens[name]
