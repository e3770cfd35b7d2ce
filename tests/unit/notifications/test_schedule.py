"""Slots and quiet hours on days on which the clock is changed, checked by hand against the IANA's tables.

In 2026: Paris forward on 29 March at 01:00 UTC, back on 25 October at 01:00 UTC. New York forward on 8 March at 07:00
UTC, back on 1 November at 06:00 UTC. Lord Howe by half an hour: back on 4 April at 15:00 UTC (02:00 to 01:30), forward
on 3 October at 15:30 UTC (02:00 to 02:30). Kathmandu is always 5:45 ahead. Apia had no 30 December 2011.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cocoom_slack_plugin.notifications import time_zones
from cocoom_slack_plugin.notifications.schedule import Every, QuietHours, Schedule, instants, zone_of

PARIS, NEW_YORK = "Europe/Paris", "America/New_York"
LORD_HOWE, KATHMANDU, APIA = "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"
HOURLY, DAILY, WORKDAYS, WEEKLY = Every


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(schedule: Schedule, zone: str, after: str, count: int) -> list[str]:
    instant, found = utc(after), []
    for _ in range(count):
        instant = schedule.next_after(instant, ZoneInfo(zone))
        assert instant.tzinfo is UTC
        found.append(instant.strftime("%Y-%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("zone", "schedule", "after", "expected"),
    [
        # an ordinary day, on both sides of the slot and on it
        (PARIS, Schedule(DAILY), "2026-01-15 07:59", ["2026-01-15 08:00", "2026-01-16 08:00"]),
        (PARIS, Schedule(DAILY), "2026-01-15 08:00", ["2026-01-16 08:00"]),
        (KATHMANDU, Schedule(DAILY, 0), "2026-01-15 12:00", ["2026-01-15 18:15", "2026-01-16 18:15"]),
        # over the change: nine o'clock stays nine o'clock
        (PARIS, Schedule(DAILY), "2026-03-28 07:00", ["2026-03-28 08:00", "2026-03-29 07:00"]),
        (PARIS, Schedule(DAILY), "2026-10-24 06:00", ["2026-10-24 07:00", "2026-10-25 08:00"]),
        (NEW_YORK, Schedule(DAILY), "2026-03-07 13:00", ["2026-03-07 14:00", "2026-03-08 13:00"]),
        # the clock jumps over two o'clock
        (PARIS, Schedule(DAILY, 2), "2026-03-28 00:00", ["2026-03-28 01:00", "2026-03-29 01:00"]),
        (PARIS, Schedule(DAILY, 2), "2026-03-29 01:00", ["2026-03-30 00:00"]),
        (NEW_YORK, Schedule(DAILY, 2), "2026-03-08 06:59", ["2026-03-08 07:00", "2026-03-09 06:00"]),
        (LORD_HOWE, Schedule(DAILY, 2), "2026-10-03 00:00", ["2026-10-03 15:30", "2026-10-04 15:00"]),
        # the clock shows it twice: told once, the first time
        (PARIS, Schedule(DAILY, 2), "2026-10-24 12:00", ["2026-10-25 00:00", "2026-10-26 01:00"]),
        (NEW_YORK, Schedule(DAILY, 1), "2026-11-01 00:00", ["2026-11-01 05:00", "2026-11-02 06:00"]),
        # half past one is there twice at Lord Howe, one o'clock and two o'clock are not
        (LORD_HOWE, Schedule(DAILY, 1), "2026-04-04 13:00", ["2026-04-04 14:00", "2026-04-05 14:30"]),
        (LORD_HOWE, Schedule(DAILY, 2), "2026-04-04 13:00", ["2026-04-04 15:30", "2026-04-05 15:30"]),
        # the days
        (
            PARIS,
            Schedule(WORKDAYS),
            "2026-01-15 08:00",  # a Thursday
            ["2026-01-16 08:00", "2026-01-19 08:00", "2026-01-20 08:00"],
        ),
        (PARIS, Schedule(WEEKLY, 9, 0), "2026-03-23 08:00", ["2026-03-30 07:00", "2026-04-06 07:00"]),
        (PARIS, Schedule(WEEKLY, 2, 6), "2026-03-23 00:00", ["2026-03-29 01:00", "2026-04-05 00:00"]),
        # the weekday is the local one: Monday at eight in Kathmandu is Monday at 02:15
        (KATHMANDU, Schedule(WEEKLY, 3, 0), "2026-01-15 00:00", ["2026-01-18 21:15", "2026-01-25 21:15"]),
        # a day that never was: at the jump, when the next day begins
        (
            APIA,
            Schedule(DAILY),
            "2011-12-29 00:00",
            ["2011-12-29 19:00", "2011-12-30 10:00", "2011-12-30 19:00"],
        ),
        (APIA, Schedule(WEEKLY, 9, 4), "2011-12-29 00:00", ["2011-12-30 10:00", "2012-01-05 19:00"]),
        (APIA, Schedule(WEEKLY, 9, 4), "2011-12-30 09:59", ["2011-12-30 10:00", "2012-01-05 19:00"]),
        # every full hour, whatever the clock does
        (KATHMANDU, Schedule(HOURLY), "2026-01-15 00:00", ["2026-01-15 00:15", "2026-01-15 01:15"]),
        (PARIS, Schedule(HOURLY), "2026-03-29 00:30", ["2026-03-29 01:00", "2026-03-29 02:00"]),
        (PARIS, Schedule(HOURLY), "2026-10-24 23:59", ["2026-10-25 00:00", "2026-10-25 01:00"]),
        # 01:00, then the clock goes back to 01:30, then 02:00
        (
            LORD_HOWE,
            Schedule(HOURLY),
            "2026-04-04 13:30",
            ["2026-04-04 14:00", "2026-04-04 15:30", "2026-04-04 16:30"],
        ),
        # 01:00, then the clock jumps over 02:00 to 02:30, then 03:00
        (
            LORD_HOWE,
            Schedule(HOURLY),
            "2026-10-03 14:00",
            ["2026-10-03 14:30", "2026-10-03 16:00", "2026-10-03 17:00"],
        ),
        (APIA, Schedule(HOURLY), "2011-12-30 09:30", ["2011-12-30 10:00", "2011-12-30 11:00"]),
    ],
    ids=str,
)
def test_the_next_slots(zone: str, schedule: Schedule, after: str, expected: list[str]) -> None:
    assert slots(schedule, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("zone", "start", "end", "instant", "expected"),
    [
        # within a day, and its edges
        (PARIS, "12:00", "14:00", "2026-01-15 11:00", "2026-01-15 13:00"),
        (PARIS, "12:00", "14:00", "2026-01-15 12:59", "2026-01-15 13:00"),
        (PARIS, "12:00", "14:00", "2026-01-15 13:00", None),
        (PARIS, "12:00", "14:00", "2026-01-15 10:59", None),
        # over midnight, from both sides of it
        (PARIS, "22:00", "07:00", "2026-01-15 21:30", "2026-01-16 06:00"),
        (PARIS, "22:00", "07:00", "2026-01-15 23:30", "2026-01-16 06:00"),
        (PARIS, "22:00", "07:00", "2026-01-16 06:00", None),
        (KATHMANDU, "22:00", "07:00", "2026-01-15 16:15", "2026-01-16 01:15"),
        (KATHMANDU, "22:00", "07:00", "2026-01-15 16:14", None),
        # over the change of the clock: seven o'clock stays seven o'clock
        (PARIS, "22:00", "07:00", "2026-03-28 22:00", "2026-03-29 05:00"),
        (PARIS, "22:00", "07:00", "2026-10-24 22:00", "2026-10-25 06:00"),
        (NEW_YORK, "22:00", "07:00", "2026-11-01 04:00", "2026-11-01 12:00"),
        (LORD_HOWE, "22:00", "07:00", "2026-10-03 12:00", "2026-10-03 20:00"),
        # the clock jumps over the end, and out of the quiet
        (PARIS, "22:00", "02:30", "2026-03-28 23:00", "2026-03-29 01:00"),
        (LORD_HOWE, "22:00", "02:15", "2026-10-03 15:00", "2026-10-03 15:30"),
        # the clock jumps into the quiet
        (PARIS, "02:30", "05:00", "2026-03-29 00:59", None),
        (PARIS, "02:30", "05:00", "2026-03-29 01:00", "2026-03-29 03:00"),
        # the end is there twice: from before it the first, from between them the second
        (PARIS, "22:00", "02:30", "2026-10-24 22:00", "2026-10-25 00:30"),
        (PARIS, "22:00", "02:30", "2026-10-25 00:30", None),
        (PARIS, "22:00", "02:30", "2026-10-25 01:10", "2026-10-25 01:30"),
        # the clock goes back out of the quiet, for a moment: it is not over before its end
        (PARIS, "02:30", "05:00", "2026-10-25 00:40", "2026-10-25 04:00"),
        # an end on a day that never was is passed over
        (APIA, "22:00", "07:00", "2011-12-30 09:00", "2011-12-30 17:00"),
    ],
    ids=str,
)
def test_when_the_quiet_is_over(zone: str, start: str, end: str, instant: str, expected: str | None) -> None:
    hours = QuietHours(minutes(start), minutes(end))
    found = hours.end_after(utc(instant), ZoneInfo(zone))
    assert found == (utc(expected) if expected else None)


def minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def test_the_instant_may_come_in_any_zone() -> None:
    instant = utc("2026-10-25 00:30")  # the first half past two in Paris
    there = instant.astimezone(ZoneInfo(PARIS))
    assert Schedule(HOURLY).next_after(there, ZoneInfo(PARIS)) == utc("2026-10-25 01:00")
    assert QuietHours(120, 150).end_after(there - timedelta(minutes=1), ZoneInfo(PARIS)) == instant


def test_when_the_clock_shows_something() -> None:
    def shown(text: str) -> list[str]:
        found = instants(datetime.fromisoformat(text), ZoneInfo(PARIS))
        return [f"{each:%H:%M}" for each in found]

    assert shown("2026-10-25 02:30") == ["00:30", "01:30"]
    assert shown("2026-03-29 02:30") == ["01:00"]
    assert shown("2026-03-29 03:00") == ["01:00"]
    assert shown("2026-06-01 12:00") == ["10:00"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((PARIS,), PARIS),
        ((None, "", KATHMANDU, PARIS), KATHMANDU),
        (("Europe/Atlantis", PARIS), PARIS),
        (("Europe", "../Europe/Paris", "/etc/localtime", "a\0b", "localtime", "europe/paris"), "UTC"),
        ((), "UTC"),
    ],
    ids=str,
)
def test_the_zone_is_the_first_that_is_known(names: tuple[str | None, ...], expected: str) -> None:
    assert zone_of(*names) == ZoneInfo(expected)


def test_places_are_offered_by_continent() -> None:
    assert (PARIS, "Paris") in time_zones.places()["Europe"]
    assert ("America/Argentina/Buenos_Aires", "Argentina, Buenos Aires") in time_zones.places()["America"]
    offered = [name for names in time_zones.places().values() for name, _ in names]
    assert set(offered) < time_zones.known()
    assert 400 < len(offered) == len(set(offered))
