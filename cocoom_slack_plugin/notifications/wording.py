"""The words of one language: our texts through gettext, with elements in them; numbers and dates as it writes them."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal

from cocoom_slack_plugin.notifications.elements import Element, Line, Template, compose, date, plain
from cocoom_slack_plugin.translations import Marked, Plural, translations

_NUMBER_LIMIT = 30


class Wording:
    """How one of LOCALES says things. A line is made of a text that is marked in the source, and of elements."""

    def __init__(self, locale: str) -> None:
        self._catalogue = translations(locale)
        self._locale = Locale.parse(locale)
        self._when = _date_and_time(self._locale)

    def line(self, text: Marked, **parts: Element) -> Line:
        """A text with elements in place of its names. Raises KeyError for a name without an element."""
        return compose(Template(self._catalogue.gettext(text)), **parts)

    def counted(self, text: Plural, count: int, **parts: Element) -> Line:
        """The form of a text that goes with this number, which is its part ``count``."""
        chosen = self._catalogue.ngettext(text.one, text.many, count)
        number = plain(format_decimal(count, locale=self._locale), _NUMBER_LIMIT)
        return compose(Template(chosen), count=number, **parts)

    def date(self, moment: datetime, timezone: str) -> Element:
        """An instant, for whom it cannot be shown in their own way in words and in this time zone (IANA's name)."""
        local = moment.astimezone(_zone(timezone))
        return date(moment, format_datetime(local, self._when, locale=self._locale))


wording = functools.cache(Wording)
"""The words of one of LOCALES, read once."""


def _date_and_time(locale: Locale) -> str:
    """The pattern for ``Jan 2, 2026, 9:30 AM``: the month in letters and no seconds, which no form of CLDR has."""
    around = str(locale.datetime_formats["medium"])
    return around.format(locale.time_formats["short"].pattern, locale.date_formats["medium"].pattern)


@functools.lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo:
    """UTC where the host names a zone that there is not: a message with another hour is better than none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
