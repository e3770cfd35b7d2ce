"""How long a workspace is left in peace, by the number of Slack's failures in a row."""

from __future__ import annotations

import itertools

import pytest

from cocoom_slack_plugin.notifications.breaker import FIRST_PAUSE, LONGEST_PAUSE, OPENS_AT, pause


@pytest.mark.parametrize("failures", range(OPENS_AT))
def test_the_breaker_is_closed_until_enough_calls_failed(failures: int) -> None:
    assert pause(failures) == 0.0


@pytest.mark.parametrize(
    ("more", "seconds"), [(0, 5.0), (1, 10.0), (2, 20.0), (3, 40.0), (4, 80.0), (5, 160.0), (6, 300.0)]
)
def test_each_probe_that_fails_doubles_the_pause(more: int, seconds: float) -> None:
    assert pause(OPENS_AT + more) == seconds


def test_pauses_grow_from_the_first_to_the_longest_and_stay_there() -> None:
    pauses = [pause(failures) for failures in range(OPENS_AT, 200)]
    assert (pauses[0], pauses[-1]) == (FIRST_PAUSE, LONGEST_PAUSE)
    assert all(before <= after for before, after in itertools.pairwise(pauses))


def test_years_of_failures_do_not_overflow() -> None:
    assert pause(10**9) == LONGEST_PAUSE
