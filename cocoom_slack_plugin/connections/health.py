"""When a connection is broken, and how that becomes known."""

from __future__ import annotations

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.tables import connection


def mark_broken(dbsession: Session, tenant_id: str, code: str) -> bool:
    """Stop everything that needs this tenant's bot token. Returns whether it was healthy until now.

    Notices wait meanwhile; connecting again makes the connection healthy and they go on.
    """
    changed = dbsession.execute(
        update(connection)
        .where(connection.c.tenant_id == tenant_id, connection.c.health == "ok")
        .values(health="broken", health_code=code, health_changed_at=func.now(), updated_at=func.now())
    )
    return changed.rowcount == 1  # type: ignore[attr-defined,no-any-return]
