"""Which claims are certainly ours: renewed ones, until somebody else has them or the lease is nearly over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import pytest

from cocoom_slack_plugin.notifications.claims import Claim
from cocoom_slack_plugin.notifications.heartbeat import BEATS_PER_LEASE, MARGIN_SECONDS, Heartbeat

LEASE = 1.0
PATIENCE = 60.0


def _claim(lane_id: int, fence: int = 1) -> Claim:
    return Claim(lane_id, "t", "C0NEWS", fence, 0, 0.0, None)


class Database:
    """Answers renewals as it is told to, and keeps what it was asked."""

    def __init__(self, *, skipped: set[int] = frozenset(), lost: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        self.skipped, self.lost = skipped, lost
        self.away = False
        self.asked: list[list[int]] = []

    async def renew(self, held: Sequence[Claim]) -> tuple[set[int], set[int]]:
        self.asked.append([each.lane_id for each in held])
        if self.away:
            raise OSError("the database is away")
        return {each.lane_id for each in held} - self.skipped - self.lost, set(self.lost)


async def _never(held: Sequence[Claim]) -> tuple[set[int], set[int]]:
    raise AssertionError("nothing was to be renewed")


def _beating(heart: Heartbeat, scene: Callable[[], bool]) -> None:
    """Let the heart beat until the scene is over."""

    async def play() -> None:
        beating = asyncio.create_task(heart.run())
        until = time.monotonic() + PATIENCE
        while not scene():
            assert time.monotonic() < until
            await asyncio.sleep(0.01)
        assert not beating.done()
        beating.cancel()

    asyncio.run(play())


def test_a_claim_is_held_until_a_margin_before_its_lease_is_over() -> None:
    heart, claim = Heartbeat(_never, 10.0), _claim(1)
    now = time.monotonic()
    heart.keep([claim], now)
    assert heart.holds(claim)
    heart.keep([claim], now - 10.0 + MARGIN_SECONDS + 5)
    assert heart.holds(claim)
    heart.keep([claim], now - 10.0 + MARGIN_SECONDS)
    assert not heart.holds(claim)


def test_the_lease_counts_from_before_the_database_was_asked() -> None:
    """A claim that took longer than the lease is worth nothing."""
    heart = Heartbeat(_never, 10.0)
    heart.keep([_claim(1)], time.monotonic() - 11.0)
    assert not heart.holds(_claim(1))


def test_what_was_never_claimed_or_was_let_go_is_not_held() -> None:
    heart = Heartbeat(_never, 10.0)
    assert not heart.holds(_claim(1))
    heart.keep([_claim(1), _claim(2)], time.monotonic())
    heart.let_go([_claim(1), _claim(3)])
    assert [heart.holds(_claim(each)) for each in (1, 2, 3)] == [False, True, False]


def test_another_claim_of_the_same_lane_is_another_claim() -> None:
    heart = Heartbeat(_never, 10.0)
    heart.keep([_claim(1, fence=7)], time.monotonic())
    assert not heart.holds(_claim(1, fence=8))


def test_renewed_claims_are_held_long_after_their_first_lease() -> None:
    database = Database()
    heart = Heartbeat(database.renew, LEASE)
    began = time.monotonic()
    heart.keep([_claim(1)], began)
    _beating(heart, lambda: time.monotonic() > began + LEASE and len(database.asked) > BEATS_PER_LEASE)
    assert heart.holds(_claim(1))


def test_a_claim_that_somebody_else_has_is_dropped_at_once_and_not_asked_for_again() -> None:
    database = Database(lost={1})
    heart = Heartbeat(database.renew, 2.0)
    heart.keep([_claim(1), _claim(2)], time.monotonic())
    _beating(heart, lambda: len(database.asked) == 2)
    assert not heart.holds(_claim(1))
    assert heart.holds(_claim(2))
    assert database.asked == [[1, 2], [2]]


def test_a_claim_that_was_passed_over_keeps_its_time_and_is_asked_for_again() -> None:
    database = Database(skipped={1})
    heart = Heartbeat(database.renew, 2.0)
    heart.keep([_claim(1), _claim(2)], time.monotonic())
    _beating(heart, lambda: len(database.asked) == 1)
    assert heart.holds(_claim(1)), "one beat that was passed over costs nothing"
    _beating(heart, lambda: not heart.holds(_claim(1)))
    assert heart.holds(_claim(2))
    assert all(asked == [1, 2] for asked in database.asked)
    database.skipped = set()
    _beating(heart, lambda: heart.holds(_claim(1)))


def test_renewals_that_fail_end_the_claims_by_themselves_and_not_the_heart(
    caplog: pytest.LogCaptureFixture,
) -> None:
    database = Database()
    database.away = True
    heart = Heartbeat(database.renew, LEASE)
    heart.keep([_claim(1)], time.monotonic())
    _beating(heart, lambda: not heart.holds(_claim(1)) and len(database.asked) > BEATS_PER_LEASE)
    assert "1 leases could not be renewed" in caplog.text
    database.away = False
    _beating(heart, lambda: heart.holds(_claim(1)))


def test_what_is_let_go_while_it_is_renewed_does_not_come_back() -> None:
    heart: Heartbeat
    asked = 0

    async def renew(held: Sequence[Claim]) -> tuple[set[int], set[int]]:
        nonlocal asked
        asked += 1
        heart.let_go([_claim(1)])
        return {each.lane_id for each in held}, set()

    heart = Heartbeat(renew, LEASE)
    heart.keep([_claim(1), _claim(2)], time.monotonic())
    _beating(heart, lambda: asked == 2)
    assert not heart.holds(_claim(1))
    assert heart.holds(_claim(2))


def test_a_renewal_counts_from_before_it_was_asked_for() -> None:
    """A slow answer of the database makes the lease shorter, never longer than the database's."""
    answered: list[float] = []

    async def renew(held: Sequence[Claim]) -> tuple[set[int], set[int]]:
        await asyncio.sleep(LEASE)
        answered.append(time.monotonic())
        return {each.lane_id for each in held}, set()

    heart = Heartbeat(renew, LEASE)
    heart.keep([_claim(1)], time.monotonic())
    _beating(heart, lambda: bool(answered))
    assert not heart.holds(_claim(1))


def test_without_claims_the_database_is_left_in_peace() -> None:
    heart = Heartbeat(_never, 0.02)
    began = time.monotonic()
    _beating(heart, lambda: time.monotonic() > began + 0.2)
