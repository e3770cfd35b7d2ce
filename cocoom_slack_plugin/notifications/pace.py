"""Pace: how many messages may follow one another, kept as one instant (the generic cell rate algorithm).

``ready_at`` is when the next message may go. Time that passes after it adds up to a small burst; each message moves it
by one interval. Pure; ``recording`` and ``lanes`` do the same sum in SQL, by the database's clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from cocoom_slack_plugin.settings import Settings

BURST_SECONDS = 5.0
"""How much of its budget a quiet workspace may use at once; Slack counts by the minute (slack.md D3)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One message each ``interval`` seconds, and up to ``burst`` at once after a rest. Interval 0: no limit."""

    interval: float
    burst: int

    @classmethod
    def of_conversation(cls, settings: Settings) -> Pace:
        """Of messages into one conversation."""
        return cls(settings.channel_interval, settings.channel_burst)

    @classmethod
    def of_workspace(cls, settings: Settings) -> Pace:
        """Of all messages into one workspace."""
        if settings.workspace_per_minute == 0:
            return cls(0.0, 1)
        interval = 60 / settings.workspace_per_minute
        return cls(interval, max(int(BURST_SECONDS / interval), 1))

    @property
    def rest(self) -> float:
        """The seconds of rest after which the burst is full; more adds nothing."""
        return (self.burst - 1) * self.interval

    def credit(self, idle: float) -> int:
        """How many messages may go at once, ``idle`` seconds after ``ready_at``."""
        if self.interval == 0:
            return self.burst
        return max(int(min(idle, self.rest) / self.interval + 1e-9) + 1, 0) if idle >= 0 else 0
