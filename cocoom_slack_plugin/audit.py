"""The audit: who did what to which tenant's Slack, with which outcome. Never a secret, a token or an e-mail."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretBytes, SecretStr
from sqlalchemy import Column, Index, Table, Text, delete, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin.database import PREFIX, metadata, serial_id, tenant_id, timestamp, transaction

PURGED_AT_ONCE = 10_000
READ_AT_ONCE = 500

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
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **detail: Any,
) -> str:
    """Add one row and return its correlation id. ``detail`` holds plain values without secrets or e-mail addresses.

    Of what is changed, ``before`` and ``after`` name the fields: the detail ``changes`` holds those that differ.
    """
    correlation_id = correlation_id or new_correlation_id()
    if changes := difference(before or {}, after or {}):
        detail["changes"] = changes
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


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, by field: the values before and after, and of a secret only that it was added, changed or removed.

    A field that is missing on one side counts as None there.
    """
    names = sorted({*before, *after})
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: _change(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _change(before: Any, after: Any) -> Any:
    if any(isinstance(each, SecretStr | SecretBytes) for each in (before, after)):
        return "added" if before is None else "removed" if after is None else "changed"
    return {"before": before, "after": after}


def everything(
    dbsession: Session, tenant: str, since: datetime | None = None, until: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """All records of a tenant, every action, oldest first; read in pieces, so that memory stays flat.

    From ``since`` on, and before ``until``.
    """
    statement = select(audit).where(audit.c.tenant_id == tenant).order_by(audit.c.at, audit.c.id)
    if since:
        statement = statement.where(audit.c.at >= since)
    if until:
        statement = statement.where(audit.c.at < until)
    for each in dbsession.execute(statement.execution_options(yield_per=READ_AT_ONCE)):
        yield dict(each._mapping)
