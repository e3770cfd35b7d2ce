"""The sessions table: a keyed digest of what the cookie holds, and the one base it is good for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from demo.cocoom.tables import SessionRow

IDLE = timedelta(hours=12)
LIFETIME = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
"""How often being used is written down, so that reading a page is mostly that."""


def new_token() -> str:
    return secrets.token_urlsafe(32)


def find(dbsession: Session, *, token: str, secret: str, tenant_id: str) -> SessionRow | None:
    """The living session of this token at this base. A token of another base finds nothing."""
    now = datetime.now(UTC)
    wanted = select(SessionRow).where(
        SessionRow.id == digest(token, secret),
        SessionRow.tenant_id == tenant_id,
        SessionRow.last_seen > now - IDLE,
        SessionRow.ends_at > now,
    )
    row = dbsession.scalar(wanted)
    if row and row.last_seen < now - SEEN_EVERY:
        row.last_seen = now
    return row


def start(
    dbsession: Session,
    *,
    token: str,
    secret: str,
    tenant_id: str,
    user_id: str | None,
    data: dict[str, Any],
    lifetime: timedelta = LIFETIME,
) -> SessionRow:
    now = datetime.now(UTC)
    row = SessionRow(
        id=digest(token, secret),
        tenant_id=tenant_id,
        user_id=user_id,
        created_at=now,
        last_seen=now,
        ends_at=now + min(lifetime, LIFETIME),
        data=data,
    )
    dbsession.add(row)
    return row


def end_of_user(dbsession: Session, *, tenant_id: str, user_id: str) -> int:
    """End every session of this collaborator. Returns how many there were."""
    ended = delete(SessionRow).where(SessionRow.tenant_id == tenant_id, SessionRow.user_id == user_id)
    return len(dbsession.scalars(ended.returning(SessionRow.id)).all())


def digest(token: str, secret: str) -> str:
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
