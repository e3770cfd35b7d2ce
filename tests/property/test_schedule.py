"""Slots and quiet hours in every zone and at every instant, those around changes of the clock above all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from cocoom_slack_plugin.notifications import time_zones
from cocoom_slack_plugin.notifications.schedule import Every, QuietHours, Schedule

MOMENT = timedelta(microseconds=1)
CHANGING = (
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Casablanca",
)
zones = st.builds(ZoneInfo, st.sampled_from(CHANGING) | st.sampled_from(sorted(time_zones.known())))
anywhen = st.datetimes(datetime(1975, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))
schedules = st.builds(Schedule, st.sampled_from(Every), st.integers(0, 23), st.integers(0, 6))
quiet = (
    st.tuples(st.integers(0, 1439), st.integers(0, 1439))
    .filter(lambda each: each[0] != each[1])
    .map(lambda each: QuietHours(*each))
)


@st.composite
def near_a_change(draw: st.DrawFn, zone: ZoneInfo) -> datetime:
    """An instant within hours of a change of this zone's clock, where it has one."""
    day = draw(st.datetimes(datetime(1975, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))
    offset = day.astimezone(zone).utcoffset()
    weeks = (day + timedelta(days=7 * each) for each in range(60))
    change = next((each for each in weeks if each.astimezone(zone).utcoffset() != offset), day)
    return change - timedelta(minutes=draw(st.integers(-1440, 8 * 1440)))


@st.composite
def places_and_instants(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    zone = draw(zones)
    return zone, draw(anywhen | near_a_change(zone))


@given(places_and_instants(), schedules)
def test_a_slot_is_after_the_instant_soon_enough_and_found_from_just_before_it(
    place: tuple[ZoneInfo, datetime], schedule: Schedule
) -> None:
    zone, instant = place
    slot = schedule.next_after(instant, zone)
    assert slot > instant
    days = {Every.HOURLY: 0.1, Every.DAILY: 2, Every.WORKDAYS: 4, Every.WEEKLY: 8}[schedule.every]
    assert slot - instant <= timedelta(days=days + 1)
    assert schedule.next_after(slot - MOMENT, zone) == slot


@given(places_and_instants(), schedules, st.floats(0, 1))
def test_no_slot_is_skipped(place: tuple[ZoneInfo, datetime], schedule: Schedule, share: float) -> None:
    """From anywhere between an instant and its next slot, the next slot is the same."""
    zone, instant = place
    slot = schedule.next_after(instant, zone)
    between = instant + (slot - instant) * share
    assume(between < slot)
    assert schedule.next_after(between, zone) == slot


@given(places_and_instants(), schedules)
def test_the_wall_shows_the_hour_and_the_day_unless_it_jumps_over_them(
    place: tuple[ZoneInfo, datetime], schedule: Schedule
) -> None:
    zone, instant = place
    slot = schedule.next_after(instant, zone)
    wall = slot.astimezone(zone)
    if schedule.every is Every.HOURLY:
        assert (wall.minute, wall.second, wall.microsecond) == (0, 0, 0)
        return
    before = (slot - timedelta(seconds=1)).astimezone(zone)
    if (wall.utcoffset() or timedelta()) > (before.utcoffset() or timedelta()) and wall.hour != schedule.hour:
        return  # at a jump
    assert (wall.hour, wall.minute, wall.second, wall.microsecond) == (schedule.hour, 0, 0, 0)
    if schedule.every is Every.WORKDAYS:
        assert wall.weekday() < 5
    if schedule.every is Every.WEEKLY:
        assert wall.weekday() == schedule.weekday


@given(places_and_instants())
def test_every_full_hour_is_a_slot(place: tuple[ZoneInfo, datetime]) -> None:
    """Looked for minute by minute, so that nothing of the way in which it is computed is used."""
    zone, instant = place
    instant = instant.replace(second=0, microsecond=0)
    minutes = (instant + timedelta(minutes=each) for each in range(1, 240))
    assert Schedule(Every.HOURLY).next_after(instant, zone) == next(
        each for each in minutes if (shown := each.astimezone(zone)).minute == 0 and shown.second == 0
    )


@given(places_and_instants(), quiet)
def test_the_end_of_the_quiet_is_after_the_instant_and_not_quiet(
    place: tuple[ZoneInfo, datetime], hours: QuietHours
) -> None:
    zone, instant = place
    wall = instant.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    inside = hours.start <= minute < hours.end
    if hours.start > hours.end:
        inside = minute >= hours.start or minute < hours.end
    end = hours.end_after(instant, zone)
    assert (end is not None) == inside
    if end is not None:
        assert instant < end <= instant + timedelta(days=2)
        assert hours.end_after(end, zone) is None
