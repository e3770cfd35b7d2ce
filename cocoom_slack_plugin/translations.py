"""Texts for people, in the languages of Cocoom: gettext catalogues read from the packaged .po files.

A room's texts are in ``locale/<language>/LC_MESSAGES/<room>.po``. They are compiled in memory at first use, so that
nothing generated has to be built, packaged or kept in step.
"""

from __future__ import annotations

import functools
import gettext
import io
from importlib import resources
from typing import NamedTuple, NewType

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = ("en", "fr")
DEFAULT_LOCALE = "en"

Marked = NewType("Marked", str)
"""A text of ours. Only ``N_`` makes one, and a test holds that it is given literals."""


class Plural(NamedTuple):
    """A text of ours for one and for many, with the field ``count``. Only ``P_`` makes one, of literals."""

    one: str
    many: str


def best_locale(*wanted: str | None) -> str:
    """The first wanted language that there are texts for (``fr-CA`` counts as ``fr``), else English."""
    for tag in wanted:
        language = (tag or "").replace("_", "-").partition("-")[0].lower()
        if language in LOCALES:
            return language
    return DEFAULT_LOCALE


def N_(text: str) -> Marked:
    """Mark a text for translation; it is translated where it is used."""
    return Marked(text)


def P_(one: str, many: str) -> Plural:
    """Mark a text that depends on a number for translation; it is translated where it is used."""
    return Plural(one, many)


@functools.cache
def translations(locale: str) -> gettext.NullTranslations:
    """The catalogue of one of LOCALES. English texts are the message ids themselves."""
    if locale == DEFAULT_LOCALE:
        return gettext.NullTranslations()
    found = gettext.NullTranslations()
    for source in (resources.files("cocoom_slack_plugin") / "locale" / locale / "LC_MESSAGES").iterdir():
        if source.name.endswith(".po"):
            compiled = _compile(source.read_bytes(), locale)
            compiled.add_fallback(found)
            found = compiled
    return found


def _compile(source: bytes, locale: str) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=locale, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
