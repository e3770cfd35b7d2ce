"""The pace of a lane and of a workspace: a burst after a rest, then one message each interval, in every window."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cocoom_slack_plugin.notifications.pace import Pace
from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings

PACES = st.builds(
    Pace,
    st.floats(0.01, 60.0, allow_nan=False),
    st.integers(1, 20),
)
PAUSES = st.lists(st.floats(0.0, 200.0, allow_nan=False), min_size=1, max_size=40)
LEEWAY = 1e-6
"""Seconds by which sums of floats may differ."""


def _settings(**values: object) -> Settings:
    known = {
        "encryption_keys": f"test {EXAMPLE_KEY}",
        "redis_url": "redis://127.0.0.1:1/0",
        "slack_url": "http://127.0.0.1:1",
    }
    return Settings.model_validate({**known, **values})


class Conversation:
    """What a lane's row and the recording of messages amount to, without a database."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.ready_at = -3600.0 * 24
        self.posted: list[float] = []

    def credit(self, now: float) -> int:
        return self.pace.credit(now - self.ready_at)

    def post(self, now: float, messages: int) -> None:
        for _ in range(messages):
            self.ready_at = max(self.ready_at, now - self.pace.rest) + self.pace.interval
            self.posted.append(now)


def _within_every_window(posted: Sequence[float], pace: Pace) -> bool:
    return all(
        last - first + 1 <= pace.burst + (posted[last] - posted[first] + LEEWAY) / pace.interval
        for first, last in itertools.combinations(range(len(posted)), 2)
    )


@given(pace=PACES, pauses=PAUSES, share=st.floats(0.0, 1.0))
@example(pace=Pace(1.0, 3), pauses=[0.0] * 20, share=1.0)
@example(pace=Pace(1.0, 3), pauses=[1.0] * 20, share=1.0)
@example(pace=Pace(0.1, 20), pauses=[0.1, 5.0] * 10, share=0.5)
@settings(deadline=None, database=None, max_examples=100)
def test_no_window_holds_more_than_the_burst_and_one_for_each_interval(
    pace: Pace, pauses: list[float], share: float
) -> None:
    """However much of the credit is used, and after whatever pauses."""
    lane, now = Conversation(pace), 0.0
    for pause in pauses:
        now += pause
        lane.post(now, math.ceil(lane.credit(now) * share))
    assert _within_every_window(lane.posted, pace)


@given(pace=PACES, pauses=PAUSES)
@settings(deadline=None, database=None, max_examples=100)
def test_whoever_waits_for_an_interval_may_post_again(pace: Pace, pauses: list[float]) -> None:
    """The limit is never stricter than it says: an emptied lane goes on after one interval."""
    lane, now = Conversation(pace), 0.0
    for pause in pauses:
        now += pause
        lane.post(now, lane.credit(now))
        assert lane.credit(now + LEEWAY) <= 1
        assert lane.credit(now + pace.interval + LEEWAY) >= 1


@given(pace=PACES, idle=st.floats(-1e9, 1e9, allow_nan=False))
@settings(deadline=None, database=None, max_examples=100)
def test_credit_lies_between_nothing_and_the_burst(pace: Pace, idle: float) -> None:
    credit = pace.credit(idle)
    assert 0 <= credit <= pace.burst
    assert (credit == 0) == (idle < 0)


@pytest.mark.parametrize(
    ("idle", "credit"),
    [(-0.1, 0), (0.0, 1), (0.9, 1), (1.0, 2), (1.9, 2), (2.0, 3), (2.5, 3), (1e9, 3), (float("inf"), 3)],
)
def test_rest_adds_up_to_the_burst_and_no_further(idle: float, credit: int) -> None:
    assert Pace(1.0, 3).credit(idle) == credit


@pytest.mark.parametrize("interval", [0.1, 0.3, 1 / 3, 0.7, 60 / 7])
@pytest.mark.parametrize("rests", [0, 1, 2, 7, 19])
def test_whole_intervals_count_in_full_although_floats_do_not_divide_evenly(
    interval: float, rests: int
) -> None:
    assert Pace(interval, 20).credit(sum([interval] * rests)) == rests + 1


def test_without_an_interval_there_is_no_limit_but_the_burst_still_says_how_many_at_once() -> None:
    assert Pace(0.0, 4).credit(0.0) == 4
    assert Pace(0.0, 4).credit(-5.0) == 4
    assert Pace(0.0, 4).rest == 0.0


def test_a_burst_of_one_never_rests() -> None:
    assert Pace(5.0, 1).rest == 0.0
    assert Pace(5.0, 1).credit(1e9) == 1


def test_the_pace_of_a_conversation_is_what_the_settings_say() -> None:
    assert Pace.of_conversation(_settings()) == Pace(1.0, 3)
    assert Pace.of_conversation(_settings(channel_interval=2.5, channel_burst=7)) == Pace(2.5, 7)


@pytest.mark.parametrize(
    ("per_minute", "pace"),
    [
        (0, Pace(0.0, 1)),
        (1, Pace(60.0, 1)),
        (12, Pace(5.0, 1)),
        (24, Pace(2.5, 2)),
        (60, Pace(1.0, 5)),
        (240, Pace(0.25, 20)),
    ],
)
def test_the_pace_of_a_workspace_is_its_budget_and_five_seconds_of_it_at_once(
    per_minute: int, pace: Pace
) -> None:
    assert Pace.of_workspace(_settings(workspace_per_minute=per_minute)) == pace


@given(per_minute=st.integers(1, 10_000))
@settings(deadline=None, database=None, max_examples=100)
def test_a_workspace_gets_at_most_its_budget_and_the_burst_within_a_minute(per_minute: int) -> None:
    pace = Pace.of_workspace(_settings(workspace_per_minute=per_minute))
    assert pace.interval * per_minute == pytest.approx(60)
    assert 1 <= pace.burst <= max(per_minute / 12 + 1e-6, 1)
