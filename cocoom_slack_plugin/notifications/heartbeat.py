"""The heartbeat: a drain keeps the leases of its claims alive for as long as it lives, and knows which are still its.

So a lease can be short: a killed worker's lanes are taken over soon, and a slow call to Slack costs no lane.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from cocoom_slack_plugin.notifications.claims import Claim

log = logging.getLogger(__name__)

BEATS_PER_LEASE = 4
MARGIN_SECONDS = 0.5
"""So long before the end of a lease nothing is begun any more."""

Renew = Callable[[Sequence[Claim]], Awaitable[tuple[set[int], set[int]]]]
"""Renews claims in the database. Returns the lanes that are renewed, and those that somebody else has."""


class Heartbeat:
    """The claims of one drain. Its times are of the monotonic clock, taken before the database was asked."""

    def __init__(self, renew: Renew, lease: float) -> None:
        self._renew = renew
        self._lease = lease
        self._until: dict[Claim, float] = {}

    def keep(self, claims: Sequence[Claim], began: float) -> None:
        """Keep these alive from now on; ``began`` is when claiming them began."""
        self._until |= dict.fromkeys(claims, began + self._lease)

    def let_go(self, claims: Sequence[Claim]) -> None:
        """These are recorded or given up: keep them alive no longer."""
        for each in claims:
            self._until.pop(each, None)

    def holds(self, claim: Claim) -> bool:
        """Whether this claim is certainly ours just now."""
        return time.monotonic() < self._until.get(claim, 0.0) - MARGIN_SECONDS

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(self._lease / BEATS_PER_LEASE)
            held, began = list(self._until), time.monotonic()
            if not held:
                continue
            try:
                renewed, lost = await self._renew(held)
            except Exception:
                # What is not renewed ends by itself; nothing is posted after that.
                log.exception("%d leases could not be renewed", len(held))
                continue
            self._note(held, began, renewed, lost)

    def _note(self, held: Sequence[Claim], began: float, renewed: set[int], lost: set[int]) -> None:
        for each in held:
            if each.lane_id in lost:
                self._until.pop(each, None)
            elif each.lane_id in renewed and each in self._until:
                self._until[each] = began + self._lease
