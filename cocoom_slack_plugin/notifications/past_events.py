"""Recorded events of a tenant, read in pages so that years of them need no more memory than a day's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.errors import InvalidEvent
from cocoom_slack_plugin.notifications.events import load
from cocoom_slack_plugin.notifications.tables import event

PAGE = 500

# One statement behind a cursor: the database sorts once, and hands out a page at a time.
_PAST = text("""
    SELECT kind, CAST(payload AS text) AS payload, recorded_at FROM cocoom_slack_event
    WHERE tenant_id = :tenant AND kind = ANY(CAST(:kinds AS text[])) AND recorded_at >= :since
    ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class PastEvent:
    kind: str
    event: Event
    recorded_at: datetime


def first_recorded(dbsession: Session, tenant_id: str) -> datetime | None:
    """When the oldest event was recorded that is still kept, None where there is none."""
    oldest = select(func.min(event.c.recorded_at)).where(event.c.tenant_id == tenant_id)
    found: datetime | None = dbsession.scalar(oldest)
    return found


def pages(
    dbsession: Session, tenant_id: str, kinds: Collection[str], since: datetime
) -> Iterator[list[PastEvent]]:
    """Events of these kinds since then, in the order of recording. Those that this version cannot read are left out."""
    wanted = {"tenant": tenant_id, "kinds": sorted(kinds), "since": since}
    rows = dbsession.execute(_PAST, wanted, execution_options={"stream_results": True})
    for page in rows.partitions(PAGE):
        yield [
            PastEvent(row.kind, known, row.recorded_at)
            for row in page
            if (known := _read(row.kind, row.payload)) is not None
        ]


def _read(kind: str, payload: str) -> Event | None:
    try:
        return load(kind, payload)
    except InvalidEvent:
        return None
