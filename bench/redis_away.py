"""What a request loses when the doorbell's Redis is gone or frozen: a little once, then nothing for a while."""

from __future__ import annotations

import signal
import statistics
from collections.abc import Iterator
from pathlib import Path

from bench.report import Row, compared
from bench.request import Requests
from bench.world import World
from demo.servers import Redis, free_port

ACTS = 20
MILLI = 1e3
MAY_LOSE = Row("what a request may lose to the doorbell", 100.0, "ms")


def measure(world: World, folder: Path, trials: int) -> Iterator[Row]:
    """Each trial is a new web process's first acts."""
    world.clear()
    _acts(world, world.redis_url)
    up = [seconds for _ in range(trials) for seconds in _acts(world, world.redis_url)]
    usual = Row("hook and doorbell, Redis up", statistics.median(up) * MILLI, "ms")
    yield from (usual, MAY_LOSE)
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    yield from _figures("Redis down", [_acts(world, nowhere) for _ in range(trials)], usual)
    with Redis(folder / "frozen", options={"appendonly": "no"}) as server:
        cold = [_frozen(world, server, warm=False) for _ in range(trials)]
        warm = [_frozen(world, server, warm=True) for _ in range(trials)]
    yield from _figures("Redis frozen before the process asked it", cold, usual)
    yield from _figures("Redis frozen after the process asked it", warm, usual)
    world.clear()


def _figures(name: str, trials: list[list[float]], usual: Row) -> Iterator[Row]:
    longest = max(acts[0] for acts in trials) * MILLI - usual.value
    yield compared(f"{name}: longest that a first act lost", max(longest, 0.0), "ms", MAY_LOSE, "<=1.0")
    following = statistics.median(seconds for acts in trials for seconds in acts[1:])
    yield compared(f"{name}: the acts after it", following * MILLI, "ms", usual, "<=1.1")


def _acts(world: World, redis_url: str) -> list[float]:
    with Requests(world, world.host(redis_url=redis_url)) as requests:
        return [requests.act() for _ in range(ACTS)]


def _frozen(world: World, server: Redis, *, warm: bool) -> list[float]:
    """Frozen by its pid, and thawed after the acts."""
    assert server.process is not None
    with Requests(world, world.host(redis_url=server.url())) as requests:
        if warm:
            requests.act()
        server.process.send_signal(signal.SIGSTOP)
        try:
            return [requests.act() for _ in range(ACTS)]
        finally:
            server.process.send_signal(signal.SIGCONT)
