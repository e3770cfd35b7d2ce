"""The audit: who did what to which tenant's Slack, with which outcome. Never a secret, a token or an e-mail."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Index, Table, Text, delete, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin.database import PREFIX, metadata, serial_id, tenant_id, timestamp, transaction

PURGED_AT_ONCE = 10_000

audit = Table(
    f"{PREFIX}audit",
    metadata,
    serial_id(),
    tenant_id(),
    timestamp("at"),
    Column(
        "action", Text, nullable=False, comment="what was tried, such as login.sign_in or connection.connect"
    ),
    Column("outcome", Text, nullable=False, comment="ok, or the stable code of the refusal"),
    Column("actor", Text, comment="who: a Cocoom user id, or cli:<system user>; null for somebody unknown"),
    Column(
        "correlation_id",
        Text,
        nullable=False,
        comment="shown to the person, so that support can find the row",
    ),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    Index(None, "tenant_id", "at"),
    comment="Sign-ins, refusals and changes of connections. Rows are only ever added, and purged by age.",
)


def new_correlation_id() -> str:
    """Eight characters that a person can read out on the phone."""
    return secrets.token_hex(4)


def purge_old(hooks: Hooks, days: int) -> None:
    """Delete all records older than this many days, in short transactions."""
    deleted = PURGED_AT_ONCE
    while deleted == PURGED_AT_ONCE:
        with transaction(hooks) as dbsession:
            deleted = purge(dbsession, days)


def purge(dbsession: Session, days: int) -> int:
    """Delete records older than this, at most PURGED_AT_ONCE of them. Returns how many were deleted."""
    old = select(audit.c.id).where(audit.c.at < func.now() - timedelta(days=days)).limit(PURGED_AT_ONCE)
    return int(dbsession.execute(delete(audit).where(audit.c.id.in_(old))).rowcount)  # type: ignore[attr-defined]


def record(
    dbsession: Session,
    tenant: str,
    action: str,
    outcome: str = "ok",
    *,
    actor: str | None = None,
    correlation_id: str | None = None,
    **detail: Any,
) -> str:
    """Add one row and return its correlation id. ``detail`` holds plain values without secrets or e-mail addresses."""
    correlation_id = correlation_id or new_correlation_id()
    dbsession.execute(
        insert(audit).values(
            tenant_id=tenant,
            action=action,
            outcome=outcome,
            actor=actor,
            correlation_id=correlation_id,
            detail=detail,
        )
    )
    return correlation_id
