"""The usual way: an RQ job for each message, posted with slack_sdk's WebClient."""

from __future__ import annotations

from bench.contenders import enqueue
from bench.contest import contend
from bench.report import Row
from bench.world import World


def measure(world: World, latency_ms: int, count: int) -> list[Row]:
    """Messages a second of a SimpleWorker and of RQ's default, forking, Worker; in this order."""
    world.control.settings(latency_ms=latency_ms)
    rows = []
    for name in ("rq-simple", "rq-forking"):
        enqueue(world, count)
        seconds = contend(world, name, count).seconds
        rows.append(Row(f"{name}, a job for each message, at {latency_ms} ms", count / seconds, "notices/s"))
    return rows
