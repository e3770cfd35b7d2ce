"""The loop of delivery: decide, claim, post, record; many lanes at once, until nothing is due.

What blocks (the database) runs in threads, what waits for Slack in one asyncio loop. No transaction is open while
Slack is asked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from threading import Event as Flag
from typing import TypeVar

from sqlalchemy.orm import Session

from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import lanes
from cocoom_slack_plugin.notifications.lanes import Claim, Waiting
from cocoom_slack_plugin.notifications.serve import Clerk
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway

log = logging.getLogger(__name__)
T = TypeVar("T")

SOON_SECONDS = 3.0
"""Work that is due within this time is waited for; for anything later the job ends, and the sweeper rings."""
GLANCE_SECONDS = 0.1
"""The longest wait before looking again for new work while lanes are under way or due soon."""


class Drain:
    """One delivering job: works until nothing is due soon, ``stop`` is set or the budget of seconds is used."""

    def __init__(self, runtime: Runtime, gateway: SlackGateway, stop: Flag) -> None:
        self._runtime = runtime
        self._clerk = Clerk(runtime, gateway)
        self._stop = stop
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, budget: float) -> bool:
        """Returns whether work is left that is due now or soon."""
        deadline = time.monotonic() + budget
        while True:
            leaving = self._stop.is_set() or time.monotonic() > deadline
            if not leaving:
                await self._take_up_work()
            if self._under_way:
                _, self._under_way = await asyncio.wait(
                    self._under_way, timeout=GLANCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                continue
            seconds = await self._database(lanes.seconds_to_next)
            if seconds is None or seconds > SOON_SECONDS or leaving:
                return seconds is not None and seconds <= SOON_SECONDS
            await asyncio.sleep(min(max(seconds, 0.0), GLANCE_SECONDS))

    async def _take_up_work(self) -> None:
        await self._database(decide_batch)
        if room := self._runtime.settings.lanes_in_flight - len(self._under_way):
            for waiting in await self._database(lambda session: self._claim(session, room)):
                self._under_way.add(asyncio.create_task(self._serve(waiting)))

    def _claim(self, dbsession: Session, room: int) -> list[Waiting]:
        claims: list[Claim] = lanes.claim(dbsession, room, self._runtime.settings.lease)
        return lanes.first_waiting(dbsession, claims) if claims else []

    async def _serve(self, waiting: Waiting) -> None:
        """Post one notice and record what became of it. Whatever fails here, the lease gives the lane back."""
        try:
            verdict = await self._clerk.attend(waiting)
            if not await self._database(lambda session: self._clerk.record(session, waiting, verdict)):
                log.warning("lane %s: finished after its lease, another worker has it", waiting.claim.lane_id)
        except Exception:
            log.exception("lane %s of tenant %s", waiting.claim.lane_id, waiting.claim.tenant_id)

    async def _database(self, work: Callable[[Session], T]) -> T:
        return await asyncio.to_thread(self._transact, work)

    def _transact(self, work: Callable[[Session], T]) -> T:
        with transaction(self._runtime.hooks) as dbsession:
            return work(dbsession)
