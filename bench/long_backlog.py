"""A backlog of a million notices is worked off at the rate of a short one: no step looks at all that waits.

The worker has the same few seconds each time, because what matters is whether a claim, a look at a lane's line and a
record cost more when there is more. The short backlog is measured before and after, for the machine may be busier at
one time than at another.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.contest import finish, start
from bench.report import Row, compared
from bench.waiting import lay_in
from bench.world import World, conversations

LATENCY_MS = 50
SHORT = 10_000
SECONDS = 5


def measure(world: World, count: int) -> Iterator[Row]:
    """``count`` notices wait in 20 x 50 lanes."""
    world.control.settings(latency_ms=LATENCY_MS)
    before = _rate(world, SHORT)
    found = _rate(world, count)
    after = _rate(world, SHORT)
    short = Row(f"one worker, {SHORT:,} notices waiting in 20 x 50 lanes", (before + after) / 2, "notices/s")
    yield short
    yield compared(f"one worker, {count:,} notices waiting", found, "notices/s", short, ">=0.8")


def _rate(world: World, count: int) -> float:
    """Notices told a second, in the first seconds of work."""
    lanes = conversations("many")
    world.clear()
    lay_in(world, lanes, count // len(lanes))
    taken = finish(start(world, "ours", drain_budget=SECONDS), "ours")
    told = world.control.counts()["stored"]
    world.clear()
    return float(told) / taken.seconds
