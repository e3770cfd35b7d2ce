"""The ledger loses no outcome for a database that is away for a moment."""

from __future__ import annotations

import asyncio

import pytest

from cocoom_slack_plugin.notifications import ledger
from cocoom_slack_plugin.notifications.claims import Claim, Entry
from cocoom_slack_plugin.notifications.ledger import Ledger
from cocoom_slack_plugin.notifications.verdict import LATER


def _entry(lane_id: int) -> Entry:
    return Entry(Claim(lane_id, "t", "C0NEWS", 1, 0, 0.0, None), LATER)


def _write_down(failures: int) -> tuple[list[int], int]:
    written: list[int] = []
    done: list[Entry] = []
    calls = 0

    def write(entries: list[Entry]) -> set[int]:
        nonlocal calls
        calls += 1
        if calls <= failures:
            raise OSError("the database is away")
        written.extend(each.claim.lane_id for each in entries)
        return set()

    async def run() -> None:
        kept = Ledger(write, done.extend)
        for lane_id in range(3):
            kept.add(_entry(lane_id))
        await kept.close()

    asyncio.run(run())
    assert [each.claim.lane_id for each in done] == [0, 1, 2]
    return written, calls


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "RETRY_SECONDS", (0.0, 0.0))


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_what_could_not_be_written_is_written_again_in_order(failures: int) -> None:
    assert _write_down(failures) == ([0, 1, 2], failures + 1)


def test_after_the_last_try_the_leases_take_over_and_nothing_is_raised() -> None:
    assert _write_down(9) == ([], 3)
