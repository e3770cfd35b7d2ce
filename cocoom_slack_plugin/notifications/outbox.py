"""Writing down an event: one row in the host's own transaction, whose cost does not depend on who will be told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from cocoom_hooks.host import DatabaseSession
from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.notifications.events import dump

RECORD: Any = text("""
    INSERT INTO cocoom_slack_event (tenant_id, event_id, kind, payload)
    SELECT CAST(:tenant_id AS text), CAST(:event_id AS text), CAST(:kind AS text), CAST(:payload AS jsonb)
    WHERE EXISTS (SELECT FROM cocoom_slack_connection WHERE tenant_id = :tenant_id AND notifications_enabled)
    ON CONFLICT (tenant_id, event_id) DO NOTHING
""")
"""One statement that writes the row only for a tenant whose notifications are on, and each event once.

It can fail only where the host's own statements would fail too, so that it needs no savepoint. As text it costs about
half of what the ORM would; that the session has changed, the host's own act says.
"""


def record(dbsession: DatabaseSession, kind: str, event: Event) -> bool:
    """Write down one event. Returns whether a row was written: not for a tenant that is off, nor for a repetition.

    Raises InvalidEvent for a payload that cannot be used; nothing is written then.
    """
    row = {
        "tenant_id": event.tenant.id,
        "event_id": event.event_id,
        "kind": kind,
        "payload": dump(kind, event),
    }
    return bool(dbsession.execute(RECORD, row).rowcount)
