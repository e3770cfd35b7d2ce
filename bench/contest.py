"""Running contenders as processes, and making sure that each told Slack exactly what it was to tell."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

from bench.world import World
from demo.stage import ROOT, environment


@dataclass(frozen=True)
class Taken:
    """What one contender, or several together, took. ``began`` and ``ended`` are Unix times; starting is left out."""

    began: float
    ended: float
    cpu: float
    peak_mib: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


def contend(
    world: World,
    name: str,
    count: int,
    *,
    each: int = 1,
    thread: str = "few",
    processes: int = 1,
    **settings: object,
) -> Taken:
    """Run one contender, or ``processes`` of it together, until ``count`` notices are told.

    ``each`` is how many conversations are told of one event. Raises RuntimeError unless every event was told exactly
    that often; a message that tells of several events counts for each of them.
    """
    world.control.clear_record()
    running = [start(world, name, count, thread, **settings) for _ in range(processes)]
    taken = together([finish(process, name) for process in running])
    told = Counter(world.control.posted().values())
    if told != {each: count // each}:
        raise RuntimeError(
            f"{name}: {count // each} events, each for {each}; told were, by how often, {dict(told)}"
        )
    return taken


def together(taken: list[Taken]) -> Taken:
    """Processes that worked side by side: CPU and memory add up."""
    began, ended = min(each.began for each in taken), max(each.ended for each in taken)
    return Taken(began, ended, sum(each.cpu for each in taken), sum(each.peak_mib for each in taken))


def start(
    world: World, name: str, count: int = 0, thread: str = "few", **settings: object
) -> subprocess.Popen[str]:
    arguments = [name, world.dump(), str(count), thread, json.dumps(settings)]
    return subprocess.Popen(
        [sys.executable, "-m", "bench.contenders", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    )


def finish(process: subprocess.Popen[str], name: str) -> Taken:
    """Wait for the end. Raises RuntimeError with what it said when it failed."""
    printed, complaints = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{name} ended with status {process.returncode}: {complaints[-2000:]}")
    return Taken(**json.loads(printed))
