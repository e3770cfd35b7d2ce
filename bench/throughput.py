"""Messages a second of one worker process, beside the bare loop and beside plain RQ jobs, at several latencies."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench.contenders import enqueue, publication
from bench.report import Row, compared
from bench.world import CHANNELS, TENANTS, World, channel_id, tenant
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import outbox, routes
from cocoom_slack_plugin.notifications.decide import POSTS, Route
from demo.stage import ROOT, environment


@dataclass(frozen=True)
class Taken:
    """What a contender took, as a whole process."""

    seconds: float
    cpu: float
    peak_mib: float


def measure(world: World, latency_ms: int, count: int, plain_count: int) -> Iterator[Row]:
    """All contenders at one latency of Slack. ``count`` messages, ``plain_count`` for the slow ones."""
    world.control.settings(latency_ms=latency_ms)
    at = f"at {latency_ms} ms"
    bare = contend(world, "bare", count)
    rate = Row(f"bare loop, 256 in flight, {at}", count / bare.seconds, "messages/s")
    cpu = Row(f"bare loop: CPU, {at}", bare.cpu / count * 1000, "s/1000 messages")
    yield from (rate, cpu, Row(f"bare loop: peak memory, {at}", bare.peak_mib, "MiB"))

    record(world, count)
    ours = contend(world, "ours", count)
    goal = ">=0.7" if latency_ms == 150 else None
    our_rate = compared(f"one worker, {at}", count / ours.seconds, "messages/s", rate, goal)
    yield our_rate
    cpu_goal = "<=3" if latency_ms == 150 else None
    yield compared(f"one worker: CPU, {at}", ours.cpu / count * 1000, "s/1000 messages", cpu, cpu_goal)
    yield Row(f"one worker: peak memory, {at}", ours.peak_mib, "MiB")

    for name in ("rq-simple", "rq-forking"):
        enqueue(world, plain_count)
        plain = contend(world, name, plain_count)
        row = Row(f"{name}, a job for each message, {at}", plain_count / plain.seconds, "messages/s")
        yield row
        goal = ">=100" if latency_ms == 150 and name == "rq-simple" else None
        yield compared(f"one worker, {at}", our_rate.value, "messages/s", row, goal)


def record(world: World, count: int) -> None:
    """Let every tenant publish often enough for ``count`` notices: each of its channels is told of each post."""
    runtime = world.runtime()
    with transaction(runtime.hooks) as dbsession:
        for number in range(TENANTS):
            for channel in range(CHANNELS):
                routes.add(dbsession, tenant(number).id, Route(POSTS, channel_id(number, channel)))
        for number in range(count // CHANNELS):
            outbox.record(dbsession, "publication_published", publication(number % TENANTS))


def contend(world: World, name: str, count: int) -> Taken:
    """Run one contender as a process. Raises RuntimeError unless it posted exactly ``count`` messages."""
    before = world.control.counts()["stored"]
    command = [sys.executable, "-m", "bench.contenders", name, world.dump(), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    posted = world.control.counts()["stored"] - before
    if done.returncode or posted != count:
        raise RuntimeError(f"{name} posted {posted} of {count}: {done.stderr[-2000:]}")
    return Taken(**json.loads(done.stdout))
