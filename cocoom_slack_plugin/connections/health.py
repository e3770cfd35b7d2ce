"""When a connection is broken, and how that becomes known."""

from __future__ import annotations

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.tables import connection


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
