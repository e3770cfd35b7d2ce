"""Sign-ins that were started: one row each, readable only by the tenant, browser and purpose that made it.

Nothing here reads or changes a row of another tenant (security.md R4, S29). Of the state and the browser's value only
hashes are stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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

    def _rows(self) -> ColumnElement[bool]:
        return and_(
            row.tenant_id == self.tenant_id,
            row.browser_hash == digest(self.browser),
            row.purpose == self.purpose,
        )

    def attempt(self, state: str) -> ColumnElement[bool]:
        """The condition for the attempt with this state."""
        return and_(self._rows(), row.state_hash == digest(state))

    def waiting(self) -> ColumnElement[bool]:
        """The condition for attempts that may still be finished."""
        return and_(self._rows(), row.consumed_at.is_(None), row.expires_at > func.now())


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
        state_hash=digest(state),
        next_path=next_path,
        created_at=begun,
        expires_at=begun + timedelta(seconds=lifetime),
    )
    added = dbsession.execute(statement.on_conflict_do_nothing().returning(row.id))
    return added.scalar_one_or_none() is not None


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


def any_waiting(dbsession: Session, owner: Owner) -> bool:
    """Whether this browser has another sign-in under way, in a second tab for instance (security.md S08)."""
    return dbsession.execute(select(row.id).where(owner.waiting()).limit(1)).first() is not None


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
