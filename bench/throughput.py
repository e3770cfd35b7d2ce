"""Notices a second of our worker processes, beside the bare loop and plain RQ jobs, at several latencies of Slack.

20 tenants publish into 5 channels each: 100 lanes, each with a long line of notices. Because a lane has one message
under way at a time, at most 100 are, while the bare loop, which keeps no order, has 256. ``wide`` compares like with
like.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.contest import Taken, contend
from bench.report import Row, compared
from bench.world import TENANTS, THREADS, World, publication
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import outbox

DIGEST = 20
CHANNELS = THREADS["few"]


def measure(world: World, latency_ms: int, count: int, plain: Sequence[Row]) -> Iterator[Row]:
    """``count`` notices, each told by a message of its own; then condensed, as the settings' defaults have it; then
    shared by two processes."""
    world.control.settings(latency_ms=latency_ms)
    at = f"20 x 5 lanes, at {latency_ms} ms"
    bare = contend(world, "bare", count)
    bare_rows = figures("bare loop, 256 in flight", at, bare, count)
    yield from bare_rows

    one = figures("one worker", at, _ours(world, count), count)
    yield from beside(one, bare_rows)
    yield from (compared(one[0].name, one[0].value, one[0].unit, row) for row in plain)

    condensed = _ours(world, count, digest_size=DIGEST)
    goal = ">=0.7" if latency_ms == 150 else None
    rate = figures("one worker, condensed where behind", at, condensed, count)[0]
    yield compared(rate.name, rate.value, rate.unit, bare_rows[0], goal)

    two = _ours(world, count, processes=2)
    yield from beside(figures("two workers together", at, two, count), one)


def figures(name: str, at: str, taken: Taken, count: int) -> list[Row]:
    """Rate, CPU and memory of a contender that told ``count`` notices."""
    return [
        Row(f"{name}, {at}", count / taken.seconds, "notices/s"),
        Row(f"{name}: CPU, {at}", taken.cpu / count * 1000, "s/1000 notices"),
        Row(f"{name}: peak memory, {at}", taken.peak_mib, "MiB"),
    ]


def beside(
    rows: Sequence[Row], references: Sequence[Row], goals: Sequence[str | None] = (None,) * 3
) -> Iterator[Row]:
    """Each figure with its ratio to the same figure of another contender."""
    for row, reference, goal in zip(rows, references, goals, strict=True):
        yield compared(row.name, row.value, row.unit, reference, goal)


def _ours(world: World, count: int, *, processes: int = 1, digest_size: int = 1) -> Taken:
    world.clear()
    publish(world, "few", count)
    return contend(world, "ours", count, each=CHANNELS, processes=processes, digest_size=digest_size)


def publish(world: World, thread: str, count: int) -> None:
    """Let the tenants publish in turn until that makes ``count`` notices."""
    with transaction(world.host()) as dbsession:
        for number in range(count // THREADS[thread]):
            outbox.record(dbsession, "publication_published", publication(number % TENANTS, thread))
