"""Sign-ins that were started: one row each, readable only by the tenant, browser, purpose and user that made it.

Nothing here reads or changes a row of another tenant (security.md R4, S29). Of the state and the browser's value only
hashes are stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.login.browser import digest
from cocoom_slack_plugin.login.tables import login_attempt

PURGED_AT_ONCE = 100
"""More than one start adds, so that abandoned attempts stay bounded, and few enough to go unnoticed (S07)."""

row = login_attempt.c


@dataclass(frozen=True, slots=True)
class Owner:
    """Who may see an attempt."""

    tenant_id: str
    browser: str
    purpose: str
    user_id: str | None = None

    def _rows(self) -> ColumnElement[bool]:
        return and_(
            row.tenant_id == self.tenant_id,
            row.browser_hash == digest(self.browser),
            row.purpose == self.purpose,
            row.user_id.is_not_distinct_from(self.user_id),
        )

    def attempt(self, state: str) -> ColumnElement[bool]:
        """The condition for the attempt with this state."""
        return and_(self._rows(), row.state_hash == digest(state))

    def waiting(self) -> ColumnElement[bool]:
        """The condition for attempts that may still be finished."""
        return and_(self._rows(), row.consumed_at.is_(None), row.expires_at > func.now())

    def confirmable(self) -> ColumnElement[bool]:
        """The condition for attempts that came back from Slack and may still be confirmed."""
        return and_(self._rows(), row.found.is_not(None), row.expires_at > func.now())


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was remembered at the start. ``started`` is in seconds since 1970, by the clock of the process."""

    started: int
    nonce: str | None
    next_path: str


def add(dbsession: Session, owner: Owner, state: str, *, next_path: str, started: int, lifetime: int) -> bool:
    """Store a new attempt. False when its state is there already."""
    begun = datetime.fromtimestamp(started, UTC)
    statement = insert(login_attempt).values(
        tenant_id=owner.tenant_id,
        browser_hash=digest(owner.browser),
        purpose=owner.purpose,
        user_id=owner.user_id,
        state_hash=digest(state),
        next_path=next_path,
        created_at=begun,
        expires_at=begun + timedelta(seconds=lifetime),
    )
    added = dbsession.execute(statement.on_conflict_do_nothing().returning(row.id))
    return added.scalar_one_or_none() is not None


def errand(dbsession: Session, tenant_id: str, browser: str, state: str) -> tuple[str, str | None] | None:
    """What this browser's attempt is for, and the user who alone may finish it. Gives no access to it."""
    found = dbsession.execute(
        select(row.purpose, row.user_id).where(
            row.tenant_id == tenant_id, row.browser_hash == digest(browser), row.state_hash == digest(state)
        )
    ).one_or_none()
    return (found.purpose, found.user_id) if found else None


def find(dbsession: Session, owner: Owner, state: str) -> Attempt | None:
    """The owner's attempt, whether or not it was consumed or has expired."""
    found = dbsession.execute(
        select(row.created_at, row.nonce, row.next_path).where(owner.attempt(state))
    ).one_or_none()
    return Attempt(int(found.created_at.timestamp()), found.nonce, found.next_path) if found else None


def remember_nonce(dbsession: Session, owner: Owner, state: str, nonce: str) -> bool:
    """Set the nonce of an attempt that has none and waits. Whether there was one."""
    changed = dbsession.execute(
        update(login_attempt)
        .where(owner.attempt(state), row.nonce.is_(None), row.consumed_at.is_(None))
        .values(nonce=nonce)
        .returning(row.id)
    )
    return changed.scalar_one_or_none() is not None


def consume(dbsession: Session, owner: Owner, state: str, started: int) -> bool:
    """Use the attempt up. Whether it was ours to use: of many at once exactly one is told so (security.md S25)."""
    changed = dbsession.execute(
        update(login_attempt)
        .where(
            owner.attempt(state),
            row.created_at == datetime.fromtimestamp(started, UTC),
            row.consumed_at.is_(None),
        )
        .values(consumed_at=func.now())
        .returning(row.id)
    )
    return changed.scalar_one_or_none() is not None


def forget_nonce(dbsession: Session, owner: Owner, state: str) -> None:
    """Drop the nonce after it was compared: it counts once."""
    dbsession.execute(update(login_attempt).where(owner.attempt(state)).values(nonce=None))


def keep(dbsession: Session, owner: Owner, state: str, found: dict[str, Any]) -> bool:
    """Keep whom Slack named with an attempt that was consumed, until its owner confirms. Whether it could be kept."""
    kept = dbsession.execute(
        update(login_attempt)
        .where(owner.attempt(state), row.consumed_at.is_not(None), row.found.is_(None))
        .values(found=found)
        .returning(row.id)
    )
    return kept.scalar_one_or_none() is not None


def to_confirm(dbsession: Session, owner: Owner) -> tuple[int, dict[str, Any]] | None:
    """The owner's newest attempt that waits to be confirmed, and whom Slack named."""
    waiting = select(row.id, row.found).where(owner.confirmable()).order_by(row.id.desc()).limit(1)
    newest = dbsession.execute(waiting).one_or_none()
    return (newest.id, newest.found) if newest else None


def take(dbsession: Session, owner: Owner, number: int) -> dict[str, Any] | None:
    """Whom Slack named, and the attempt is gone: of many confirmations at once exactly one gets it."""
    taken = dbsession.execute(
        delete(login_attempt).where(owner.confirmable(), row.id == number).returning(row.found)
    )
    found: dict[str, Any] | None = taken.scalar_one_or_none()
    return found


def any_waiting(dbsession: Session, owner: Owner) -> bool:
    """Whether this browser has another sign-in under way, in a second tab for instance (security.md S08)."""
    return dbsession.execute(select(row.id).where(owner.waiting()).limit(1)).first() is not None


def forget_user(dbsession: Session, tenant_id: str, user_id: str) -> None:
    """Delete what this user has started and not finished."""
    dbsession.execute(delete(login_attempt).where(row.tenant_id == tenant_id, row.user_id == user_id))


def purge(dbsession: Session, tenant_id: str) -> None:
    """Delete some of the tenant's expired attempts."""
    expired = (
        select(row.id)
        .where(row.tenant_id == tenant_id, row.expires_at < func.now())
        .limit(PURGED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    dbsession.execute(delete(login_attempt).where(row.id.in_(expired)))


def forget(dbsession: Session, tenant_id: str) -> None:
    """Delete all attempts of a tenant that is being removed."""
    dbsession.execute(delete(login_attempt).where(row.tenant_id == tenant_id))
