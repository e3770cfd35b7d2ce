"""The loop of delivery: decide, claim, post, record; many lanes at once, until nothing is due.

What blocks (the database) runs in threads and in batches, what waits for Slack in one asyncio loop. No transaction is
open while Slack is asked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from threading import Event as Flag
from typing import TypeVar

from sqlalchemy.orm import Session

from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import batches, broken, lanes, missed
from cocoom_slack_plugin.notifications.claims import Claim, Entry, Waiting
from cocoom_slack_plugin.notifications.heartbeat import Heartbeat
from cocoom_slack_plugin.notifications.ledger import Ledger
from cocoom_slack_plugin.notifications.pace import Pace
from cocoom_slack_plugin.notifications.recording import record
from cocoom_slack_plugin.notifications.serve import Clerk
from cocoom_slack_plugin.notifications.targets import Outlook, look_up
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.notifications.waiting import waiting
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway

log = logging.getLogger(__name__)
T = TypeVar("T")

SOON_SECONDS = 3.0
"""Work that is due within this time is waited for; for anything later the job ends, and the sweeper rings."""
GLANCE_SECONDS = 0.1
"""The longest wait before looking again for new work while lanes are under way or due soon."""
CLAIM_SECONDS = 0.02
"""The shortest time between two claims, so that they take several lanes each."""

AHEAD = 0.5
"""How many lanes are claimed ahead, as a part of those under way, so that posting does not wait for claiming."""


class Drain:
    """One delivering job: works until nothing is due soon, ``stop`` is set or the budget of seconds is used."""

    def __init__(self, runtime: Runtime, gateway: SlackGateway, stop: Flag) -> None:
        self._runtime = runtime
        self._settings = runtime.settings
        self._pace = Pace.of_conversation(runtime.settings)
        self._clerk = Clerk(runtime, gateway)
        self._stop = stop
        self._under_way: set[asyncio.Task[None]] = set()
        self._busy: Counter[str] = Counter()
        self._posting = asyncio.Semaphore(runtime.settings.lanes_in_flight)

    async def run(self, budget: float) -> bool:
        """Returns whether work is left that is due now or soon."""
        self._deadline = time.monotonic() + budget
        self._heart = Heartbeat(self._renew, self._settings.lease)
        self._ledger = Ledger(self._write, self._let_go)
        beating = asyncio.create_task(self._heart.run())
        try:
            await self._work()
        finally:
            await asyncio.gather(*self._under_way)
            await self._ledger.close()
            beating.cancel()
        seconds = await self._database(lanes.seconds_to_next)
        return seconds is not None and seconds <= SOON_SECONDS

    @property
    def _leaving(self) -> bool:
        return self._stop.is_set() or time.monotonic() > self._deadline

    async def _work(self) -> None:
        while not self._leaving:
            taken = await self._take_up_work()
            if self._under_way:
                await asyncio.sleep(CLAIM_SECONDS)
                _, self._under_way = await asyncio.wait(
                    self._under_way, timeout=GLANCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
            elif not taken:
                # Before the outcomes are written, the lanes that they free do not look due.
                await self._ledger.settled()
                seconds = await self._database(lanes.seconds_to_next)
                if seconds is None or seconds > SOON_SECONDS:
                    return
                await asyncio.sleep(min(max(seconds, 0.0), GLANCE_SECONDS))

    async def _take_up_work(self) -> bool:
        """Decide, claim, and set the claimed lanes under way. Returns whether there was anything to do."""
        room = int(self._settings.lanes_in_flight * (1 + AHEAD)) - len(self._under_way)
        busy, began = dict(+self._busy), time.monotonic()
        decided, claimed, outlook = await self._database(lambda session: self._claim(session, room, busy))
        self._heart.keep([notices[0].claim for notices in claimed], began)
        for notices in claimed:
            self._busy[notices[0].claim.tenant_id] += 1
            self._under_way.add(asyncio.create_task(self._serve(notices, outlook)))
        return bool(decided or claimed)

    def _claim(
        self, dbsession: Session, room: int, busy: dict[str, int]
    ) -> tuple[int, list[list[Waiting]], Outlook]:
        decided = decide_batch(dbsession, patience=self._settings.gather_seconds)
        claims = lanes.claim(dbsession, room, self._settings, busy) if room > 0 else []
        if not claims:
            return decided, [], Outlook()
        # More than a message may carry is of no use.
        most = self._settings.digest_size
        found = batches.summarise(dbsession, waiting(dbsession, claims, most), most)
        return decided, found, look_up(dbsession, [notices[0].claim for notices in found])

    async def _serve(self, notices: Sequence[Waiting], outlook: Outlook) -> None:
        claim = notices[0].claim
        try:
            async with self._posting:
                entry = await self._clerk.attend(notices, outlook, lambda: self._may_post(claim))
        except Exception:
            # Whatever fails here, the lane comes back when its lease has run out.
            log.exception("lane %s of tenant %s", claim.lane_id, claim.tenant_id)
            self._heart.let_go([claim])
        else:
            self._ledger.add(entry)
        finally:
            self._busy[claim.tenant_id] -= 1

    def _may_post(self, claim: Claim) -> bool:
        """What was claimed ahead is given back when the worker is asked to stop, or when its lease is over."""
        return self._heart.holds(claim) and not self._stop.is_set()

    def _write(self, entries: list[Entry]) -> set[int]:
        def write(dbsession: Session) -> set[int]:
            # The connection before the lanes: in this order `catch_up` locks them too.
            broken.note(dbsession, self._runtime.hooks, entries, self._clerk.version_of)
            lost = record(dbsession, entries, self._pace)
            missed.note(dbsession, [each for each in entries if each.claim.lane_id not in lost])
            return lost

        return self._transact(write)

    def _let_go(self, entries: list[Entry]) -> None:
        self._heart.let_go([each.claim for each in entries])

    async def _renew(self, held: Sequence[Claim]) -> tuple[set[int], set[int]]:
        return await self._database(lambda session: lanes.renew(session, held, self._settings.lease))

    async def _database(self, work: Callable[[Session], T]) -> T:
        return await asyncio.to_thread(self._transact, work)

    def _transact(self, work: Callable[[Session], T]) -> T:
        with transaction(self._runtime.hooks) as dbsession:
            return work(dbsession)
