"""When a digest is due, and how long somebody is not to be disturbed, by the clock on their wall. Pure.

Clocks are put forward and back. An hour that the clock jumps over counts at the jump; of one that it shows twice the
first counts, except that every full hour is a full hour. All answers are in UTC, because Python compares two instants
of the same zone by what the wall shows.
"""

from __future__ import annotations

import enum
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from cocoom_slack_plugin.notifications import time_zones

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SATURDAY = 5


class Every(enum.StrEnum):
    """How often a digest is told, as the tables and people's forms say it."""

    HOURLY = "hourly"
    DAILY = "daily"
    WORKDAYS = "workdays"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """``hour`` (0 to 23, local) counts for all but HOURLY, which is each full hour of local time.

    ``weekday`` counts for WEEKLY alone; 0 is Monday. WORKDAYS are Monday to Friday.
    """

    every: Every
    hour: int = 9
    weekday: int = 0

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """The first slot after this instant (aware), in UTC. One that falls on the instant itself is over."""
        slots = _full_hours(instant, zone) if self.every is Every.HOURLY else self._from(instant, zone)
        return next(slot for slot in slots if slot > instant)

    def _from(self, instant: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """One slot for each fitting day, in order. From the day before, whose slot a jump may have moved to today."""
        day = instant.astimezone(zone).date() - DAY
        while True:
            if self._fits(day):
                yield instants(datetime.combine(day, time(self.hour)), zone)[0]
            day += DAY

    def _fits(self, day: date) -> bool:
        if self.every is Every.WEEKLY:
            return day.weekday() == self.weekday
        return self.every is Every.DAILY or day.weekday() < SATURDAY


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` up to ``end``, in minutes of the local day, 0 to 1439; a start after the end goes over midnight.

    Equal ones mean nothing and must not be made.
    """

    start: int
    end: int

    def end_after(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet at this instant (aware) is over, in UTC: when the clock next shows its end, or jumps over it.

        None: it is not quiet at that instant.
        """
        if not self._hold(instant, zone):
            return None
        ends = self._ends(instant.astimezone(zone).date(), zone)
        return next(end for end in ends if end > instant and not self._hold(end, zone))

    def _hold(self, instant: datetime, zone: ZoneInfo) -> bool:
        wall = instant.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def _ends(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        while True:
            yield from instants(datetime.combine(day, time(*divmod(self.end, 60))), zone)
            day += DAY


def instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When, in UTC, the clock shows this (naive): once, or twice; where it jumps over it, the instant of the jump."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return (first,)
    if first < second:
        return first, second
    # Python reads what is never shown by the clock before the jump and by the one after it: the jump is in between.
    seconds = range(int(second.timestamp()), int(first.timestamp()) + 1)
    jump = bisect_left(
        seconds, wall, key=lambda each: datetime.fromtimestamp(each, zone).replace(tzinfo=None)
    )
    return (datetime.fromtimestamp(seconds[jump], UTC),)


def zone_of(*names: str | None) -> ZoneInfo:
    """The first of these that the IANA knows, else UTC."""
    known = time_zones.known()
    return ZoneInfo(next((name for name in names if name and name in known), "UTC"))


def _full_hours(instant: datetime, zone: ZoneInfo) -> list[datetime]:
    """The full hours of the next two hours, in order. There is one, even where the clock jumps half an hour.

    A clock that is changed meanwhile is two clocks; of the hours of each those count that the wall really shows.
    """
    clocks = {(instant + each * HOUR).astimezone(zone).utcoffset() or timedelta() for each in range(3)}
    hours = set()
    for offset in clocks:
        clock = instant.astimezone(timezone(offset)).replace(minute=0, second=0, microsecond=0)
        hours |= {(clock + each * HOUR).astimezone(UTC) for each in range(3)}
    return sorted(hour for hour in hours if _is_full(hour.astimezone(zone)))


def _is_full(wall: datetime) -> bool:
    return wall.minute == wall.second == wall.microsecond == 0
