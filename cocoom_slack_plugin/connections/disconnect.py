"""Removing a connection and its secrets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.facts import facts
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.errors import ChangedMeanwhile

ACTION = "connection.disconnect"


def remove(dbsession: Session, seen: Connection) -> None:
    """Delete the row. Raises ChangedMeanwhile when somebody saved the connection since it was read."""
    same = [connection.c.tenant_id == seen.tenant_id, connection.c.version == seen.version]
    if dbsession.execute(delete(connection).where(*same)).rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile("somebody else changed this connection in the meantime; look again and repeat")


def write_down(dbsession: Session, seen: Connection, actor: str, **detail: Any) -> None:
    """Record that the connection is gone, and what it was."""
    audit.record(dbsession, seen.tenant_id, ACTION, actor=actor, before=facts(seen), **detail)


def is_shared(dbsession: Session, seen: Connection) -> bool:
    """Whether another base uses the same app's bot in the same workspace, which revoking would silence too."""
    others = select(connection.c.tenant_id).where(
        connection.c.tenant_id != seen.tenant_id,
        connection.c.team_id == seen.team_id,
        connection.c.app_id == seen.app_id,
        connection.c.sealed_bot_token.is_not(None),
    )
    return dbsession.execute(others.limit(1)).first() is not None
