"""What is held: notices that wait for somebody's decision since their tenant's connection was broken."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications.tables import event, lane
from cocoom_slack_plugin.notifications.undecided import ONE_DECIDER, decide_batch

GLANCE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Held:
    """``since`` is when the connection was broken; ``oldest`` is None when nothing waits."""

    since: datetime
    waiting: int
    conversations: int
    oldest: datetime | None


_HELD = text("""
    SELECT c.tenant_id, c.held_at, w.waiting, w.conversations, w.oldest
    FROM cocoom_slack_connection c,
         LATERAL (SELECT count(*) AS waiting, count(DISTINCT n.lane_id) AS conversations, min(n.created_at) AS oldest
                  FROM cocoom_slack_lane l
                  JOIN cocoom_slack_notice n ON n.lane_id = l.id AND n.state = 'waiting'
                  WHERE l.tenant_id = c.tenant_id) w
    WHERE c.held_at IS NOT NULL AND c.tenant_id = ANY(CAST(:tenants AS text[]))
""")


_WAITING = text("""
    SELECT count(*) AS waiting, count(DISTINCT n.lane_id) AS conversations
    FROM cocoom_slack_lane l JOIN cocoom_slack_notice n ON n.lane_id = l.id AND n.state = 'waiting'
    WHERE l.tenant_id = :tenant
""")

_HOLD = text("""
    UPDATE cocoom_slack_connection c SET held_at = now()
    WHERE tenant_id = :tenant AND held_at IS NULL AND EXISTS (
        SELECT FROM cocoom_slack_lane l WHERE l.tenant_id = c.tenant_id AND l.due_at IS NOT NULL)
""")


def hold(dbsession: Session, tenant_id: str) -> None:
    """Hold what waits from a former connection of this tenant: it may have been to another workspace."""
    dbsession.execute(_HOLD, {"tenant": tenant_id})


def of_tenants(dbsession: Session, tenants: Iterable[str]) -> dict[str, Held]:
    """Those of these tenants whose notices are held."""
    rows = dbsession.execute(_HELD, {"tenants": list(tenants)})
    return {row.tenant_id: Held(*row[1:]) for row in rows}


def waiting_of(dbsession: Session, tenant_id: str) -> tuple[int, int]:
    """How many notices of this tenant wait, held or not, and in how many conversations."""
    row = dbsession.execute(_WAITING, {"tenant": tenant_id}).one()
    return row.waiting, row.conversations


def decide_all(hooks: Hooks, tenant_id: str) -> None:
    """Decide the tenant's events up to now, so that what waits is everything that has happened."""
    undecided = select(func.max(event.c.id)).where(
        event.c.tenant_id == tenant_id, event.c.decided_at.is_(None)
    )
    with transaction(hooks) as dbsession:
        newest = dbsession.scalar(undecided)
    while newest is not None:
        with transaction(hooks) as dbsession:
            # Waits for the worker that decides at this moment, instead of finding it busy.
            dbsession.execute(select(func.pg_advisory_xact_lock(ONE_DECIDER)))
            decide_batch(dbsession)
            if dbsession.scalar(undecided.where(event.c.id <= newest)) is None:
                return


def wait_for_claims(hooks: Hooks, tenant_id: str) -> None:
    """Wait until no worker serves a lane of this tenant any more, at most for as long as the present leases last.

    What is being posted at this moment has its outcome then, and is neither dropped nor counted.
    """
    remaining = func.extract("epoch", func.max(lane.c.lease_until) - func.clock_timestamp())
    leased = select(remaining).where(lane.c.tenant_id == tenant_id, lane.c.due_at.is_not(None))
    deadline = None
    while True:
        with transaction(hooks) as dbsession:
            seconds = float(dbsession.scalar(leased) or 0)
        deadline = time.monotonic() + seconds if deadline is None else deadline
        if seconds <= 0 or time.monotonic() >= deadline:
            return
        time.sleep(min(seconds, GLANCE_SECONDS))
