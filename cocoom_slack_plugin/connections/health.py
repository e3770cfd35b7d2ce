"""When a connection is broken, and how that becomes known."""

from __future__ import annotations

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.tables import connection

DISCONNECTING = "disconnecting"
"""Why a connection stands still while its token is being revoked."""


def mark_broken(dbsession: Session, tenant_id: str, code: str, version: int | None = None) -> bool:
    """Stop everything that needs this tenant's bot token. Returns whether it was healthy until now.

    ``version`` is the connection's when its token failed: one that was saved since may work.
    Notices wait meanwhile, and are held: after connecting again somebody says what becomes of those that waited.
    """
    healthy = [connection.c.tenant_id == tenant_id, connection.c.health == "ok"]
    if version is not None:
        healthy.append(connection.c.version == version)
    changed = dbsession.execute(
        update(connection)
        .where(*healthy)
        .values(
            health="broken",
            health_code=code,
            health_changed_at=func.now(),
            held_at=func.coalesce(connection.c.held_at, func.now()),
            updated_at=func.now(),
        )
    )
    return changed.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def pause(dbsession: Session, seen: Connection) -> None:
    """Let nobody use the bot token any more, because it is about to be revoked."""
    mark_broken(dbsession, seen.tenant_id, DISCONNECTING, seen.version)


def resume(dbsession: Session, seen: Connection) -> None:
    """Undo a pause: the connection is as it was when it was read, unless somebody saved it since."""
    paused = [connection.c.tenant_id == seen.tenant_id, connection.c.version == seen.version]
    dbsession.execute(
        update(connection)
        .where(*paused, connection.c.health_code == DISCONNECTING)
        .values(
            health=seen.health,
            health_code=seen.health_code,
            health_changed_at=func.now(),
            held_at=seen.held_at,
            updated_at=func.now(),
        )
    )
