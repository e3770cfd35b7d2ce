"""Which identities are to be looked up next, and what is noted about them. Short transactions, no calls to Slack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.login.tables import login_identity
from cocoom_slack_plugin.runtime import Runtime

BATCH = 20
PER_MINUTE = 40
"""users.info allows 100 a minute and workspace (slack.md E1, tier 4); sign-ins and notifications need some of them."""
LOCK = int.from_bytes(b"cocoom-l", "big")
ACTION = "login.left"

row = login_identity.c


@dataclass(frozen=True, slots=True)
class Claimed:
    """An identity to look up. ``last_login_at`` tells later whether they have signed in meanwhile."""

    id: int
    slack_user_id: str
    user_id: str
    last_login_at: datetime


def claim(dbsession: Session, tenant_id: str, interval: int) -> tuple[list[Claimed], bool]:
    """Some identities that nobody looked up for ``interval`` seconds, the longest-waiting first; whether more wait.

    The claim is the note that they were looked up. A lock of this transaction makes claims one after the other, so that
    all workers together keep to the pace and none does another's work; a worker that dies has only lost its batch,
    until the next interval.
    """
    dbsession.execute(select(func.pg_advisory_xact_lock(LOCK)))
    due = (
        row.tenant_id == tenant_id,
        row.left_at.is_(None),
        or_(row.checked_at.is_(None), row.checked_at < func.now() - _seconds(interval)),
    )
    free = PER_MINUTE - _looked_up_lately(dbsession, tenant_id)
    if free <= 0:
        return [], dbsession.execute(select(row.id).where(*due).limit(1)).first() is not None
    chosen = (
        select(row.id, row.slack_user_id, row.user_id, row.last_login_at)
        .where(*due)
        .order_by(row.checked_at.asc().nulls_first(), row.id)
        .limit(min(BATCH, free))
        .with_for_update(skip_locked=True)
    )
    claimed = [Claimed(*each) for each in dbsession.execute(chosen)]
    ids = [each.id for each in claimed]
    dbsession.execute(update(login_identity).where(row.id.in_(ids)).values(checked_at=func.now()))
    return claimed, bool(claimed)


def put_back(dbsession: Session, claimed: Sequence[Claimed]) -> None:
    """Those were not looked up after all, and come first the next time."""
    dbsession.execute(
        update(login_identity).where(row.id.in_([each.id for each in claimed])).values(checked_at=None)
    )


def note_left(runtime: Runtime, dbsession: Session, tenant: Tenant, gone: Claimed) -> bool:
    """Somebody is deactivated in Slack: end their sessions, note and record it, once. False when it was noted already.

    Whoever has signed in since the claim is there again, whatever Slack said before that.
    """
    noted = dbsession.execute(
        update(login_identity)
        .where(row.id == gone.id, row.left_at.is_(None), row.last_login_at == gone.last_login_at)
        .values(left_at=func.now())
        .returning(row.id)
    )
    if noted.scalar_one_or_none() is None:
        return False
    ended = runtime.hooks.end_sessions(tenant, gone.user_id, dbsession)
    audit.record(dbsession, tenant.id, ACTION, actor=gone.user_id, sessions=ended)
    return True


def _looked_up_lately(dbsession: Session, tenant_id: str) -> int:
    lately = select(func.count()).where(
        row.tenant_id == tenant_id, row.checked_at > func.now() - _seconds(60)
    )
    return dbsession.scalar(lately) or 0


def _seconds(seconds: int) -> object:
    return func.make_interval(0, 0, 0, 0, 0, 0, seconds)
