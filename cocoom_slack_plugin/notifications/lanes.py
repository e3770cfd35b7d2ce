"""Lanes in the database: claiming what is due, and recording what became of it.

A claim is a lease with a fencing number. Whoever records must show the number of its claim: after the lease ran out
another worker may have claimed the lane with a higher one, and the late record is refused (security.md C2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.notifications.tables import event, lane, message, notice
from cocoom_slack_plugin.notifications.verdict import Reach, Verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane that this worker may serve until its lease ends."""

    lane_id: int
    tenant_id: str
    conversation: str
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first waiting notice of a claimed lane."""

    claim: Claim
    notice_id: int
    locale: str
    kind: str
    payload: dict[str, Any]


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
        .values(fence=lane.c.fence + 1, lease_until=_in(lease))
        .returning(lane.c.id, lane.c.tenant_id, lane.c.conversation, lane.c.fence, lane.c.attempts)
    )
    return [Claim(*row) for row in dbsession.execute(claimed)]


def first_waiting(dbsession: Session, claims: Iterable[Claim]) -> list[Waiting]:
    """The first waiting notice of each lane; a lane without one is settled and left out."""
    by_lane = {each.lane_id: each for each in claims}
    columns = select(notice.c.lane_id, notice.c.id, notice.c.locale, event.c.kind, event.c.payload)
    first = (
        columns.join(event, event.c.id == notice.c.event_pk)
        .where(notice.c.lane_id.in_(by_lane), notice.c.state == "waiting")
        .ext(distinct_on(notice.c.lane_id))
        .order_by(notice.c.lane_id, notice.c.id)
    )
    found = [Waiting(by_lane.pop(row.lane_id), *row[1:]) for row in dbsession.execute(first)]
    for empty in by_lane.values():
        release(dbsession, empty)
    return found


def record(dbsession: Session, waiting: Waiting, verdict: Verdict) -> bool:
    """Write down what became of a notice and when the lane goes on. False when the claim was lost meanwhile."""
    if not _still_ours(dbsession, waiting.claim):
        return False
    message_id = _record_message(dbsession, waiting.claim, verdict)
    changes: dict[str, Any] = {"message_id": message_id} if message_id else {}
    if verdict.notice is not None:
        changes |= {"state": verdict.notice, "reason": verdict.code, "finished_at": func.now()}
    if changes:
        dbsession.execute(update(notice).where(notice.c.id == waiting.notice_id).values(changes))
    if verdict.reach is Reach.WORKSPACE:
        _pause_workspace(dbsession, waiting.claim.tenant_id, verdict.pause)
    _settle(dbsession, waiting.claim, verdict)
    return True


def release(dbsession: Session, held: Claim) -> None:
    """Give a lane back as it is, due at once if something waits in it."""
    if _still_ours(dbsession, held):
        _settle(dbsession, held, Verdict(notice=None))


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


def _still_ours(dbsession: Session, held: Claim) -> bool:
    # The row stays locked: nobody adds to or claims the lane until this transaction has settled it.
    fence = dbsession.scalar(select(lane.c.fence).where(lane.c.id == held.lane_id).with_for_update())
    return fence == held.fence


def _record_message(dbsession: Session, held: Claim, verdict: Verdict) -> int | None:
    if verdict.message is None:
        return None
    values = {
        "tenant_id": held.tenant_id,
        "lane_id": held.lane_id,
        "outcome": verdict.message,
        "channel": verdict.posted.channel if verdict.posted else None,
        "ts": verdict.posted.ts if verdict.posted else None,
        "trouble": verdict.code,
    }
    message_id: int | None = dbsession.scalar(insert(message).values(values).returning(message.c.id))
    return message_id


def _settle(dbsession: Session, held: Claim, verdict: Verdict) -> None:
    # A statement of its own, after the lock: in one statement it would not see notices committed in between.
    more = select(notice.c.id).where(notice.c.lane_id == held.lane_id, notice.c.state == "waiting").exists()
    ready_at = _in(verdict.pause)
    finished = verdict.notice is not None
    dbsession.execute(
        update(lane)
        .where(lane.c.id == held.lane_id)
        .values(
            lease_until=None,
            ready_at=ready_at,
            due_at=case((more, ready_at), else_=None),
            attempts=lane.c.attempts + 1 if verdict.counts else 0 if finished else lane.c.attempts,
            trouble=None if verdict.notice == "sent" else verdict.code,
        )
    )


def _pause_workspace(dbsession: Session, tenant_id: str, seconds: float) -> None:
    """Nothing of this workspace is posted for a while; which of its limits was hit, Slack does not say."""
    until = _in(seconds)
    # Rows are locked in one order, and those that a colleague is settling are left: they meet the limit themselves.
    others = select(lane.c.id).where(lane.c.tenant_id == tenant_id).order_by(lane.c.id)
    free = others.with_for_update(skip_locked=True)
    dbsession.execute(
        update(lane)
        .where(lane.c.id.in_(free))
        .values(
            ready_at=func.greatest(lane.c.ready_at, until),
            due_at=case((lane.c.due_at.is_(None), None), else_=func.greatest(lane.c.due_at, until)),
        )
    )


def _in(seconds: float) -> ColumnElement[Any]:
    return func.clock_timestamp() + timedelta(seconds=seconds)
