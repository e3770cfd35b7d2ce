"""F28: hosts that act, workers that deliver, and one of all of them killed -9 every two seconds.

``COCOOM_STORM_SECONDS`` says for how long (45). Afterwards everything is drained, compared and printed (``pytest -s``).
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from demo.slack.control import Control

from .comparison import Comparison
from .deployment import Child, Deployment
from .patience import until
from .relay import CHANNELS

SECONDS = float(os.environ.get("COCOOM_STORM_SECONDS", "45"))
SEED = int(os.environ.get("COCOOM_STORM_SEED", "28"))
GUST = 2.0
"""Seconds between two kills."""
RELAYS, WORKERS = 2, 4
PAUSE = 0.05
"""Seconds between two acts of one host."""


@dataclass
class Storm:
    """Who is alive, and how many of whom were killed."""

    deployment: Deployment
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    relays: list[Child] = field(default_factory=list)
    workers: list[Child] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        ini = self.deployment.ini()
        self.workers = [self.deployment.worker(ini, wait=False) for _ in range(WORKERS)]
        self.relays = [self._relay() for _ in range(RELAYS)]
        until(lambda: self.deployment.seen > 0, lambda: self.deployment.said)

    def rage(self, seconds: float) -> None:
        """One death every two seconds, and another process in its place at once."""
        calm = threading.Event()
        until_then = time.monotonic() + seconds
        while time.monotonic() < until_then:
            # This is the pace of the storm, not a wait for something.
            calm.wait(GUST)
            victims = self.chance.choice([self.relays, self.workers, self.workers])
            victim = self.chance.randrange(len(victims))
            victims[victim].kill()
            if victims is self.relays:
                self.killed["relays"] += 1
                self.relays[victim] = self._relay()
            else:
                self.killed["workers"] += 1
                self.workers[victim] = self.deployment.worker(wait=False)

    def end(self) -> Comparison:
        for relay in self.relays:
            relay.kill()
        return self.deployment.settle(patience=120 + 4 * SECONDS)

    def _relay(self) -> Child:
        # Each has a name of its own: what it tells is in order with itself alone.
        return self.deployment.relay_process(f"host{len(self.deployment.children)}", PAUSE)


ONE_BY_ONE: dict[str, object] = {}
CONDENSED: dict[str, object] = {"channel_interval": 0.5, "channel_burst": 1, "digest_size": 20}


@pytest.mark.storm
@pytest.mark.parametrize("settings", [ONE_BY_ONE, CONDENSED], ids=["one by one", "condensed"])
def test_f28_storm(deployment: Deployment, slack: Control, settings: dict[str, object]) -> None:
    """Lost 0, order violations 0; duplicates at most one a lane for each worker that was killed."""
    found, storm = _storm(deployment, slack, settings)
    assert found.duplicates <= storm.killed["workers"] * len(CHANNELS), found


@pytest.mark.storm
def test_f28_storm_with_a_look_into_the_history(deployment: Deployment, slack: Control) -> None:
    """The same, and nothing is doubled at all."""
    deployment.connect(scopes=["chat:write", "channels:history", "groups:history"])
    found, _ = _storm(deployment, slack, ONE_BY_ONE)
    assert found.duplicates == 0, found


def _storm(deployment: Deployment, slack: Control, settings: dict[str, object]) -> tuple[Comparison, Storm]:
    slack.settings(latency_ms=100)
    deployment.settings = settings
    storm = Storm(deployment)
    storm.begin()
    storm.rage(SECONDS / 2)
    began = time.monotonic()
    found = storm.end()
    print(f"\n{found}; killed {dict(storm.killed)}; drained in {time.monotonic() - began:.1f} s")  # noqa: T201
    assert found.told > 0
    assert found.sound, found
    return found, storm
