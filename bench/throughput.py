"""Notices a second of our workers, beside the bare loop and beside plain RQ jobs, at several latencies of Slack.

Told in two ways. *Wide*: a thousand lanes with a few notices each, every notice a message of its own, as the bare
loop posts them: this compares like with like. *Narrow*: a hundred lanes far behind, which are condensed. CPU is that
of the contender's own process; PostgreSQL and Slack's stand-in share the same machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.contenders import enqueue
from bench.contest import contend, record
from bench.report import Row, compared
from bench.world import CHANNELS, MANY_CHANNELS, TENANTS, World

GOAL_LATENCY = 150
SINGLY = {"digest_size": 1}


def measure(world: World, latency_ms: int, count: int, plain_count: int) -> Iterator[Row]:
    """All contenders at one latency of Slack. ``count`` notices, ``plain_count`` for the slow ones."""
    world.control.settings(latency_ms=latency_ms)
    at, judged = f"at {latency_ms} ms", latency_ms == GOAL_LATENCY
    bare = contend(world, "bare", count, MANY_CHANNELS)
    rate = Row(f"bare loop, 256 in flight, {at}", count / bare.seconds, "notices/s")
    cpu = Row(f"bare loop: CPU, {at}", bare.cpu / count * 1000, "s/1000 notices")
    yield from (rate, cpu, Row(f"bare loop: peak memory, {at}", bare.peak_mib, "MiB"))

    wide = f"one worker, {TENANTS * MANY_CHANNELS} lanes, a message each, {at}"
    record(world, count, MANY_CHANNELS)
    one = contend(world, "ours", count, MANY_CHANNELS, settings=SINGLY)
    ours = compared(wide, count / one.seconds, "notices/s", rate, ">=0.7" if judged else None)
    yield ours
    yield compared(f"{wide}: CPU", one.cpu / count * 1000, "s/1000 notices", cpu, "<=3" if judged else None)
    yield Row(f"{wide}: peak memory", one.peak_mib, "MiB")

    yield from _two_workers(world, count, at, ours)
    yield from _narrow(world, count, at, rate)
    for name in ("rq-simple", "rq-forking"):
        enqueue(world, plain_count)
        plain = contend(world, name, plain_count)
        row = Row(f"{name}, a job for each message, {at}", plain_count / plain.seconds, "notices/s")
        yield row
        goal = ">=100" if judged and name == "rq-simple" else None
        yield compared(wide, ours.value, "notices/s", row, goal)


def _two_workers(world: World, count: int, at: str, one: Row) -> Iterator[Row]:
    record(world, count, MANY_CHANNELS)
    two = contend(world, "ours", count, MANY_CHANNELS, processes=2, settings=SINGLY)
    yield compared(f"two workers, a message each, {at}", count / two.seconds, "notices/s", one)
    yield Row(f"two workers: CPU of both, {at}", two.cpu / count * 1000, "s/1000 notices")
    yield Row(f"two workers: peak memory of both, {at}", two.peak_mib, "MiB")


def _narrow(world: World, count: int, at: str, rate: Row) -> Iterator[Row]:
    for words, settings in (("condensed", {}), ("a message each", SINGLY)):
        record(world, count, CHANNELS)
        taken = contend(world, "ours", count, CHANNELS, settings=settings)
        name = f"one worker, {TENANTS * CHANNELS} lanes far behind, {words}, {at}"
        yield compared(name, count / taken.seconds, "notices/s", rate)
