"""Running contenders as processes over the same world, and reading what they took."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.contenders import publication
from bench.world import CHANNELS, TENANTS, World, channel_id, tenant
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import outbox, routes
from cocoom_slack_plugin.notifications.decide import POSTS, Route
from demo.stage import ROOT, environment


@dataclass(frozen=True)
class Taken:
    """What contenders took, as whole processes: the longest one's seconds, and the sums of the rest."""

    seconds: float
    cpu: float
    peak_mib: float


def record(world: World, count: int, channels: int = CHANNELS) -> None:
    """Let every tenant publish often enough for ``count`` notices: each of its channels is told of each post."""
    world.empty()
    runtime = world.runtime()
    with transaction(runtime.hooks) as dbsession:
        for number in range(TENANTS):
            for channel in range(channels):
                routes.add(dbsession, tenant(number).id, Route(POSTS, channel_id(number, channel)))
        for number in range(count // channels):
            outbox.record(dbsession, "publication_published", publication(number % TENANTS))


def contend(
    world: World,
    name: str,
    count: int,
    channels: int = CHANNELS,
    processes: int = 1,
    settings: dict[str, Any] | None = None,
) -> Taken:
    """Run a contender in so many processes at once. Raises RuntimeError unless Slack was told exactly ``count``."""
    world.control.clear_record()
    arguments = [name, world.dump(), str(count), str(channels), json.dumps(settings or {})]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.contenders", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment(),
        )
        for _ in range(processes)
    ]
    ended = [(process.communicate(), process.returncode) for process in started]
    if any(code for _, code in ended) or world.told != count:
        raise RuntimeError(f"{name} told {world.told} of {count}: {[said[1][-2000:] for said, _ in ended]}")
    return _together([json.loads(said[0]) for said, _ in ended])


def _together(taken: Sequence[dict[str, float]]) -> Taken:
    return Taken(
        seconds=max(each["seconds"] for each in taken),
        cpu=sum(each["cpu"] for each in taken),
        peak_mib=sum(each["peak_mib"] for each in taken),
    )
