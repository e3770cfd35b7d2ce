"""Lanes in the database: claiming those that are due, and reading what waits in them.

A claim is a lease with a fencing number: after the lease ran out another worker may claim the lane with a higher one
(security.md C2). ``recording`` is the other half.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.database import seconds_from_now
from cocoom_slack_plugin.notifications.claims import Claim, Waiting
from cocoom_slack_plugin.notifications.recording import release
from cocoom_slack_plugin.notifications.tables import event, lane, notice


def claim(dbsession: Session, limit: int, lease: float) -> list[Claim]:
    """Claim up to ``limit`` due lanes of healthy connections for ``lease`` seconds, the longest due first."""
    due = (
        select(lane.c.id)
        .join(connection, connection.c.tenant_id == lane.c.tenant_id)
        .where(_is_free_and_due(), connection.c.notifications_enabled, connection.c.health == "ok")
        .order_by(lane.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=lane)
    )
    claimed = (
        update(lane)
        .where(lane.c.id.in_(due))
        .values(fence=lane.c.fence + 1, lease_until=seconds_from_now(lease))
        .returning(lane.c.id, lane.c.tenant_id, lane.c.conversation, lane.c.fence, lane.c.attempts)
    )
    return [Claim(*row) for row in dbsession.execute(claimed)]


def waiting(dbsession: Session, claims: Iterable[Claim], most: int = 1) -> list[list[Waiting]]:
    """For each lane the first notices that wait in it, at most ``most``. A lane without any is settled and left out."""
    by_lane = {each.lane_id: each for each in claims}
    first = (
        select(notice.c.id, notice.c.event_pk, notice.c.locale)
        .where(notice.c.lane_id == lane.c.id, notice.c.state == "waiting")
        .order_by(notice.c.id)
        .limit(most)
        .lateral()
    )
    rows = dbsession.execute(
        select(lane.c.id, first.c.id, first.c.locale, event.c.kind, event.c.payload)
        .select_from(lane.join(first, text("true")).join(event, event.c.id == first.c.event_pk))
        .where(lane.c.id.in_(by_lane))
        .order_by(lane.c.id, first.c.id)
    )
    found: dict[int, list[Waiting]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Waiting(by_lane[row[0]], *row[1:]))
    release(dbsession, [each for lane_id, each in by_lane.items() if lane_id not in found])
    return list(found.values())


def seconds_to_next(dbsession: Session) -> float | None:
    """How long until work is due: 0 or less when some is, None when nothing waits at all."""
    if dbsession.scalar(select(event.c.id).where(event.c.decided_at.is_(None)).limit(1)):
        return 0.0
    free_at = func.greatest(lane.c.due_at, lane.c.lease_until)
    soonest = (
        select(func.extract("epoch", func.min(free_at) - func.clock_timestamp()))
        .join(connection, connection.c.tenant_id == lane.c.tenant_id)
        .where(lane.c.due_at.is_not(None), connection.c.notifications_enabled, connection.c.health == "ok")
    )
    seconds = dbsession.scalar(soonest)
    return None if seconds is None else float(seconds)


def _is_free_and_due() -> ColumnElement[bool]:
    free = or_(lane.c.lease_until.is_(None), lane.c.lease_until < func.clock_timestamp())
    return (lane.c.due_at <= func.clock_timestamp()) & free
