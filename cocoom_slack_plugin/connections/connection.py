"""A connection as a value, and how it is read and written."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.errors import ChangedMeanwhile, NotConnected
from cocoom_slack_plugin.switches import Function


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One row. Sealed secrets stay sealed until ``open_secret`` is asked for one."""

    tenant_id: str
    team_id: str
    team_name: str
    team_url: str
    enterprise_id: str | None
    app_id: str | None
    bot_user_id: str | None
    client_id: str | None
    sealed_client_secret: str | None
    sealed_bot_token: str | None
    sealed_signing_secret: str | None
    scopes: list[str]
    login_enabled: bool
    login_policy: str
    login_domains: list[str]
    login_role: str
    login_guests: bool
    login_pin: str
    login_only: bool
    login_tested_at: datetime | None
    notifications_enabled: bool
    health: str
    health_code: str | None
    held_at: datetime | None
    version: int

    def is_enabled(self, function: Function) -> bool:
        """Whether the tenant's administrator has switched the function on."""
        return self.login_enabled if function is Function.LOGIN else self.notifications_enabled

    def runs(self, function: Function) -> bool:
        """Whether the function is on and, where it needs the bot token, the connection is healthy."""
        healthy = function is Function.LOGIN or self.health == "ok"
        return self.is_enabled(function) and healthy

    def open_secret(self, vault: Vault, kind: SecretKind) -> SecretStr:
        """The secret in clear. Raises NotConnected when there is none, SecretUnreadable when it does not open."""
        sealed: str | None = getattr(self, f"sealed_{kind}")
        if sealed is None:
            raise NotConnected(f"the connection holds no {kind.replace('_', ' ')}")
        return vault.open(sealed, self.tenant_id, kind)


FIRST_VERSIONS = 2**30

COLUMNS = [connection.c[name] for name in Connection.__dataclass_fields__]


def find(dbsession: Session, tenant_id: str) -> Connection | None:
    """The tenant's connection, None when there is none."""
    row = dbsession.execute(select(*COLUMNS).where(connection.c.tenant_id == tenant_id)).one_or_none()
    return Connection(**row._mapping) if row else None


def get(dbsession: Session, tenant_id: str) -> Connection:
    """The tenant's connection. Raises NotConnected."""
    found = find(dbsession, tenant_id)
    if found is None:
        raise NotConnected("this base is not connected to Slack: `cocoom-slack connect` does that")
    return found


def of_tenants(dbsession: Session, tenants: Iterable[str]) -> dict[str, Connection]:
    """The connections of these tenants, by tenant."""
    rows = dbsession.execute(select(*COLUMNS).where(connection.c.tenant_id.in_(sorted(tenants))))
    return {row.tenant_id: Connection(**row._mapping) for row in rows}


def everything(dbsession: Session) -> list[Connection]:
    """All connections, by tenant."""
    rows = dbsession.execute(select(*COLUMNS).order_by(connection.c.tenant_id))
    return [Connection(**row._mapping) for row in rows]


def save(dbsession: Session, tenant_id: str, values: dict[str, Any]) -> None:
    """Insert the tenant's row, or overwrite the given columns of it, and mark the connection healthy."""
    values = {**values, "health": "ok", "health_code": None, "health_changed_at": func.now()}
    # Versions of a former connection do not come again: a worker that still holds one must not take this for it.
    statement = insert(connection).values(
        tenant_id=tenant_id, version=1 + secrets.randbelow(FIRST_VERSIONS), **values
    )
    changes = {**values, "version": connection.c.version + 1, "updated_at": func.now()}
    dbsession.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=changes))


def change(dbsession: Session, seen: Connection, values: dict[str, Any]) -> None:
    """Overwrite the given columns. Raises ChangedMeanwhile when somebody saved since ``seen`` was read."""
    changed = dbsession.execute(
        update(connection)
        .where(connection.c.tenant_id == seen.tenant_id, connection.c.version == seen.version)
        .values(**values, version=connection.c.version + 1, updated_at=func.now())
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile("somebody else changed this connection in the meantime; look again and repeat")
