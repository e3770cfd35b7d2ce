"""The ledger: what became of claims is written down in batches, while the next ones are already under way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from cocoom_slack_plugin.notifications.claims import Entry

log = logging.getLogger(__name__)

BATCH = 500
RETRY_SECONDS = (0.2, 1.0, 3.0)
"""What is not recorded is sent again: a database that is away for a moment is worth some patience."""


class Ledger:
    """Collects entries and writes them by one task; a batch is whatever came in while the last one was written.

    ``write`` returns the lanes whose claim was lost. ``done`` is told of every entry that is over, one way or another.
    """

    def __init__(self, write: Callable[[list[Entry]], set[int]], done: Callable[[list[Entry]], None]) -> None:
        self._write = write
        self._done = done
        self._entries: asyncio.Queue[Entry] = asyncio.Queue()
        self._writer = asyncio.create_task(self._run())

    def add(self, entry: Entry) -> None:
        """Have an entry written soon."""
        self._entries.put_nowait(entry)

    async def settled(self) -> None:
        """Wait until everything that was added has been written."""
        await self._entries.join()

    async def close(self) -> None:
        """Write everything that was added, and end."""
        await self.settled()
        self._writer.cancel()

    async def _run(self) -> None:
        while True:
            batch = [await self._entries.get()]
            while len(batch) < BATCH and not self._entries.empty():
                batch.append(self._entries.get_nowait())
            await self._write_down(batch)
            self._done(batch)
            for _ in batch:
                self._entries.task_done()

    async def _write_down(self, entries: list[Entry]) -> None:
        for pause in (*RETRY_SECONDS, None):
            try:
                lost = await asyncio.to_thread(self._write, entries)
                break
            except Exception:
                log.exception("%d outcomes could not be recorded", len(entries))
                if pause is None:
                    # Their leases run out, and another worker finds the notices still waiting.
                    return
                await asyncio.sleep(pause)
        for lane_id in sorted(lost):
            log.warning("lane %s: finished after its lease, another worker has it", lane_id)
