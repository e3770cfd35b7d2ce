"""Slack's clock: real time, which a test may push forward."""

from __future__ import annotations

import time


class Clock:
    """``now()`` in epoch seconds. Pushed forward, it lets codes, cursors and windows run out at once."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds
