"""The time zones that the IANA knows, and how they are offered for choosing."""

from __future__ import annotations

import functools
import zoneinfo
from collections.abc import Mapping

from cocoom_slack_plugin.translations import N_

NO_PLACES = frozenset({"Factory", "localtime"})
"""Files of the database that say nothing about where somebody is."""

CONTINENTS: Mapping[str, str] = {
    "Africa": N_("Africa"),
    "America": N_("America"),
    "Antarctica": N_("Antarctica"),
    "Arctic": N_("Arctic"),
    "Asia": N_("Asia"),
    "Atlantic": N_("Atlantic"),
    "Australia": N_("Australia"),
    "Europe": N_("Europe"),
    "Indian": N_("Indian Ocean"),
    "Pacific": N_("Pacific"),
}
"""What names of places begin with, and what each is called. The other names are old ones, or no places."""


@functools.cache
def known() -> frozenset[str]:
    """All names, old ones too. Read once, because it means opening some six hundred files."""
    return frozenset(zoneinfo.available_timezones()) - NO_PLACES


@functools.cache
def places() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The zones to choose from, as (name, place) by continent, both in the order of the alphabet."""
    found: dict[str, list[tuple[str, str]]] = {continent: [] for continent in CONTINENTS}
    for name in sorted(known()):
        continent, _, place = name.partition("/")
        if place and continent in found:
            found[continent].append((name, place.replace("_", " ").replace("/", ", ")))
    return {continent: tuple(names) for continent, names in found.items()}
