"""Slack's rate limits (slack.md D3, E1): 429 with ``Retry-After``, in all the shapes seen in the wild."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from itertools import cycle

from demo.slack.clock import Clock

MINUTE = 60.0


class Tier(Enum):
    """Calls per minute, per method, workspace and app (slack.md E1)."""

    ONE = 1
    TWO = 20
    THREE = 50
    FOUR = 100
    SPECIAL = 600
    """Slack gives no figure for most "special" methods; 600 is what it states for oauth.v2.access."""
    POSTING = 0
    """chat.postMessage: limited by conversation and by workspace instead."""


@dataclass(slots=True)
class Limits:
    """What is enforced. Burst and team cap are unpublished by Slack: our figures (slack.md D3)."""

    enabled: bool = True
    posts_per_second: float = 1.0
    """Per conversation."""
    burst: int = 5
    """Posts a quiet conversation accepts at once."""
    team_per_minute: int = 300
    """Posts per workspace and app; 0 lifts the cap."""
    tiers_enabled: bool = True
    per_method: dict[str, int] = field(default_factory=dict)
    """Calls per minute of single methods, in place of their tier's. Posts have their own limits above."""

    def __post_init__(self) -> None:
        if self.posts_per_second <= 0 or self.burst < 1:
            raise ValueError("posts_per_second and burst are positive")
        if "chat.postMessage" in self.per_method:
            raise ValueError("chat.postMessage is limited by posts_per_second, burst and team_per_minute")


@dataclass(slots=True)
class _Bucket:
    """Tokens left at a moment; refilled when looked at."""

    level: float
    at: float


@dataclass(slots=True)
class _Window:
    """Calls since a minute began."""

    began: float
    count: int = 0


class RateLimits:
    """Answers one question: how many seconds must this caller wait? Refused calls cost nothing."""

    def __init__(self, clock: Clock) -> None:
        self.limits = Limits()
        self._clock = clock
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}
        self._windows: dict[tuple[str, str, str], _Window] = {}
        self._bodies = cycle(("ratelimited", "rate_limited", ""))

    def clear(self) -> None:
        """Forget who called how often; the limits stay."""
        self._buckets.clear()
        self._windows.clear()

    def next_body(self) -> str:
        """Both spellings and the empty body alternate (slack.md D3)."""
        return next(self._bodies)

    def wait_for_call(self, method: str, tier: Tier, team_id: str, app_id: str) -> int:
        """Seconds until the method's quota opens again, 0 when the call may pass."""
        limits = self.limits
        if not limits.enabled or tier is Tier.POSTING:
            return 0
        quota = limits.per_method.get(method, tier.value if limits.tiers_enabled else None)
        return 0 if quota is None else self._wait_in_window((method, team_id, app_id), quota)

    def wait_for_post(self, channel_id: str, team_id: str, app_id: str) -> int:
        """Seconds until the conversation, or the workspace, takes another post; 0 when it takes this one."""
        limits = self.limits
        if not limits.enabled:
            return 0
        now = self._clock.now()
        bucket = self._refilled((channel_id, team_id, app_id), now)
        if bucket.level < 1.0:
            return max(1, math.ceil((1.0 - bucket.level) / limits.posts_per_second))
        if limits.team_per_minute:
            wait = self._wait_in_window(("chat.postMessage", team_id, app_id), limits.team_per_minute)
            if wait:
                return wait
        bucket.level -= 1.0
        return 0

    def _refilled(self, key: tuple[str, str, str], now: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(float(self.limits.burst), now)
        refill = (now - bucket.at) * self.limits.posts_per_second
        bucket.level = min(float(self.limits.burst), bucket.level + refill)
        bucket.at = now
        return bucket

    def _wait_in_window(self, key: tuple[str, str, str], per_minute: int) -> int:
        now = self._clock.now()
        window = self._windows.get(key)
        if window is None or now - window.began >= MINUTE:
            window = self._windows[key] = _Window(now)
        if window.count >= per_minute:
            return max(1, math.ceil(window.began + MINUTE - now))
        window.count += 1
        return 0
